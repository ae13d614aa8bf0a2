import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { fiscalYear, grantCategory } from "../fields/fields.ts";
import { posting } from "../points/accounts.ts";
import { BUDGET } from "../state/state-records.ts";
import { CAMPAIGN, campaignNameFields } from "./campaign-records.ts";

/**
 * CAMPAIGN_CLOSE: no more premiums; what was set aside and not given returns to the budget. Once more when premiums
 * were clawed back since.
 */
export const campaignClose = defineTransaction({
  type: "CAMPAIGN_CLOSE",
  since: 1,
  title: { ja: "キャンペーンの終了", en: "Close a campaign" },
  summary: {
    ja: "キャンペーンを終え、使われなかった予算を戻します。",
    en: "Ends a campaign and returns what it did not give to the budget.",
  },
  public: record({ ...campaignNameFields, fiscalYear, budgetCategory: grantCategory }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_CAMPAIGN", "CAMPAIGN_NOT_OPEN", "FISCAL_YEAR_MISMATCH"],
  keys: ({ public: { issuer, pointType, campaign, fiscalYear: year, budgetCategory } }) => [
    CAMPAIGN.key(issuer, pointType, campaign),
    BUDGET.key(issuer, year, budgetCategory),
  ],
  apply(view, { public: named }) {
    const key = CAMPAIGN.key(named.issuer, named.pointType, named.campaign);
    const campaign = view.get(key);
    if (campaign === null) return "UNKNOWN_CAMPAIGN";
    const { totalCapPt, premiumPt } = campaign;
    const leftPt = totalCapPt - premiumPt;
    if (campaign.status === "CLOSED" && leftPt === 0) return "CAMPAIGN_NOT_OPEN";
    const budgetKey = BUDGET.key(named.issuer, named.fiscalYear, named.budgetCategory);
    const budget = view.get(budgetKey);
    const isItsBudget =
      campaign.fiscalYear === named.fiscalYear && campaign.budgetCategory === named.budgetCategory;
    if (!isItsBudget || budget === null) return "FISCAL_YEAR_MISMATCH";
    view.put(budgetKey, { ...budget, setAsidePt: budget.setAsidePt - leftPt });
    view.put(key, { ...campaign, status: "CLOSED", totalCapPt: premiumPt });
    return [
      posting(key.text, budgetKey.text, -leftPt),
      posting(budgetKey.text, budgetKey.text, leftPt),
    ];
  },
});
