/**
 * The time that a payment is made at. A shop's computer may be hours off, and a payment from then would be refused; so
 * the nodes' clocks count, and the middle one of them: fewer than half can neither hurry nor delay it.
 */
import type { LedgerClient } from "../sdk/ledger-client.ts";

/** A clock that was set by the nodes. */
export interface NetworkTime {
  /** Now, ms. */
  readonly nowMs: () => number;
  /** How far this computer's own clock is ahead, ms; behind: negative. */
  readonly ownAheadMs: number;
}

/** An answer's Date names the second that it was made in: on average it is half a second later. */
const HALF_A_SECOND_MS = 500;

/**
 * Asks every node for the time, and waits for more than half of them: one that hangs holds up no customer.
 * @throws ClientError `NODE_UNREACHABLE`, `NODE_ANSWER_INVALID` or what a node refuses with, when none tells it.
 */
export async function askNetworkTime(nodes: readonly LedgerClient[]): Promise<NetworkTime> {
  const origins: number[] = [];
  const failures: unknown[] = [];
  await new Promise<void>((resolve) => {
    const heard = () => {
      const haveAll = origins.length + failures.length === nodes.length;
      if (haveAll || origins.length * 2 > nodes.length) resolve();
    };
    const note = (known: number) => {
      origins.push(known);
      heard();
    };
    const fail = (error: unknown) => {
      failures.push(error);
      heard();
    };
    for (const node of nodes) originOf(node).then(note, fail);
  });
  // Of two the earlier: a payment that is a little old is taken, one from the future is not.
  const origin = origins.toSorted((a, b) => a - b)[Math.ceil(origins.length / 2) - 1];
  if (origin === undefined) throw failures[0];
  const nowMs = () => Math.round(origin + performance.now());
  return { nowMs, ownAheadMs: Date.now() - nowMs() };
}

/** When this process's steady clock was zero, by the node's clock. */
async function originOf(node: LedgerClient): Promise<number> {
  const askedMs = performance.now();
  const nodeMs = (await node.clockMs()) + HALF_A_SECOND_MS;
  return nodeMs - (askedMs + performance.now()) / 2;
}
