import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { oneOf, record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { amountPt, fiscalYear, grantCategory, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { posting } from "../points/accounts.ts";
import { creditHoldings, debitTill, HOLDINGS_MAX } from "../spending/till.ts";
import { BUDGET, ISSUE, MERCHANT, MERCHANT_ACCOUNT, rightLeft } from "../state/state-records.ts";

/**
 * ADJUST: an issuer puts the till of one of its merchants right, in its own points, against its own budget. Two persons
 * sign and say why; auditors list it. Nobody's wallet is ever adjusted.
 */
export const adjust = defineTransaction({
  type: "ADJUST",
  since: 1,
  title: { ja: "店の勘定の訂正", en: "Adjust a till" },
  summary: {
    ja: "自らの加盟店の勘定を、自らのポイントと予算で訂正します。理由と二人の職員の署名が必要です。",
    en: "Puts a merchant's till right, in the issuer's own points and budget. Two officers sign and say why.",
  },
  public: record({
    issuer: municipalityCode,
    pointType: shortName,
    merchant: shortName,
    fiscalYear,
    budgetCategory: grantCategory,
    direction: oneOf(["TO_MERCHANT", "FROM_MERCHANT"]),
    reason: oneOf(["WRONG_AMOUNT", "COUNTED_TWICE", "LOST_PAYMENT", "FRAUD"]),
    amountPt,
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: [
    "UNKNOWN_MERCHANT",
    "UNKNOWN_POINT_TYPE",
    "FISCAL_YEAR_MISMATCH",
    "BUDGET_INSUFFICIENT",
    "TILL_INSUFFICIENT",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { issuer, pointType, merchant, fiscalYear: year, budgetCategory } }) => [
    MERCHANT.key(merchant),
    MERCHANT_ACCOUNT.key(merchant),
    ISSUE.key(issuer, pointType),
    BUDGET.key(issuer, year, budgetCategory),
  ],
  apply(view, { public: correction }, { today }) {
    const { issuer, pointType, merchant, fiscalYear: year, direction } = correction;
    const tillKey = MERCHANT_ACCOUNT.key(merchant);
    const till = view.get(tillKey);
    if (view.get(MERCHANT.key(merchant))?.issuer !== issuer || till === null) {
      return "UNKNOWN_MERCHANT";
    }
    const issueKey = ISSUE.key(issuer, pointType);
    const issue = view.get(issueKey);
    if (issue === null) return "UNKNOWN_POINT_TYPE";
    if (year !== fiscalYearOf(today)) return "FISCAL_YEAR_MISMATCH";
    const budgetKey = BUDGET.key(issuer, year, correction.budgetCategory);
    const budget = view.get(budgetKey);
    const deltaPt = direction === "TO_MERCHANT" ? correction.amountPt : -correction.amountPt;
    // What comes back frees a right only as far as rights were used.
    const isCovered = budget !== null && rightLeft(budget) >= deltaPt;
    if (!isCovered || budget.grantedPt + deltaPt < 0) return "BUDGET_INSUFFICIENT";
    const name = { issuer, pointType };
    const holdings =
      deltaPt > 0
        ? creditHoldings(till.holdings, [{ fiscalYear: year, ...name, balancePt: deltaPt }])
        : debitTill(till.holdings, { ...name, takenIn: [year] }, -deltaPt);
    if (holdings === null) return "TILL_INSUFFICIENT";
    const issuedPt = issue.issuedPt + deltaPt;
    if (holdings.length > HOLDINGS_MAX || issuedPt > ISSUED_PT_MAX) return "LIMIT_EXCEEDED";

    view.put(tillKey, { holdings });
    view.put(issueKey, { issuedPt });
    view.put(budgetKey, { ...budget, grantedPt: budget.grantedPt + deltaPt });
    return [
      posting(issueKey.text, issueKey.id, -deltaPt),
      posting(`merchant/${merchant}`, issueKey.id, deltaPt),
      posting(budgetKey.text, budgetKey.text, -deltaPt),
      posting(`granted/${budgetKey.id}`, budgetKey.text, deltaPt),
    ];
  },
});
