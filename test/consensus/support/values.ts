import { type ConfChange, parseChanges } from "../../../consensus/conf-change.ts";
import { type ConfState, makeConfState } from "../../../consensus/membership.ts";
import { EMPTY_BYTES, type Entry } from "../../../consensus/messages.ts";
import type { LogIndex, NodeId, Term } from "../../../consensus/types.ts";

/** The bytes of a text. */
export function bytes(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

/** The text of bytes. */
export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/** A normal entry. */
export function entry(term: Term, index: LogIndex, data = ""): Entry {
  return { term, index, type: "EntryNormal", data: bytes(data) };
}

/** A log from index 1 on, given by its terms, as the figures of the Raft paper draw logs. */
export function logOf(...terms: readonly Term[]): readonly Entry[] {
  return terms.map((term, position) => entry(term, position + 1));
}

/** A membership without a joint phase. */
export function votersAre(...voters: readonly NodeId[]): ConfState {
  return makeConfState({ voters });
}

/** A change of membership in the short form of the scenario files: `v4 r1`. */
export function change(
  changes: string,
  transition: ConfChange["transition"] = "ConfChangeTransitionAuto",
): ConfChange {
  return { transition, changes: parseChanges(changes), context: EMPTY_BYTES };
}

/** Freezes a value and all that it holds, bytes excepted, which the engine cannot freeze. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
