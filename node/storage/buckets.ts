/**
 * Every key space of the node's database, in one place: prefix, key → value.
 *
 * A prefix is never used again for another thing. Every value is a record: checksum ‖ payload, the
 * checksum covering the key (record.ts), so that a block found in another block's place is noticed.
 */

/** The first key after all keys with that prefix, which ends with a slash. */
function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}

/** Heights as keys: 16 decimal digits, so that their order is the order of numbers. */
function padded(height: number): string {
  return String(height).padStart(16, "0");
}

/** The state is in one of two places; a snapshot arrives in the other. */
export type StatePlace = 0 | 1;

const STATE_PREFIXES = ["s/", "t/"] as const;

/** First key of a place of the state, and the first after it. */
export function stateRange(place: StatePlace): readonly [start: string, end: string] {
  return [STATE_PREFIXES[place], endOf(STATE_PREFIXES[place])];
}

/** The database's keys. */
export const KEYS = {
  /** Which network and node this directory belongs to → CBOR [ format, networkId, node number ]. */
  identity: "i/identity",
  /** What this node promised → number of the promise (8 bytes) ‖ CBOR of promise.ts. Also in its own file. */
  promise: "r/promise",
  /** The highest certificate that this node has seen → certificate. */
  certificate: "r/certificate",
  /** The elections that took blocks off this node's log (gone-blocks.ts) → CBOR [ * leader certificate ]. */
  elections: "r/elections",
  /** How far blocks are applied to the state → CBOR [ height, term, proposer, hash, timestampMs, history size, peaks ]. */
  applied: "m/applied",
  /** All memberships up to that block → CBOR [ periods, pending ]. */
  memberships: "m/memberships",
  /** There while what was applied long ago is suspected to be damaged: the next start reads all of it → nothing. */
  suspect: "m/suspect",
  /** A block of the log, committed or not → its bytes; on the disk their place in a segment (value-log.ts). */
  block: (height: number): string => `b/${padded(height)}`,
  /** First key above all blocks. */
  blocksEnd: endOf("b/"),
  /** A block whose body was dropped, or that came with a snapshot → its bytes, without the body (bare-block.ts). */
  settled: (height: number): string => `c/${padded(height)}`,
  settledEnd: endOf("c/"),
  /** Below the log's first entry → CBOR of that height; 0 when there is no record. */
  logStart: "m/log-start",
  /** Up to here bodies are not kept → CBOR of that height; that of the log's start when there is no record. */
  bare: "m/bare",
  /** Up to here no witness is on the disk any more → CBOR of that height. */
  pruned: "m/pruned",
  /** Which of the two places holds the state → one byte, 0 (also without a record) or 1. */
  statePlace: "m/state-place",
  /** A record of the contracts' state, in one of the two places → its bytes. */
  state: (key: string, place: StatePlace = 0): string => `${STATE_PREFIXES[place]}${key}`,
  stateStart: STATE_PREFIXES[0],
  stateEnd: endOf(STATE_PREFIXES[0]),
  /** The snapshot that is being received into the other place → manifest. */
  arriving: "m/arriving",
  /** How many of its chunks have arrived → CBOR number. */
  arrived: "m/arrived",
  /** The snapshot that this node offers → manifest. */
  offered: "m/offered",
  /** A chunk of a snapshot made here, by its height and number → chunk. */
  chunk: (height: number, number: number): string => `k/${padded(height)}/${padded(number)}`,
  chunksStart: "k/",
  chunksEnd: endOf("k/"),
  /** A node of the history tree, by level and place → hash. */
  history: (level: number, place: number): string => `h/${level}/${place}`,
  historyStart: "h/",
  historyEnd: endOf("h/"),
  /** What convicts a member: by its number, the kind and the term → evidence of ledger/evidence.ts. */
  evidence: (culprit: number, kind: string, term: number): string => `e/${culprit}/${kind}/${term}`,
  evidenceStart: "e/",
  evidenceEnd: endOf("e/"),
  /** Where a transaction is → CBOR [ height, index ]. */
  transaction: (idHex: string): string => `x/${idHex}`,
  transactionStart: "x/",
  transactionEnd: endOf("x/"),
} as const;

/** The height in a block's key. */
export function heightOfBlockKey(key: string): number {
  return Number(key.slice(2));
}

/** The state key in a database key, whichever place it is of. */
export function stateKeyOf(key: string): string {
  return key.slice(STATE_PREFIXES[0].length);
}
