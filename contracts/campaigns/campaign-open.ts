import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { civilDateAt, fiscalYearOf } from "../fields/dates.ts";
import { fiscalYear, grantCategory } from "../fields/fields.ts";
import { posting } from "../points/accounts.ts";
import { lastDayOf } from "../points/expiry-rule.ts";
import { BUDGET, POINT_TYPE, rightLeft, WIND_DOWN } from "../state/state-records.ts";
import { BASIS_POINTS, CAMPAIGN, campaignFields, campaignNameFields } from "./campaign-records.ts";

/**
 * CAMPAIGN_OPEN: a premium on payments, on conversions, or points for coming to an event. What it may give at most
 * is set aside from a budget at once, so that no premium ever waits for a vote.
 */
export const campaignOpen = defineTransaction({
  type: "CAMPAIGN_OPEN",
  since: 1,
  title: { ja: "キャンペーンの開始", en: "Open a campaign" },
  summary: {
    ja: "利用、交換、来場に付く特典を、期間、対象店、上限とともに定め、予算を取り分けます。",
    en: "Lays down a premium on payments, conversions or visits, its time, places and caps, and sets a budget aside.",
  },
  public: record({
    ...campaignNameFields,
    fiscalYear,
    budgetCategory: grantCategory,
    ...campaignFields,
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: [
    "UNKNOWN_POINT_TYPE",
    "SCHEME_ENDING",
    "ALREADY_EXISTS",
    "CAMPAIGN_TERMS_INVALID",
    "FISCAL_YEAR_MISMATCH",
    "EXPIRY_MISMATCH",
    "EXPIRY_IN_PAST",
    "BUDGET_INSUFFICIENT",
  ],
  keys: ({ public: { issuer, pointType, campaign, ...terms } }) => [
    POINT_TYPE.key(issuer, pointType),
    WIND_DOWN.key(issuer, pointType),
    CAMPAIGN.key(issuer, pointType, campaign),
    BUDGET.key(issuer, terms.fiscalYear, terms.budgetCategory),
  ],
  apply(view, { public: { issuer, pointType, campaign, ...terms } }, block) {
    const key = CAMPAIGN.key(issuer, pointType, campaign);
    const type = view.get(POINT_TYPE.key(issuer, pointType));
    if (type === null) return "UNKNOWN_POINT_TYPE";
    if (view.get(WIND_DOWN.key(issuer, pointType)) !== null) return "SCHEME_ENDING";
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    const isCheckin = terms.trigger === "CHECKIN";
    const opensAtMs = Math.max(terms.opensAtMs, block.timestampMs);
    const isRateRight = isCheckin ? terms.rateBp === BASIS_POINTS : terms.rateBp > 0;
    const isRight = isCheckin === (terms.checkinPt !== null) && opensAtMs < terms.closesAtMs;
    if (!isRight || !isRateRight) return "CAMPAIGN_TERMS_INVALID";
    // A budget right is one of its year: no campaign crosses 31 March.
    const lastDay = civilDateAt(terms.closesAtMs - 1);
    const years = [opensAtMs, terms.closesAtMs - 1].map((ms) => fiscalYearOf(civilDateAt(ms)));
    if (years.some((year) => year !== terms.fiscalYear)) return "FISCAL_YEAR_MISMATCH";
    // Budgets are voted a year ahead at most: from here on no date is beyond the calendar.
    const budgetKey = BUDGET.key(issuer, terms.fiscalYear, terms.budgetCategory);
    const budget = view.get(budgetKey);
    if (budget === null || rightLeft(budget) < terms.totalCapPt) return "BUDGET_INSUFFICIENT";
    const expiresOn = lastDayOf(type.expiryRule, lastDay, terms.premiumExpiresOn);
    const isLeftToRule = type.expiryRule.kind !== "SET_AT_ISSUE" && terms.premiumExpiresOn !== null;
    if (expiresOn === "EXPIRY_MISMATCH" || isLeftToRule) return "EXPIRY_MISMATCH";
    if (expiresOn !== null && expiresOn < lastDay) return "EXPIRY_IN_PAST";
    const setAsidePt = budget.setAsidePt + terms.totalCapPt;
    view.put(budgetKey, { ...budget, setAsidePt });
    view.put(key, { ...terms, status: "OPEN", premiumPt: 0, day: block.today, dayPt: 0 });
    return [
      posting(budgetKey.text, budgetKey.text, -terms.totalCapPt),
      posting(key.text, budgetKey.text, terms.totalCapPt),
    ];
  },
});
