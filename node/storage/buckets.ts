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

/** The database's keys. */
export const KEYS = {
  /** Which network and node this directory belongs to → CBOR [ format, networkId, node number ]. */
  identity: "i/identity",
  /** What this node promised → number of the promise (8 bytes) ‖ CBOR of promise.ts. Also in its own file. */
  promise: "r/promise",
  /** The highest certificate that this node has seen → certificate. */
  certificate: "r/certificate",
  /** How far blocks are applied to the state → CBOR [ height, term, proposer, hash, timestampMs, history size, peaks ]. */
  applied: "m/applied",
  /** All memberships up to that block → CBOR [ periods, pending ]. */
  memberships: "m/memberships",
  /** A block of the log, committed or not → the block's bytes. */
  block: (height: number): string => `b/${padded(height)}`,
  /** First key above all blocks. */
  blocksEnd: endOf("b/"),
  /** A record of the contracts' state → its bytes. */
  state: (key: string): string => `s/${key}`,
  stateStart: "s/",
  stateEnd: endOf("s/"),
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

/** The state key in a database key. */
export function stateKeyOf(key: string): string {
  return key.slice(KEYS.stateStart.length);
}
