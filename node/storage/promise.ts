/** What a node promised, as it is stored: durable before any answer that rests on it leaves. */
import { EMPTY_HARD_STATE, type HardState } from "../../consensus/storage.ts";
import { fromBytes, record, toBytes, uint } from "../../ledger/schema.ts";
import type { LogEnd } from "./damage.ts";
import { type Stretch, stretchesSchema } from "./gone-blocks.ts";

/** A promise takes a few dozen bytes; with the most stretches it still fits a slot of promise-file.ts. */
const PROMISE_SIZE_BYTES_MAX = 2048;

const endSchema = record({ term: uint(), height: uint() });
const promiseSchema = record({
  hardState: record({ term: uint(), vote: uint(), commit: uint() }),
  end: endSchema,
  gone: stretchesSchema,
});

/** The promises of the consensus core, and the log that acknowledgements rest on. */
export interface Promised {
  readonly hardState: HardState;
  /** Where the log ends: what is not there any more up to here was lost. */
  readonly end: LogEnd;
  /** What was in the log, and may be missed in an election. */
  readonly gone: readonly Stretch[];
}

const NOWHERE: LogEnd = { term: 0, height: 0 };

/** Nothing promised yet. */
export const NOTHING_PROMISED: Promised = {
  hardState: EMPTY_HARD_STATE,
  end: NOWHERE,
  gone: [],
};

/** The bytes of a promise. */
export function encodePromise(promised: Promised): Uint8Array {
  return toBytes(promiseSchema, promised);
}

/** The inverse of `encodePromise`. */
export function decodePromise(bytes: Uint8Array): Promised {
  return fromBytes(promiseSchema, bytes, PROMISE_SIZE_BYTES_MAX);
}
