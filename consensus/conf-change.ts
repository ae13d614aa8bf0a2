import { EMPTY_BYTES } from "./messages.ts";
import type { NodeId } from "./types.ts";

/** What is done to one node. `ConfChangeUpdateNode` changes nothing here: its context does. */
type ConfChangeType =
  | "ConfChangeAddNode"
  | "ConfChangeRemoveNode"
  | "ConfChangeUpdateNode"
  | "ConfChangeAddLearnerNode";

/**
 * How the change is made. `Auto` takes the simple way for one change and the joint way, left
 * automatically, for more; the other two force the joint way, left automatically (implicit) or by
 * a second, empty change (explicit).
 */
export type ConfChangeTransition =
  | "ConfChangeTransitionAuto"
  | "ConfChangeTransitionJointImplicit"
  | "ConfChangeTransitionJointExplicit";

/** One step of a change. A `nodeId` of 0 makes it a step that does nothing. */
export interface ConfChangeSingle {
  readonly type: ConfChangeType;
  readonly nodeId: NodeId;
}

/** A change of membership, as it is proposed, logged and applied. */
export interface ConfChange {
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeSingle[];
  /** Whatever the driver wants to travel along: addresses, keys, signatures of those who agreed. */
  readonly context: Uint8Array;
}

/** The empty change: ends a joint phase. */
export const LEAVE_JOINT: ConfChange = {
  transition: "ConfChangeTransitionAuto",
  changes: [],
  context: EMPTY_BYTES,
};

/** Whether the change ends a joint phase; the context does not count. */
export function leavesJoint(change: ConfChange): boolean {
  return change.transition === "ConfChangeTransitionAuto" && change.changes.length === 0;
}

/** Whether the change opens a joint phase. */
export function entersJoint(change: ConfChange): boolean {
  return change.transition !== "ConfChangeTransitionAuto" || change.changes.length > 1;
}

/** Whether a joint phase opened by this change ends by itself. */
export function leavesAutomatically(change: ConfChange): boolean {
  return entersJoint(change) && change.transition !== "ConfChangeTransitionJointExplicit";
}

// Encoding: transition (1 byte), number of changes (varint), each change as type (1 byte) and node
// id (varint), and the context up to the end. The empty change is no bytes at all, so that a leader
// can always append it: an empty payload is never refused for its size. Varints are base 128, least
// significant group first, shortest form only: one change has one encoding.

const TRANSITIONS: readonly ConfChangeTransition[] = [
  "ConfChangeTransitionAuto",
  "ConfChangeTransitionJointImplicit",
  "ConfChangeTransitionJointExplicit",
];

const TYPES: readonly ConfChangeType[] = [
  "ConfChangeAddNode",
  "ConfChangeRemoveNode",
  "ConfChangeUpdateNode",
  "ConfChangeAddLearnerNode",
];

/** The bytes of a change, as they stand in an entry. */
export function encodeConfChange(change: ConfChange): Uint8Array {
  if (leavesJoint(change) && change.context.length === 0) return EMPTY_BYTES;
  const bytes = [TRANSITIONS.indexOf(change.transition)];
  pushVarint(bytes, change.changes.length);
  for (const { type, nodeId } of change.changes) {
    bytes.push(TYPES.indexOf(type));
    pushVarint(bytes, nodeId);
  }
  const encoded = new Uint8Array(bytes.length + change.context.length);
  encoded.set(bytes);
  encoded.set(change.context, bytes.length);
  return encoded;
}

/** The change that the bytes stand for, or null when they are no encoding of one. */
export function decodeConfChange(bytes: Uint8Array): ConfChange | null {
  if (bytes.length === 0) return LEAVE_JOINT;
  const reader = new Reader(bytes);
  const transition = TRANSITIONS[reader.byte()];
  const count = reader.varint();
  const changes: ConfChangeSingle[] = [];
  while (!reader.failed && changes.length < count) {
    const type = TYPES[reader.byte()];
    const nodeId = reader.varint();
    if (type === undefined) return null;
    changes.push({ type, nodeId });
  }
  if (reader.failed || transition === undefined) return null;
  const context = reader.rest();
  const change = { transition, changes, context };
  // The empty change has its own, shorter encoding.
  return leavesJoint(change) && context.length === 0 ? null : change;
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

/** Reads bytes from the front; a read that fails is remembered and answers 0xff or NaN. */
class Reader {
  readonly #bytes: Uint8Array;
  #position = 0;
  failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#position];
    this.#position += 1;
    if (byte === undefined) this.failed = true;
    return byte ?? 0xff;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    let byte = this.byte();
    while (byte >= 0x80 && !this.failed) {
      value += (byte - 0x80) * scale;
      scale *= 0x80;
      byte = this.byte();
    }
    const notShortest = byte === 0 && scale > 1;
    value += byte * scale;
    if (notShortest || !Number.isSafeInteger(value)) this.failed = true;
    return value;
  }

  rest(): Uint8Array {
    return this.#bytes.slice(this.#position);
  }
}

const LETTERS: Readonly<Record<ConfChangeType, string>> = {
  ConfChangeAddNode: "v",
  ConfChangeRemoveNode: "r",
  ConfChangeUpdateNode: "u",
  ConfChangeAddLearnerNode: "l",
};

/** The changes in short: `v1 l2 r3` makes 1 a voter and 2 a learner, and removes 3. */
export function formatChanges(changes: readonly ConfChangeSingle[]): string {
  return changes.map(({ type, nodeId }) => `${LETTERS[type]}${nodeId}`).join(" ");
}

/**
 * The inverse of `formatChanges`.
 *
 * @throws {RangeError} when the text is not of that form
 */
export function parseChanges(text: string): readonly ConfChangeSingle[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => {
      const type = TYPES.find((candidate) => LETTERS[candidate] === word[0]);
      const nodeId = Number(word.slice(1));
      if (type === undefined || !/^.\d+$/.test(word) || !Number.isSafeInteger(nodeId)) {
        throw new RangeError(`not a change of membership: ${word}`);
      }
      return { type, nodeId };
    });
}
