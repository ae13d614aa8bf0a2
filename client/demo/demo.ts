/** The demonstration: tells the story on a running network, then proves what it told. */
import { join } from "node:path";
import { ACCEPTED } from "../../ledger/block.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, type ProvenTransaction, verifyReceipt } from "../../ledger/receipt.ts";
import type { AuditFailed, AuditPassed } from "../audit/verify-bundle.ts";
import { ClientError } from "../client-fault.ts";
import { writeNewFile } from "../files.ts";
import type { LocalNetwork, LocalNode } from "../network/local-network.ts";
import type { NodeStatus } from "../sdk/answers.ts";
import { type Decision, submitTransaction } from "../sdk/submit.ts";
import { assembleCast, type Cast } from "./cast.ts";
import {
  areLevel,
  auditNetwork,
  countVerifiers,
  headOf,
  type NodeHead,
  waitForAll,
} from "./evidence.ts";
import { PAYMENT, PAYMENT_PT, PREPARATION, type Step } from "./story.ts";

/** Where the payment's receipt is left. */
export const RECEIPT_FILE = "payment.receipt";

/** What came of the demonstration. */
export interface DemoOutcome {
  /** Everything that it promises holds. */
  readonly ok: boolean;
  readonly heads: readonly NodeHead[];
  readonly payment: Decision;
  /** Nodes that verified the payment's signatures. */
  readonly signatureVerifiedBy: number;
  readonly receipt: ProvenTransaction;
  readonly audit: AuditPassed | AuditFailed;
}

/** Hears each step when it is in the ledger. */
export type OnStep = (step: Step, decision: Decision) => void;

/**
 * Plays the story through the API of the nodes in turn; the receipt and the auditor's bundle are left in
 * `directory`. @throws ClientError `DEMO_FAILED` when a step is refused; what the nodes refuse.
 */
export async function playDemo(
  network: LocalNetwork,
  directory: string,
  onStep: OnStep,
): Promise<DemoOutcome> {
  const cast = await assembleCast(directory);
  await waitForAll(network, "a leader", (all) => all.every(({ leader }) => leader !== null));
  for (const [i, step] of PREPARATION.entries()) {
    onStep(step, await play(step, cast, nodesFrom(network, i)));
  }
  const before = await level(network, 1);
  const nodes = nodesFrom(network, network.nodes.length - 1);
  const payment = await play(PAYMENT, cast, nodes);
  onStep(PAYMENT, payment);
  writeNewFile(join(directory, RECEIPT_FILE), payment.receipt);
  return prove(network, directory, { payment, before });

  async function play(step: Step, by: Cast, at: readonly LocalNode[]): Promise<Decision> {
    const context = { networkId: networkIdOf(network.genesis), nowMs: Date.now() };
    const { bytes } = await step.sign(by, context);
    const { genesis } = network;
    const decision = await submitTransaction(bytes, { nodes: at.map((n) => n.client), genesis });
    if (decision.result === ACCEPTED) return decision;
    throw new ClientError("DEMO_FAILED", { step: step.en, result: decision.result });
  }
}

/** Asks every node, a receipt and an auditor about the payment. */
async function prove(
  network: LocalNetwork,
  directory: string,
  told: { readonly payment: Decision; readonly before: readonly NodeStatus[] },
): Promise<DemoOutcome> {
  const { payment, before } = told;
  const [first] = network.nodes;
  if (first === undefined) throw new RangeError("a network has nodes");
  const statuses = await level(network, payment.height);
  const signatureVerifiedBy = await countVerifiers(network.nodes, payment.id, before);
  const receiptBytes = await first.client.receipt(payment.id);
  const receipt = verifyReceipt(decodeReceipt(receiptBytes), network.genesis, verifySignature);
  const audit = await auditNetwork(network, first, directory);
  const ok =
    signatureVerifiedBy === network.nodes.length &&
    receipt.result === ACCEPTED &&
    audit.ok &&
    audit.height >= payment.height;
  return { ok, heads: statuses.map(headOf), payment, signatureVerifiedBy, receipt, audit };
}

/** The outcome as the one JSON object of `demo --once --json`. */
export function demoJson({ heads, payment, ...outcome }: DemoOutcome): object {
  const { id, status, height } = payment;
  const { signatureVerifiedBy, receipt, audit } = outcome;
  return {
    nodes: heads,
    payment: { id, status, height, amountPt: PAYMENT_PT },
    signatureVerifiedBy,
    receiptVerified: receipt.result === ACCEPTED,
    audit: audit.ok
      ? {
          ok: true,
          height: audit.height,
          transactions: audit.transactions,
          cardSignatures: audit.cardSignatures,
        }
      : audit,
  };
}

function level(network: LocalNetwork, height: number): Promise<NodeStatus[]> {
  return waitForAll(network, "equal heads", (statuses) => areLevel(statuses, height));
}

/** The nodes beginning with one: others stand in when it is away. */
function nodesFrom({ nodes }: LocalNetwork, start: number): readonly LocalNode[] {
  const at = start % nodes.length;
  return [...nodes.slice(at), ...nodes.slice(0, at)];
}
