/**
 * All armed terminals send at one instant, each as a terminal by itself would: in a request of its own, again when a
 * node is busy (after the time that it asks for) or out of reach (to the next one), until its ping is decided.
 */
import { setTimeout as delay } from "node:timers/promises";
import { FAULTS, LedgerFault } from "../../ledger/faults.ts";
import { ClientError } from "../client-fault.ts";
import type { TransactionState } from "../sdk/answers.ts";
import type { ArmedTerminal } from "./armed-terminals.ts";

/** A ping that was not decided when its time was up. */
export const UNDECIDED = "UNDECIDED";
/** A terminal gives up so long after the instant, ms: its ping can be in no block any more soon after. */
const GIVE_UP_AFTER_MS = 110_000;
/** How long a node may hold an answer back, ms. */
const WAIT_MS = 30_000;
/** Before a node that is out of reach, or asks for no time of its own, is asked again, ms. */
const PAUSE_MS = 500;

/** What a terminal needs of a node: `LedgerClient`. */
export interface PingNode {
  readonly url: string;
  submit(transactionBytes: Uint8Array, waitMs: number): Promise<TransactionState>;
}

/** What became of a terminal's ping. */
export interface PingOutcome {
  readonly terminal: string;
  /** Address of the node that answered last. */
  readonly node: string;
  /** `OK`, a fault's code, or `UNDECIDED`. */
  readonly result: string;
  /** From the instant of the test to the answer, ms. */
  readonly latencyMs: number;
  /** How often it was sent. */
  readonly sent: number;
  /** Of the block that holds it; null when none does. */
  readonly height: number | null;
}

/** Where and when they fire. */
export interface Firing {
  /** Terminals begin with these in turn. */
  readonly nodes: readonly PingNode[];
  /** ms since 1970. */
  readonly atMs: number;
}

/** Fires; settles when each ping is decided or given up. */
export async function fireAll(
  terminals: readonly ArmedTerminal[],
  { nodes, atMs }: Firing,
): Promise<PingOutcome[]> {
  await delay(Math.max(0, atMs - Date.now()));
  return Promise.all(terminals.map((terminal, i) => fire(terminal, i, { nodes, atMs })));
}

/** @param first the node to begin with, counted round. */
async function fire(
  { terminal, bytes }: ArmedTerminal,
  first: number,
  { nodes, atMs }: Firing,
): Promise<PingOutcome> {
  let turn = first;
  for (let sent = 1; ; sent += 1) {
    const node = nodes[turn % nodes.length];
    if (node === undefined) throw new RangeError("terminals need nodes");
    const { result, height, again } = await ask(node, bytes);
    const latencyMs = Date.now() - atMs;
    if (again === null || latencyMs + again.afterMs > GIVE_UP_AFTER_MS) {
      return { terminal, node: node.url, result, latencyMs, sent, height };
    }
    if (again.isElsewhere) turn += 1;
    // Not all at the same time once more.
    await delay(again.afterMs * (1 + Math.random()));
  }
}

interface Answer {
  readonly result: string;
  readonly height: number | null;
  /** When and where the ping is to be sent once more; null when the answer is final. */
  readonly again: { readonly afterMs: number; readonly isElsewhere: boolean } | null;
}

async function ask(node: PingNode, bytes: Uint8Array): Promise<Answer> {
  try {
    const { result, height } = await node.submit(bytes, WAIT_MS);
    if (result !== null) return { result, height, again: null };
    return { result: UNDECIDED, height, again: { afterMs: PAUSE_MS, isElsewhere: false } };
  } catch (error) {
    if (error instanceof LedgerFault) return refusal(error);
    if (!(error instanceof ClientError) || error.code !== "NODE_UNREACHABLE") throw error;
    return { result: error.code, height: null, again: { afterMs: PAUSE_MS, isElsewhere: true } };
  }
}

function refusal({ code, facts: { retryAfterS } }: LedgerFault): Answer {
  const afterMs = typeof retryAfterS === "number" ? retryAfterS * 1000 : PAUSE_MS;
  const again = FAULTS[code].retryable ? { afterMs, isElsewhere: false } : null;
  return { result: code, height: null, again };
}
