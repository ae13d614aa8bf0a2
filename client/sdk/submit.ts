/**
 * Sends a transaction until its fate is proven.
 *
 * "Committed" and "refused" are said only with a receipt that verifies against the genesis. When an
 * answer is lost the same bytes are sent again, to the next node: a transaction that is in already gives
 * its first result, so nothing happens twice.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ACCEPTED } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { FAULTS, LedgerFault } from "../../ledger/faults.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, verifyReceipt } from "../../ledger/receipt.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { ClientError } from "../client-fault.ts";
import { errorLine, errorReport } from "../error-report.ts";
import { messageOf } from "../files.ts";
import type { LedgerClient } from "./ledger-client.ts";

/** The proven fate of a transaction. */
export interface Decision {
  readonly id: string;
  readonly status: "committed" | "refused";
  /** `OK`, or the fault code with which it was refused for ever. */
  readonly result: string;
  readonly height: number;
  readonly index: number;
  /** Time of the block. */
  readonly timestampMs: number;
  /** Root of the state after the block, as its header has it. */
  readonly stateRoot: Hash;
  /** The proof, canonical bytes: worth keeping. */
  readonly receipt: Uint8Array;
}

/** Whom to ask and what to trust. */
export interface SubmitContext {
  /** Any nodes of the network, the nearest first. */
  readonly nodes: readonly LedgerClient[];
  readonly genesis: Genesis;
  /** When to give up asking, ms. Default 30,000. */
  readonly timeoutMs?: number;
}

/** How long a node may hold one answer back, ms. */
const WAIT_MS = 5000;
/** Pause after a node that could not help, ms. */
const PAUSE_MS = 200;

/**
 * Sends the transaction and returns its proven fate.
 * @throws LedgerFault when no node will ever take it; ClientError `UNDECIDED` when the time is over,
 *   which is no verdict: ask again with the same bytes.
 */
export async function submitTransaction(
  transactionBytes: Uint8Array,
  context: SubmitContext,
): Promise<Decision> {
  const { id } = decodeTransaction(transactionBytes);
  const { nodes, timeoutMs = 30_000 } = context;
  const deadlineMs = performance.now() + timeoutMs;
  let mayBeUnderWay = false;
  let lastProblem: unknown;
  for (let attempt = 0; performance.now() < deadlineMs; attempt += 1) {
    const node = nodes[attempt % nodes.length];
    if (node === undefined) throw new RangeError("nodes must not be empty");
    try {
      const { status } = await node.submit(transactionBytes, WAIT_MS);
      if (status === "committed" || status === "refused") {
        return await proveDecision(transactionBytes, node, context.genesis);
      }
      lastProblem = undefined;
    } catch (error) {
      if (isFinal(error, mayBeUnderWay)) throw error;
      lastProblem = error;
      await delay(PAUSE_MS);
    }
    mayBeUnderWay = true;
  }
  throw new ClientError("UNDECIDED", { id, why: whyUndecided(lastProblem), cause: lastProblem });
}

function whyUndecided(lastProblem: unknown): string {
  if (lastProblem === undefined) return "a node has it, but no block does yet";
  return errorLine(errorReport(lastProblem));
}

/**
 * The proven fate of a transaction that a node calls decided.
 * @throws ClientError `WRONG_RECEIPT` when the node's proof does not hold, or as `askNode`.
 */
export async function proveDecision(
  transactionBytes: Uint8Array,
  node: LedgerClient,
  genesis: Genesis,
): Promise<Decision> {
  const { id } = decodeTransaction(transactionBytes);
  const receipt = await node.receipt(id);
  const { index, transaction, result, header } = openReceipt(receipt, genesis, node.url);
  if (!equalBytes(transaction, transactionBytes)) {
    throw new ClientError("WRONG_RECEIPT", { id, node: node.url });
  }
  const status = result === ACCEPTED ? "committed" : "refused";
  const { height, timestampMs, stateRoot } = header;
  return { id, status, result, height, index, timestampMs, stateRoot, receipt };
}

function openReceipt(receiptBytes: Uint8Array, genesis: Genesis, node: string) {
  try {
    const receipt = decodeReceipt(receiptBytes);
    const { result, header } = verifyReceipt(receipt, genesis, verifySignature);
    return { ...receipt, result, header };
  } catch (error) {
    throw new ClientError("WRONG_RECEIPT", { node, problem: messageOf(error), cause: error });
  }
}

/**
 * True when no node can ever answer otherwise. What is wrong with the bytes themselves (400, 413) is wrong
 * everywhere; a refusal that looks at state or clock (403, 409) says nothing while an earlier sending
 * may still be on its way into a block.
 */
function isFinal(error: unknown, mayBeUnderWay: boolean): boolean {
  if (!(error instanceof LedgerFault)) return false;
  const { status } = FAULTS[error.code];
  if (status === 400 || status === 413) return true;
  return (status === 403 || status === 409) && !mayBeUnderWay;
}
