/**
 * Finds out what became of a payment that may have been sent, and believes no single node.
 *
 * It has happened when a receipt says so, whoever sends it. It has *not* happened, and never will, only when more
 * than half of the nodes asked have said one of two things, either of which is final:
 *
 * - the bytes are no transaction (400, 413): no honest node votes for a block that holds it;
 * - no block holds it up to one whose certified time is after `notAfterMs`: block time never goes back (rule C4), and a
 *   block later than that must not hold it (docs/decisions/0003).
 *
 * Until then the same bytes are sent again, which is harmless: an id counts once. It also helps: for a payment that
 * waits, a leader makes an empty block, and so lets block time pass its end.
 */
import { setTimeout as delay } from "node:timers/promises";
import { FAULTS, type FaultCode, LedgerFault } from "../../ledger/faults.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { certifiedHead } from "./certified-head.ts";
import type { LedgerClient } from "./ledger-client.ts";
import { type Decision, proveDecision } from "./submit.ts";

/** Not in the ledger, and no block may hold it any more. */
export interface Never {
  readonly status: "never";
  readonly id: string;
  /** What nodes said last: `EXPIRED`, or what is wrong with the bytes. */
  readonly result: FaultCode;
}

/** Whom to ask and what to trust. */
export interface SettleContext {
  /** Nodes of different organisations, the nearest first. */
  readonly nodes: readonly LedgerClient[];
  readonly genesis: Genesis;
  /** Gives up, which is no verdict. */
  readonly signal: AbortSignal;
  /** Hears of what keeps a node from helping. */
  readonly onProblem?: (error: unknown) => void;
}

/** How long a node may hold one answer back, ms. */
const WAIT_MS = 2000;
/** Pause before the same node is asked again, ms. */
const PAUSE_MS = 500;
/** When the next node is asked as well, ms: most payments are decided before. */
const NEXT_NODE_AFTER_MS = 1500;

/** The fate of a signed transaction, as long as it takes. @throws the signal's reason. */
export function settle(
  transactionBytes: Uint8Array,
  { nodes, genesis, signal, onProblem }: SettleContext,
): Promise<Decision | Never> {
  const { id } = decodeTransaction(transactionBytes);
  const decided = new AbortController();
  const stop = AbortSignal.any([signal, decided.signal]);
  let saidNever = 0;
  const fate = new Promise<Decision | Never>((resolve, reject) => {
    const hear = (answer: Decision | FaultCode) => {
      if (typeof answer !== "string") resolve(answer);
      else if (++saidNever * 2 > nodes.length) resolve({ status: "never", id, result: answer });
    };
    for (const [i, node] of nodes.entries()) {
      const ask = () => fateAt(node, transactionBytes, genesis);
      lastWord(ask, i * NEXT_NODE_AFTER_MS, stop, onProblem).then(hear, reject);
    }
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return fate.finally(() => decided.abort());
}

/** Asks until there is an answer that stays. @throws AbortError when the signal aborts. */
async function lastWord<T>(
  ask: () => Promise<T | null>,
  afterMs: number,
  signal: AbortSignal,
  onProblem: (error: unknown) => void = () => undefined,
): Promise<T> {
  for (let pauseMs = afterMs; ; pauseMs = PAUSE_MS) {
    await delay(pauseMs, undefined, { signal });
    const answer = await ask().catch((error: unknown) => {
      onProblem(error);
      return null;
    });
    if (answer !== null) return answer;
  }
}

/**
 * What one node proves, or says for good; null when it says nothing of the kind yet.
 * @throws what keeps it from answering.
 */
async function fateAt(
  node: LedgerClient,
  transactionBytes: Uint8Array,
  genesis: Genesis,
): Promise<Decision | FaultCode | null> {
  try {
    const { status } = await node.submit(transactionBytes, WAIT_MS);
    const isDecided = status === "committed" || status === "refused";
    return isDecided ? await proveDecision(transactionBytes, node, genesis) : null;
  } catch (error) {
    if (!(error instanceof LedgerFault)) throw error;
    const { status } = FAULTS[error.code];
    if (status === 400 || status === 413) return error.code;
    if (error.code !== "EXPIRED") throw error;
    return afterItsEnd(node, transactionBytes, genesis);
  }
}

/** What a node has to say of a payment whose time has passed. */
async function afterItsEnd(
  node: LedgerClient,
  transactionBytes: Uint8Array,
  genesis: Genesis,
): Promise<Decision | FaultCode | null> {
  const { id, envelope } = decodeTransaction(transactionBytes);
  // First the proof that its chain is past the end, then the question: not the other way round.
  const { timestampMs } = await certifiedHead(node, genesis);
  if (timestampMs <= envelope.notAfterMs) return null;
  try {
    await node.transaction(id);
  } catch (error) {
    if (error instanceof LedgerFault && error.code === "NOT_FOUND") return "EXPIRED";
    throw error;
  }
  return proveDecision(transactionBytes, node, genesis);
}
