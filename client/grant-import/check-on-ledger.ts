/**
 * What the ledger would say to each line, asked before anything is signed: a batch counts whole or not at all, so one
 * wallet that is closed would stop all others.
 */

import { setTimeout as delay } from "node:timers/promises";
import { fiscalYearOf } from "../../contracts/fields/dates.ts";
import { lastDayOf } from "../../contracts/points/expiry-rule.ts";
import { rightLeft } from "../../contracts/state/state-records.ts";
import { FAULTS, LedgerFault } from "../../ledger/faults.ts";
import type { WalletState } from "../sdk/answers.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import type { GrantTerms, ResolvedLine } from "./grant-batches.ts";
import type { LineProblem, LineProblemCode } from "./line-problems.ts";

/** Wallets asked about at once. */
const AT_ONCE = 32;
/** Before a busy node is asked again, ms. */
const RETRY_AFTER_MS = 1000;

/** Whom to ask, and who wants to know how far it is. */
export interface Inquiry {
  readonly nodes: readonly LedgerClient[];
  readonly onProgress?: (done: number, all: number) => void;
}

/** What is wrong with lines, by the ledger as it is now. */
export async function problemsOnLedger(
  lines: readonly ResolvedLine[],
  terms: GrantTerms,
  { nodes, onProgress }: Inquiry,
): Promise<LineProblem[]> {
  const type = await firstAnswer(nodes, (node) => node.pointType(terms.issuer, terms.pointType));
  const problems: LineProblem[] = [];
  const wrong = (line: number, code: LineProblemCode) => problems.push({ line, column: "", code });
  for (let from = 0; from < lines.length; from += AT_ONCE) {
    const asked = lines.slice(from, from + AT_ONCE);
    const codes = await Promise.all(asked.map((line) => walletProblem(line, terms, nodes)));
    for (const [i, code] of codes.entries()) {
      if (code !== null) wrong(asked[i]?.line ?? 0, code);
    }
    onProgress?.(from + asked.length, lines.length);
  }
  for (const { line, amountPt, expiresOn } of lines) {
    if (amountPt > type.perGrantCapPt) wrong(line, "OVER_CAP");
    const lastDay = lastDayOf(type.expiryRule, terms.day, expiresOn);
    if (lastDay === "EXPIRY_MISMATCH") wrong(line, "EXPIRY_NOT_BY_RULE");
    else if (lastDay !== null && lastDay < terms.day) wrong(line, "EXPIRED_ALREADY");
  }
  return problems.sort((a, b) => a.line - b.line);
}

/** What may still be granted on these terms, pt. */
export async function budgetLeftPt(
  { issuer, budgetCategory, day }: GrantTerms,
  nodes: readonly LedgerClient[],
): Promise<number> {
  const year = fiscalYearOf(day);
  return rightLeft(await firstAnswer(nodes, (node) => node.budget(issuer, year, budgetCategory)));
}

async function walletProblem(
  { handleHex }: ResolvedLine,
  { issuer }: GrantTerms,
  nodes: readonly LedgerClient[],
): Promise<LineProblemCode | null> {
  const wallet = await walletOrNull(handleHex, nodes);
  if (wallet === null) return "WALLET_UNKNOWN";
  if (wallet.municipality !== issuer) return "WALLET_ELSEWHERE";
  return wallet.status === "ACTIVE" ? null : "WALLET_STOPPED";
}

/** A node that is asked too often says when to come again; the list is long, and there is time. */
async function walletOrNull(
  handleHex: string,
  nodes: readonly LedgerClient[],
): Promise<WalletState | null> {
  for (;;) {
    try {
      return await firstAnswer(nodes, (node) => node.wallet(handleHex));
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      if (error.code === "NOT_FOUND") return null;
      if (!FAULTS[error.code].retryable) throw error;
      await delay(RETRY_AFTER_MS);
    }
  }
}
