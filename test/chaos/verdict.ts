/** After everything is healed: are the nodes alike, is every answer still true, is all the money there? */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BundleDirectory } from "../../client/audit/bundle-directory.ts";
import { exportBundle } from "../../client/audit/export-bundle.ts";
import { verifyBundle } from "../../client/audit/verify-bundle.ts";
import { areLevel } from "../../client/demo/evidence.ts";
import type { NodeStatus } from "../../client/sdk/answers.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import type { ChaosNetwork } from "./chaos-network.ts";
import type { ChaosNode } from "./chaos-node.ts";
import type { PaymentRecord } from "./payer.ts";
import { GRANT_PT } from "./town.ts";

/** How long healed nodes may take to become alike, ms. */
const LEVEL_TIMEOUT_MS = 60_000;
const ASK_EVERY_MS = 200;
/** Questions to one node at a time. */
const QUESTIONS_AT_ONCE = 8;

/** What is judged. */
export interface Case {
  readonly network: ChaosNetwork;
  readonly directory: string;
  readonly wallets: readonly string[];
  readonly payments: readonly PaymentRecord[];
  readonly onViolation: (what: string) => void;
}

/** What was found; what is wrong was told to `onViolation`. */
export interface Verdict {
  readonly height: number;
  readonly stateRoot: Uint8Array;
  /** Payments in the ledger as accepted, and what they sum up to, pt. */
  readonly accepted: number;
  readonly spentPt: number;
  /** Transactions in the chain, as the auditor counts them. */
  readonly audited: number;
}

/** Judges a network of which everything is healed and nobody pays any more. @throws Error when it stays unlike. */
export async function judge(judged: Case): Promise<Verdict> {
  const statuses = await untilSettled(judged);
  const { network, payments, onViolation } = judged;
  const ledgers = await Promise.all(
    network.nodes.map(async (node) => [node.number, await readLedger(node, payments)] as const),
  );
  compareAnswers(payments, new Map(ledgers), onViolation);
  const first = ledgers[0]?.[1];
  const accepted = payments.filter(({ id }) => first?.get(id)?.startsWith("committed"));
  const spentPt = sumOf(accepted.map(({ amountPt }) => amountPt));
  await countWallets(judged, accepted);
  let audited = 0;
  // One after the other: an audit keeps this process so busy that no answer would be read in time.
  for (const node of network.nodes) audited = await audit(judged, node, spentPt);
  const [status] = statuses;
  if (status === undefined) throw new RangeError("a network has nodes");
  const { appliedHeight: height, stateRoot } = status;
  return { height, stateRoot, accepted: accepted.length, spentPt, audited };
}

/** Waits until all nodes are alike and nothing that an impatient client left behind is under way. */
async function untilSettled({ network, payments }: Case): Promise<NodeStatus[]> {
  const unheard = payments.filter(({ fate }) => fate.kind === "unknown");
  const deadlineMs = performance.now() + LEVEL_TIMEOUT_MS;
  let last = "no answer";
  while (performance.now() < deadlineMs) {
    const statuses = await network.statuses().catch(() => []);
    const isSettled = statuses.every((s) => s.lastHeight === s.appliedHeight);
    if (statuses.length > 0 && isSettled && areLevel(statuses, 1)) {
      const said = await Promise.all(network.nodes.map((node) => readLedger(node, unheard)));
      const isPending = said.some((ledger) => [...ledger.values()].some(saysPending));
      const after = await network.statuses().catch(() => []);
      if (!isPending && areLevel([...statuses, ...after], 1)) return statuses;
    }
    last = statuses.map((s) => `${s.node.number}: ${s.appliedHeight}/${s.lastHeight}`).join(", ");
    await delay(ASK_EVERY_MS);
  }
  throw new Error(`the nodes are not level a minute after everything was healed: ${last}`);
}

/** What a node says of each payment: `committed OK 17/0`, `refused CODE 17/1`, or `absent`. */
async function readLedger(
  { patientClient: client }: ChaosNode,
  payments: readonly PaymentRecord[],
): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  const left = payments.values();
  const ask = async () => {
    for (const { id } of left) {
      const answer = await client.transaction(id).catch(absentOrThrow);
      answers.set(id, answer === null ? "absent" : describe(answer));
    }
  };
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, ask));
  return answers;
}

function describe(answer: {
  readonly status: string;
  readonly result: string | null;
  readonly height: number | null;
  readonly index: number | null;
}): string {
  const { status, result, height, index } = answer;
  return `${status} ${result} ${height}/${index}`;
}

function saysPending(answer: string): boolean {
  return answer.startsWith("pending");
}

function absentOrThrow(error: unknown): null {
  if (error instanceof LedgerFault && error.code === "NOT_FOUND") return null;
  throw error;
}

/**
 * Every answer that a client has is what every node says, and no payment has two fates.
 * @param ledgers what each node says of each payment, by the node's number.
 */
export function compareAnswers(
  payments: readonly PaymentRecord[],
  ledgers: ReadonlyMap<number, ReadonlyMap<string, string>>,
  onViolation: (what: string) => void,
): void {
  for (const { id, fate } of payments) {
    const told = [...ledgers].map(([node, ledger]) => ({
      node,
      says: ledger.get(id) ?? "unasked",
    }));
    const says = told[0]?.says ?? "unasked";
    if (told.some((other) => other.says !== says)) {
      const everywhere = told.map((answer) => `node ${answer.node}: ${answer.says}`);
      onViolation(`payment ${id} has two fates: ${everywhere.join(", ")}`);
    }
    if (fate.kind === "decided" && says !== describe(fate.decision)) {
      onViolation(`payment ${id} was answered ${describe(fate.decision)}, but is ${says}`);
    }
    if (fate.kind === "turned away" && says.startsWith("committed")) {
      onViolation(`payment ${id} was turned away with ${fate.code}, but is ${says}`);
    }
  }
}

async function countWallets(
  { network, wallets, onViolation }: Case,
  accepted: readonly PaymentRecord[],
): Promise<void> {
  for (const wallet of wallets) {
    const paid = accepted.filter((payment) => payment.wallet === wallet);
    const expectedPt = GRANT_PT - sumOf(paid.map(({ amountPt }) => amountPt));
    for (const { patientClient: client, number } of network.nodes) {
      const { balancePt } = await client.wallet(wallet);
      if (balancePt !== expectedPt) {
        onViolation(`wallet ${wallet} has ${balancePt} pt on node ${number}, not ${expectedPt}`);
      }
    }
  }
}

/** The auditor's own verdict on a node's chain, and his count of the money. @returns its transactions. */
async function audit(
  { network, directory, wallets, onViolation }: Case,
  { number, patientClient: client }: ChaosNode,
  spentPt: number,
): Promise<number> {
  const bundle = join(directory, `bundle-${number}`);
  await exportBundle(client, bundle, () => undefined);
  const options = { verify: verifySignature, trusted: network.genesis };
  const result = await verifyBundle(new BundleDirectory(bundle), options);
  if (!result.ok) {
    onViolation(`the chain of node ${number} fails the audit: ${JSON.stringify(result)}`);
    return 0;
  }
  const grantedPt = GRANT_PT * wallets.length;
  const expected = { wallet: grantedPt - spentPt, merchant: spentPt, issue: -grantedPt };
  for (const [kind, expectedPt] of Object.entries(expected)) {
    const totals = result.totals.filter((total) => total.kind === kind);
    const balancePt = sumOf(totals.map((total) => total.balancePt));
    if (balancePt !== expectedPt) {
      onViolation(`node ${number}: ${kind} accounts hold ${balancePt} pt, not ${expectedPt}`);
    }
  }
  return result.transactions;
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
