import { list, record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker, type View } from "../declaration.ts";
import type { CivilDate } from "../fields/dates.ts";
import { amountYen, ascending, shortName, totalYen } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { releaseWitness, WITNESS } from "../governance/witness.ts";
import type { Posting } from "../points/accounts.ts";
import { creditHoldings, HOLDINGS_MAX, moveHoldings } from "../spending/till.ts";
import { BATCH, DUE, MERCHANT_ACCOUNT } from "../state/state-records.ts";
import {
  BATCH_LINES_MAX,
  type BatchLine,
  type Claim,
  claimsOf,
  payoutName,
  payoutYenOf,
  periodStart,
} from "./batch.ts";
import { owe, withMoreOwed } from "./dues.ts";

/** Other issuers whose points may be in one batch: more than there are local governments. */
const CLAIMS_MAX = 2000;

/**
 * BATCH_APPROVE: the payer owes what the batch says, and other issuers owe the payer for their points. Lines
 * to which merchants objected go back to the tills, and what else the officers do not approve: a cut that was wrong has no
 * other way back. The figures are signed, and must be the ledger's.
 */
export const batchApprove = defineTransaction({
  type: "BATCH_APPROVE",
  since: 1,
  title: { ja: "精算の承認", en: "Approve a settlement batch" },
  summary: {
    ja: "異議の期間が過ぎた精算を二人で承認し、支払うべき額を確定します。",
    en: "After the time for objections two officers approve what is to be paid.",
  },
  public: record({
    payer: municipalityCode,
    batch: shortName,
    /** What all merchants get together, yen. */
    totalYen,
    /** The merchants that objected, and those whose lines are not approved. */
    returned: ascending(shortName, BATCH_LINES_MAX, 0),
    /** What other issuers owe for their points, in ascending order of issuer. */
    claims: list(record({ issuer: municipalityCode, amountYen }), CLAIMS_MAX),
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("payer"),
  faults: [
    "UNKNOWN_BATCH",
    "BATCH_CLOSED",
    "OBJECTION_OPEN",
    "OBJECTION_MISMATCH",
    "TOTAL_MISMATCH",
    "ALREADY_EXISTS",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { payer, batch, returned, claims } }) => [
    BATCH.key(payer, batch),
    WITNESS,
    ...returned.map((merchant) => MERCHANT_ACCOUNT.key(merchant)),
    ...claims.map(({ issuer }) => DUE.key(issuer, payer, batch)),
  ],
  apply(view, { public: approval }, { today }) {
    const { payer, batch: name } = approval;
    const key = BATCH.key(payer, name);
    const batch = view.get(key);
    if (batch === null) return "UNKNOWN_BATCH";
    if (batch.approvedOn !== null) return "BATCH_CLOSED";
    if (today <= batch.objectionUntil) return "OBJECTION_OPEN";

    const lines = batch.lines.map((line) => decided(line, approval.returned));
    const returned = lines.filter(({ status }) => status === "RETURNED");
    const due = lines.filter(({ status }) => status === "DUE");
    const names = returned.map(({ merchant }) => merchant);
    if (names.join() !== approval.returned.join()) return "OBJECTION_MISMATCH";
    const totalDueYen = due.reduce((sumYen, line) => sumYen + payoutYenOf(line), 0);
    const claims = claimsOf(payer, due);
    const isAsSigned = totalDueYen === approval.totalYen && areEqual(claims, approval.claims);
    if (!isAsSigned) return "TOTAL_MISMATCH";
    const dueKeys = claims.map(({ issuer }) => DUE.key(issuer, payer, name));
    if (dueKeys.some((dueKey) => view.get(dueKey) !== null)) return "ALREADY_EXISTS";

    const postings: Posting[] = [];
    for (const line of returned) {
      const back = returnPoints(view, key.text, line);
      if (back === "LIMIT_EXCEEDED") return back;
      postings.push(...back);
    }
    for (const line of due) {
      postings.push(...owe(payoutName(payer, line.merchant, name), payoutYenOf(line)));
    }
    for (const claim of claims) postings.push(...charge(view, { payer, name, claim, today }));
    releaseWitness(view, periodStart(batch), today);
    view.put(key, { ...batch, approvedOn: today, lines });
    return postings;
  },
});

function decided(line: BatchLine, returned: readonly string[]): BatchLine {
  const isReturned = line.status === "OBJECTED" || returned.includes(line.merchant);
  return { ...line, status: isReturned ? "RETURNED" : "DUE" };
}

function areEqual(a: readonly Claim[], b: readonly Claim[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ issuer, amountYen: yen }, i) => issuer === b[i]?.issuer && yen === b[i]?.amountYen)
  );
}

/** The points of a line go back to the merchant's till. */
function returnPoints(
  view: View,
  batchAccount: string,
  { merchant, holdings }: BatchLine,
): readonly Posting[] | "LIMIT_EXCEEDED" {
  const tillKey = MERCHANT_ACCOUNT.key(merchant);
  const till = view.get(tillKey);
  if (till === null) throw new Error(`${tillKey.text} was there when the batch was cut`);
  const after = creditHoldings(till.holdings, holdings);
  if (after.length > HOLDINGS_MAX) return "LIMIT_EXCEEDED";
  view.put(tillKey, { ...till, holdings: after });
  return moveHoldings(holdings, batchAccount, `merchant/${merchant}`);
}

/** Another issuer owes the payer for its points. */
function charge(
  view: View,
  { payer, name, claim, today }: { payer: string; name: string; claim: Claim; today: CivilDate },
): readonly Posting[] {
  const key = DUE.key(claim.issuer, payer, name);
  const { amountYen: yen } = claim;
  view.put(key, withMoreOwed(null, { kind: "ACCEPTANCE", amountYen: yen, today }));
  return owe(key.id, yen);
}
