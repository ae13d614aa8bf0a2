// Invariants
// - Every read that waits has a number; numbers rise within a leadership and are made here, never
//   by a client: a context that a client could choose twice let a late answer confirm a later read
//   (etcd issue 20418).
// - An acknowledgement of number n confirms all reads up to n, and none after.
import { assert } from "./assert.ts";
import type { ConfState } from "./membership.ts";
import { EMPTY_BYTES, type Message } from "./messages.ts";
import { jointCommitted } from "./quorum.ts";
import type { LogIndex, NodeId } from "./types.ts";

/** A read that a quorum has confirmed, or that waits for it. */
export interface PendingRead {
  readonly request: Message;
  /** The commit index when the read arrived: what the answer must include. */
  readonly index: LogIndex;
}

/**
 * The reads that wait until a quorum confirms that this node led when they arrived (Raft thesis,
 * 6.4). One round of heartbeats confirms all that wait.
 */
export class ReadOnly {
  /** Reads that came before this leader's first commit: it does not yet know what is committed. */
  #early: Message[] = [];
  #unconfirmed: PendingRead[] = [];
  /** How many reads were confirmed before the first of `#unconfirmed`. */
  #confirmed = 0;
  readonly #acked = new Map<NodeId, number>();

  /** How many reads wait. */
  get length(): number {
    return this.#early.length + this.#unconfirmed.length;
  }

  /** Keeps a read until the leader has committed in its own term (Raft thesis, 6.4, step 1). */
  postpone(request: Message): void {
    this.#early.push(request);
  }

  /** Takes out the reads that were kept. */
  takePostponed(): readonly Message[] {
    const early = this.#early;
    this.#early = [];
    return early;
  }

  /** Adds a read to be confirmed. */
  add(request: Message, index: LogIndex): void {
    this.#unconfirmed.push({ request, index });
  }

  /** The context of a heartbeat that would confirm all that waits; empty when nothing does. */
  heartbeatContext(): Uint8Array {
    if (this.#unconfirmed.length === 0) return EMPTY_BYTES;
    return encodeNumber(this.#confirmed + this.#unconfirmed.length);
  }

  /** Notes that `from` still follows, as of the heartbeat with this context. */
  acknowledge(from: NodeId, context: Uint8Array): void {
    const number = decodeNumber(context);
    // An answer to what was never asked confirms nothing.
    if (number === null || number > this.#confirmed + this.#unconfirmed.length) return;
    this.#acked.set(from, Math.max(this.#acked.get(from) ?? 0, number));
  }

  /** Takes out the reads that a quorum has confirmed. */
  takeConfirmed(confState: ConfState): readonly PendingRead[] {
    const confirmed = jointCommitted(confState, (id) => this.#acked.get(id));
    const last = this.#confirmed + this.#unconfirmed.length;
    assert(confirmed <= last, () => `read ${confirmed} is confirmed, the last is ${last}`);
    if (confirmed <= this.#confirmed) return [];
    const taken = this.#unconfirmed.splice(0, confirmed - this.#confirmed);
    this.#confirmed = confirmed;
    return taken;
  }
}

const NUMBER_BYTES = 8;

function encodeNumber(value: number): Uint8Array {
  const bytes = new Uint8Array(NUMBER_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

function decodeNumber(bytes: Uint8Array): number | null {
  if (bytes.length !== NUMBER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Number(view.getBigUint64(0));
}
