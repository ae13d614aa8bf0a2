import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { civilDateAt, fiscalYearOf } from "../fields/dates.ts";
import { fiscalYear, grantCategory } from "../fields/fields.ts";
import { posting } from "../points/accounts.ts";
import { lastDayOf } from "../points/expiry-rule.ts";
import { BUDGET, POINT_TYPE, rightLeft } from "../state/state-records.ts";
import { CAMPAIGN, campaignLimitFields, campaignNameFields } from "./campaign-records.ts";

/** CAMPAIGN_ADJUST: other caps, another end. What was given stays given; the rate never changes. */
export const campaignAdjust = defineTransaction({
  type: "CAMPAIGN_ADJUST",
  since: 1,
  title: { ja: "キャンペーンの調整", en: "Adjust a campaign" },
  summary: {
    ja: "上限と終了の時を変更します。率は変わらず、付与済みの特典はそのままです。",
    en: "Changes the caps and the end. The rate stays, and so does what was given.",
  },
  public: record({
    ...campaignNameFields,
    fiscalYear,
    budgetCategory: grantCategory,
    ...campaignLimitFields,
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: [
    "UNKNOWN_CAMPAIGN",
    "CAMPAIGN_NOT_OPEN",
    "CAMPAIGN_TERMS_INVALID",
    "FISCAL_YEAR_MISMATCH",
    "EXPIRY_IN_PAST",
    "BUDGET_INSUFFICIENT",
  ],
  keys: ({ public: { issuer, pointType, campaign, fiscalYear: year, budgetCategory } }) => [
    CAMPAIGN.key(issuer, pointType, campaign),
    POINT_TYPE.key(issuer, pointType),
    BUDGET.key(issuer, year, budgetCategory),
  ],
  apply(view, { public: change }, { timestampMs }) {
    const { issuer, pointType, campaign: name, ...limits } = change;
    const key = CAMPAIGN.key(issuer, pointType, name);
    const campaign = view.get(key);
    const budgetKey = BUDGET.key(issuer, limits.fiscalYear, limits.budgetCategory);
    const budget = view.get(budgetKey);
    if (campaign === null) return "UNKNOWN_CAMPAIGN";
    if (campaign.status !== "OPEN") return "CAMPAIGN_NOT_OPEN";
    const lastDay = civilDateAt(limits.closesAtMs - 1);
    const isItsBudget =
      campaign.fiscalYear === limits.fiscalYear &&
      campaign.budgetCategory === limits.budgetCategory &&
      fiscalYearOf(lastDay) === limits.fiscalYear;
    if (!isItsBudget || budget === null) return "FISCAL_YEAR_MISMATCH";
    const isRight =
      limits.totalCapPt >= campaign.premiumPt &&
      limits.closesAtMs > Math.max(timestampMs, campaign.opensAtMs);
    if (!isRight) return "CAMPAIGN_TERMS_INVALID";
    const terms = view.get(POINT_TYPE.key(issuer, pointType));
    if (terms === null) throw new Error(`${key.text} gives points of a type`);
    const expiresOn = lastDayOf(terms.expiryRule, lastDay, campaign.premiumExpiresOn);
    if (expiresOn !== null && expiresOn < lastDay) return "EXPIRY_IN_PAST";
    const morePt = limits.totalCapPt - campaign.totalCapPt;
    if (rightLeft(budget) < morePt) return "BUDGET_INSUFFICIENT";
    view.put(budgetKey, { ...budget, setAsidePt: budget.setAsidePt + morePt });
    view.put(key, { ...campaign, ...limits });
    return [
      posting(budgetKey.text, budgetKey.text, -morePt),
      posting(key.text, budgetKey.text, morePt),
    ];
  },
});
