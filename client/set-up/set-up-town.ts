/** Sets a municipality up on the ledger: sends the steps in their order, each once, and stops at the first that fails. */

import { MERCHANT, POINT_TYPE } from "../../contracts/state/state-records.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { type Never, type SettleContext, settle } from "../sdk/settle.ts";
import type { Decision } from "../sdk/submit.ts";
import { askNetworkTime } from "../terminal/network-time.ts";
import type { SignedSteps } from "./signed-steps.ts";
import type { Town } from "./town-file.ts";
import type { TownStep } from "./town-steps.ts";

/** No block holds it nor ever will, for its day is over. */
const EXPIRED = "EXPIRED";

/** What became of a step. */
export interface StepOutcome {
  readonly step: TownStep;
  /** `OK`, `ALREADY_EXISTS` when it was there just so, or why it was refused; `EXPIRED`: sign again. */
  readonly result: string;
  /** Of the block that holds it; null when none does. */
  readonly height: number | null;
}

/** Whom to ask. */
export interface TownLedger {
  /** Nodes of different organisations, the nearest first. */
  readonly nodes: readonly LedgerClient[];
  readonly genesis: Genesis;
}

/** Whether a step is done. */
export function isDone({ result }: StepOutcome): boolean {
  return result === ACCEPTED || result === "ALREADY_EXISTS";
}

/**
 * The officers whose keys the network does not know; none: the municipality takes part.
 * @throws ClientError `SET_UP_DIFFERS` when a key is somebody else's, or lost.
 */
export async function unknownOfficers(
  { municipality, officers }: Town,
  nodes: readonly LedgerClient[],
): Promise<Town["officers"]> {
  const unknown: Town["officers"][number][] = [];
  for (const officer of officers) {
    const known = await unlessNotFound(firstAnswer(nodes, (node) => node.key(officer.publicKey)));
    if (known === null) unknown.push(officer);
    else {
      const { organisation, roles, status } = known;
      const holds = officer.roles.every((role) => roles.includes(role));
      const isSame = organisation === municipality.id && status === "ACTIVE" && holds;
      if (!isSame) {
        const there = `${organisation} ${roles.join(" ")} ${status}`;
        throw new ClientError("SET_UP_DIFFERS", { key: officer.publicKey, there });
      }
    }
  }
  return unknown;
}

/**
 * A budget is added to what is there, so one that somebody has begun is not signed once more.
 * @throws ClientError `SET_UP_DIFFERS`.
 */
export async function expectNoBudget(
  { name, draft }: TownStep,
  nodes: readonly LedgerClient[],
): Promise<void> {
  if (draft.type !== "BUDGET_APPROPRIATE") return;
  const { issuer, fiscalYear, category } = draft.public as unknown as {
    readonly issuer: string;
    readonly fiscalYear: number;
    readonly category: string;
  };
  const there = await unlessNotFound(
    firstAnswer(nodes, (node) => node.budget(issuer, fiscalYear, category)),
  );
  if (there === null) return;
  throw new ClientError("SET_UP_DIFFERS", { step: name, appropriatedPt: there.appropriatedPt });
}

/** Sends the steps, each approved, and takes those whose day is over out. @param onStep hears of each. @throws as `SignedSteps.approved`, `fateOf`. */
export async function sendSteps(
  steps: readonly TownStep[],
  signed: SignedSteps,
  {
    approver,
    signal,
    onStep,
    ...ledger
  }: TownLedger & {
    readonly approver: Signer;
    readonly signal: AbortSignal;
    readonly onStep: (outcome: StepOutcome) => void;
  },
): Promise<StepOutcome[]> {
  const { nowMs } = await askNetworkTime(ledger.nodes);
  const outcomes: StepOutcome[] = [];
  for (const step of steps) {
    const bytes = await signed.approved(step, approver);
    // What was signed with a step whose day is over is over too, and signed again at one go; what is not waits for it.
    const isHeldUp = outcomes.some(({ result }) => result === EXPIRED);
    if (isHeldUp && decodeTransaction(bytes).envelope.notAfterMs >= nowMs()) break;
    const fate = await fateOf(bytes, { ...ledger, signal });
    if (fate.result === EXPIRED) signed.forget(step);
    else if (fate.result === "ALREADY_EXISTS") await expectSame(step, ledger.nodes);
    const height = fate.status === "never" ? null : fate.height;
    const outcome = { step, result: fate.result, height };
    outcomes.push(outcome);
    onStep(outcome);
    if (!isDone(outcome) && fate.result !== EXPIRED) break;
  }
  return outcomes;
}

/** @throws ClientError `UNDECIDED` when the signal aborts before there is proof. */
async function fateOf(bytes: Uint8Array, context: SettleContext): Promise<Decision | Never> {
  let lastProblem: unknown = null;
  try {
    return await settle(bytes, {
      ...context,
      onProblem: (problem) => {
        lastProblem = problem;
      },
    });
  } catch (cause) {
    if (!context.signal.aborted) throw cause;
    const why = lastProblem === null ? "no block holds it yet" : messageOf(lastProblem);
    throw new ClientError("UNDECIDED", { why, cause });
  }
}

/** @throws ClientError `SET_UP_DIFFERS` when what is there has other terms. */
async function expectSame(
  { name, draft: { type, public: body } }: TownStep,
  nodes: readonly LedgerClient[],
): Promise<void> {
  const asked = body as { readonly [field: string]: JsonValue };
  const there = await recordOf(type, asked, nodes);
  const differing = Object.keys(there).filter(
    (field) => field in asked && JSON.stringify(there[field]) !== JSON.stringify(asked[field]),
  );
  if (differing.length === 0) return;
  throw new ClientError("SET_UP_DIFFERS", { step: name, fields: differing.join(", ") });
}

type JsonObject = { readonly [field: string]: JsonValue };

async function recordOf(
  type: string,
  { issuer, pointType, merchant }: JsonObject,
  nodes: readonly LedgerClient[],
): Promise<JsonObject> {
  if (type === "POINT_TYPE_DEFINE") {
    const there = await firstAnswer(nodes, (node) =>
      node.pointType(String(issuer), String(pointType)),
    );
    return POINT_TYPE.schema.toJson(there) as JsonObject;
  }
  if (type === "MERCHANT_REGISTER") {
    const there = await firstAnswer(nodes, (node) => node.merchant(String(merchant)));
    return MERCHANT.schema.toJson(there) as JsonObject;
  }
  return {};
}

async function unlessNotFound<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof LedgerFault && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
