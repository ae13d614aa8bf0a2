import { toHex } from "../../ledger/bytes.ts";
import { ISSUED_PT_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { nullable, record } from "../../ledger/schema.ts";
import { addPt, lotPosting, posting } from "../accounts.ts";
import { civilDate, fiscalYearOf } from "../dates.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { lastDayOf } from "../expiry-rule.ts";
import { amountPt, fiscalYear, grantCategory, shortName, walletHandle } from "../fields.ts";
import type { Lot } from "../lots.ts";
import { municipalityCode } from "../municipality-code.ts";
import { BUDGET, ISSUE, POINT_TYPE, WALLET } from "../state-records.ts";

/** POINT_GRANT: points come into being, against a budget right, as one lot of a wallet. */
export const pointGrant = defineTransaction({
  type: "POINT_GRANT",
  since: 1,
  title: { ja: "ポイントの付与", en: "Grant points" },
  summary: {
    ja: "予算の範囲で、ウォレットにポイントを付与します。二人の職員の署名が必要です。",
    en: "Grants points to a wallet within the budget. Two officers sign.",
  },
  public: record({
    issuer: municipalityCode,
    pointType: shortName,
    fiscalYear,
    budgetCategory: grantCategory,
    amountPt,
    /** The last day; null leaves it to the point type's rule, which must name one or none. */
    expiresOn: nullable(civilDate),
  }),
  private: record({ wallet: walletHandle }),
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: [
    "UNKNOWN_POINT_TYPE",
    "FISCAL_YEAR_MISMATCH",
    "EXPIRY_MISMATCH",
    "EXPIRY_IN_PAST",
    "UNKNOWN_WALLET",
    "WALLET_SUSPENDED",
    "LIMIT_EXCEEDED",
    "BUDGET_INSUFFICIENT",
  ],
  keys: ({ public: grant, private: { wallet } }) => [
    POINT_TYPE.key(grant.issuer, grant.pointType),
    ISSUE.key(grant.issuer, grant.pointType),
    BUDGET.key(grant.issuer, grant.fiscalYear, grant.budgetCategory),
    WALLET.key(toHex(wallet)),
  ],
  apply(view, { public: grant, private: { wallet: handle } }, block) {
    const { issuer, pointType } = grant;
    const issueKey = ISSUE.key(issuer, pointType);
    const budgetKey = BUDGET.key(issuer, grant.fiscalYear, grant.budgetCategory);
    const walletKey = WALLET.key(toHex(handle));

    const terms = view.get(POINT_TYPE.key(issuer, pointType));
    const issue = view.get(issueKey);
    if (terms === null || issue === null) return "UNKNOWN_POINT_TYPE";
    // A budget right is one of its year: no grant crosses 31 March.
    if (grant.fiscalYear !== fiscalYearOf(block.today)) return "FISCAL_YEAR_MISMATCH";
    const expiresOn = lastDayOf(terms.expiryRule, block.today, grant.expiresOn);
    if (expiresOn === "EXPIRY_MISMATCH") return "EXPIRY_MISMATCH";
    if (expiresOn !== null && expiresOn < block.today) return "EXPIRY_IN_PAST";

    const wallet = view.get(walletKey);
    // A pseudonym belongs to one municipality: what another grants to it would link the two.
    if (wallet?.municipality !== issuer) return "UNKNOWN_WALLET";
    if (wallet.status !== "ACTIVE") return "WALLET_SUSPENDED";

    const issuedPt = addPt(issue.issuedPt, grant.amountPt);
    const isWithinLimits =
      grant.amountPt <= terms.perGrantCapPt &&
      issuedPt <= ISSUED_PT_MAX &&
      wallet.lots.length < WALLET_LOTS_MAX;
    if (!isWithinLimits) return "LIMIT_EXCEEDED";
    const budget = view.get(budgetKey);
    const grantedPt = addPt(budget?.grantedPt ?? 0, grant.amountPt);
    if (budget === null || grantedPt > budget.appropriatedPt) return "BUDGET_INSUFFICIENT";

    const lot: Lot = {
      number: wallet.nextLot,
      issuer,
      pointType,
      category: grant.budgetCategory,
      amountPt: grant.amountPt,
      remainingPt: grant.amountPt,
      issuedOn: block.today,
      expiresOn,
      origin: "GRANT",
      consideration: "NONE",
      restrictedTo: terms.restrictedTo,
      perUseCapPt: terms.perUseCapPt,
    };
    view.put(issueKey, { issuedPt });
    view.put(budgetKey, { ...budget, grantedPt });
    view.put(walletKey, { ...wallet, nextLot: lot.number + 1, lots: [...wallet.lots, lot] });
    return [
      posting(issueKey.text, issueKey.id, -grant.amountPt),
      lotPosting(walletKey.text, lot, grant.amountPt),
      posting(budgetKey.text, budgetKey.text, -grant.amountPt),
      posting(`granted/${budgetKey.id}`, budgetKey.text, grant.amountPt),
    ];
  },
});
