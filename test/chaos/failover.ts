/** How long payments stand still when the leader is lost: from the blow to the first one under a new leader. */
import type { Decision } from "../../client/sdk/submit.ts";
import { decodeHeader } from "../../ledger/block.ts";
import { decodeReceipt } from "../../ledger/receipt.ts";
import type { FaultKind } from "./schedule.ts";

/** One change of leader, as the clients felt it. */
export interface Failover {
  readonly kind: FaultKind;
  readonly durationMs: number;
}

/** Faults after which a leader can lead no longer. */
const ENDS_LEADERSHIP: ReadonlySet<FaultKind> = new Set([
  "kill",
  "stumble",
  "freeze",
  "isolate",
  "silence",
  "mute",
  "deafen",
  "full",
  "replace",
]);

/** Measures one change after the other. */
export class FailoverClock {
  readonly failovers: Failover[] = [];
  #lost: { readonly kind: FaultKind; readonly term: number; readonly atMs: number } | null = null;

  /**
   * A fault begins. A change still awaited is given up: the leader was back before it was missed.
   * @param term of the leader that is hit; null when none is.
   */
  struck(kind: FaultKind, term: number | null): void {
    const isLost = term !== null && ENDS_LEADERSHIP.has(kind);
    this.#lost = isLost ? { kind, term, atMs: performance.now() } : null;
  }

  /** A payment was answered: the block that it is in says under whom. */
  decided({ receipt, status }: Decision): void {
    if (this.#lost === null || status !== "committed") return;
    const { term } = decodeHeader(decodeReceipt(receipt).header);
    if (term <= this.#lost.term) return;
    const { kind, atMs } = this.#lost;
    this.failovers.push({ kind, durationMs: performance.now() - atMs });
    this.#lost = null;
  }
}

/** The middle of some numbers; null when there are none. */
export function medianOf(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}
