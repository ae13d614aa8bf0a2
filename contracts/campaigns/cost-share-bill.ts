import { list, record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker, type View } from "../declaration.ts";
import type { CivilDate } from "../fields/dates.ts";
import { shortName, totalYen } from "../fields/fields.ts";
import type { Posting } from "../points/accounts.ts";
import { owe, withMoreOwed } from "../settlement/dues.ts";
import { DUE } from "../state/state-records.ts";
import { CAMPAIGN, campaignNameFields } from "./campaign-records.ts";
import { COST_SHARE, FUNDERS_MAX, type PartOfCost, partsOfCost } from "./cost-share.ts";

/**
 * COST_SHARE_BILL: a campaign is closed, and those who bear a part of it owe that to its issuer. The figures are signed, and
 * must be the ledger's. What is clawed back later is the issuer's gain; the creditor may write a due off for it.
 */
export const costShareBill = defineTransaction({
  type: "COST_SHARE_BILL",
  since: 1,
  title: { ja: "費用分担の請求", en: "Bill the shares of a campaign's cost" },
  summary: {
    ja: "終了したキャンペーンの費用を、合意した割合で分担する団体の債務とします。端数は最大剰余法によります。",
    en: "Those who bear shares of a closed campaign owe them to its issuer; rounded by largest remainder.",
  },
  public: record({
    ...campaignNameFields,
    /** The cause of the dues. */
    cause: shortName,
    /** What the campaign gave, 1 pt = ¥1. */
    costYen: totalYen,
    /** In ascending order of funder; the rest is the issuer's. */
    parts: list(record({ funder: shortName, amountYen: totalYen }), FUNDERS_MAX, 1),
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: [
    "UNKNOWN_CAMPAIGN",
    "COST_SHARE_MISSING",
    "CAMPAIGN_STILL_OPEN",
    "ALREADY_EXISTS",
    "TOTAL_MISMATCH",
  ],
  keys: ({ public: { issuer, pointType, campaign, cause, parts } }) => [
    CAMPAIGN.key(issuer, pointType, campaign),
    COST_SHARE.key(issuer, pointType, campaign),
    ...parts.map(({ funder }) => DUE.key(funder, issuer, cause)),
  ],
  apply(view, { public: { issuer, pointType, campaign, ...bill } }, { today }) {
    const { cause, costYen, parts } = bill;
    const terms = view.get(CAMPAIGN.key(issuer, pointType, campaign));
    const key = COST_SHARE.key(issuer, pointType, campaign);
    const agreed = view.get(key);
    if (terms === null) return "UNKNOWN_CAMPAIGN";
    if (agreed === null) return "COST_SHARE_MISSING";
    if (terms.status === "OPEN") return "CAMPAIGN_STILL_OPEN";
    const dueKeys = parts.map(({ funder }) => DUE.key(funder, issuer, cause));
    const isBilled = agreed.bill !== null || dueKeys.some((due) => view.get(due) !== null);
    if (isBilled) return "ALREADY_EXISTS";
    const right = partsOfCost(terms.premiumPt, agreed.shares);
    if (costYen !== terms.premiumPt || !areEqual(parts, right)) return "TOTAL_MISMATCH";
    view.put(key, { ...agreed, bill: { cause, costYen, billedOn: today } });
    return parts.flatMap((part) => charge(view, { issuer, cause, part, today }));
  },
});

function areEqual(a: readonly PartOfCost[], b: readonly PartOfCost[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ funder, amountYen: yen }, i) => funder === b[i]?.funder && yen === b[i]?.amountYen)
  );
}

/** A funder owes its part; a part of nothing is no due. */
function charge(
  view: View,
  bill: {
    readonly issuer: string;
    readonly cause: string;
    readonly part: PartOfCost;
    readonly today: CivilDate;
  },
): readonly Posting[] {
  const { issuer, cause, today } = bill;
  const { funder, amountYen: partYen } = bill.part;
  if (partYen === 0) return [];
  const key = DUE.key(funder, issuer, cause);
  view.put(key, withMoreOwed(null, { kind: "COST_SHARE", amountYen: partYen, today }));
  return owe(key.id, partYen);
}
