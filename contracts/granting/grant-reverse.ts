import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { amountPt, fiscalYear, grantCategory, shortName, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { lotPosting, posting } from "../points/accounts.ts";
import { lotNumber } from "../points/lots.ts";
import { debitWallet } from "../points/wallet-lots.ts";
import { BUDGET, ISSUE, WALLET } from "../state/state-records.ts";

/**
 * GRANT_REVERSE: points that were granted by mistake are taken back, as far as they are not spent, and the budget
 * right they were granted against is there again. Points that came in another way cannot be taken.
 */
export const grantReverse = defineTransaction({
  type: "GRANT_REVERSE",
  since: 1,
  title: { ja: "付与の取消し", en: "Reverse a grant" },
  summary: {
    ja: "誤って付与したポイントのうち、使われていない分を取り消し、予算に戻します。二人の職員の署名が必要です。",
    en: "Takes back what is left of a mistaken grant; the budget right returns. Two officers sign.",
  },
  public: record({
    issuer: municipalityCode,
    pointType: shortName,
    fiscalYear,
    budgetCategory: grantCategory,
    amountPt,
  }),
  private: record({ wallet: walletHandle, lot: lotNumber }),
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_WALLET", "UNKNOWN_LOT", "BALANCE_INSUFFICIENT", "BUDGET_INSUFFICIENT"],
  keys: ({ public: grant, private: { wallet } }) => [
    ISSUE.key(grant.issuer, grant.pointType),
    BUDGET.key(grant.issuer, grant.fiscalYear, grant.budgetCategory),
    WALLET.key(toHex(wallet)),
  ],
  apply(view, { public: grant, private: { wallet: handle, lot: number } }) {
    const walletKey = WALLET.key(toHex(handle));
    const wallet = view.get(walletKey);
    if (wallet === null) return "UNKNOWN_WALLET";
    const lot = wallet.lots.find((candidate) => candidate.number === number);
    const isOfGrant =
      lot?.origin === "GRANT" &&
      lot.issuer === grant.issuer &&
      lot.pointType === grant.pointType &&
      lot.category === grant.budgetCategory &&
      fiscalYearOf(lot.issuedOn) === grant.fiscalYear;
    const issueKey = ISSUE.key(grant.issuer, grant.pointType);
    const budgetKey = BUDGET.key(grant.issuer, grant.fiscalYear, grant.budgetCategory);
    const issue = view.get(issueKey);
    const budget = view.get(budgetKey);
    if (!isOfGrant || issue === null || budget === null) return "UNKNOWN_LOT";
    if (lot.remainingPt < grant.amountPt) return "BALANCE_INSUFFICIENT";
    // A correction of a till (ADJUST) may have freed the right already.
    if (budget.grantedPt < grant.amountPt) return "BUDGET_INSUFFICIENT";

    view.put(issueKey, { issuedPt: issue.issuedPt - grant.amountPt });
    view.put(budgetKey, { ...budget, grantedPt: budget.grantedPt - grant.amountPt });
    view.put(walletKey, debitWallet(wallet, [{ lot, usedPt: grant.amountPt }]));
    return [
      posting(issueKey.text, issueKey.id, grant.amountPt),
      lotPosting(walletKey.text, lot, -grant.amountPt),
      posting(budgetKey.text, budgetKey.text, grant.amountPt),
      posting(`granted/${budgetKey.id}`, budgetKey.text, -grant.amountPt),
    ];
  },
});
