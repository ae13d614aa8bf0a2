import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { fiscalYear, GRANT_CATEGORIES } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { posting } from "../points/accounts.ts";
import { BUDGET, FISCAL_YEAR_END, ISSUER, rightLeft } from "../state/state-records.ts";

/** FY_CLOSE: an issuer closes a fiscal year that has ended: what was not granted lapses. */
export const fyClose = defineTransaction({
  type: "FY_CLOSE",
  since: 1,
  title: { ja: "年度の締め", en: "Close a fiscal year" },
  summary: {
    ja: "終わった会計年度の予算と付与の実績を確定し、使わなかった予算を失効させます。",
    en: "Fixes what was voted and granted in a fiscal year that has ended; what was not granted lapses.",
  },
  public: record({ issuer: municipalityCode, fiscalYear }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "accountant"), officer("issuer", "approver")],
  faults: ["UNKNOWN_ISSUER", "FISCAL_YEAR_MISMATCH", "ALREADY_EXISTS"],
  keys: ({ public: { issuer, fiscalYear: year } }) => [
    ISSUER.key(issuer),
    FISCAL_YEAR_END.key(issuer, year),
    ...GRANT_CATEGORIES.map((category) => BUDGET.key(issuer, year, category)),
  ],
  apply(view, { public: { issuer, fiscalYear: year } }, { today }) {
    if (view.get(ISSUER.key(issuer)) === null) return "UNKNOWN_ISSUER";
    if (year >= fiscalYearOf(today)) return "FISCAL_YEAR_MISMATCH";
    const endKey = FISCAL_YEAR_END.key(issuer, year);
    if (view.get(endKey) !== null) return "ALREADY_EXISTS";
    const budgets = GRANT_CATEGORIES.flatMap((category) => {
      const key = BUDGET.key(issuer, year, category);
      const budget = view.get(key);
      return budget === null ? [] : [{ key, category, budget }];
    });
    for (const { key, budget } of budgets) {
      const appropriatedPt = budget.appropriatedPt - rightLeft(budget);
      view.put(key, { ...budget, appropriatedPt });
    }
    view.put(endKey, {
      closedOn: today,
      budgets: budgets.map(({ category, budget: { appropriatedPt, grantedPt } }) => {
        return { category, appropriatedPt, grantedPt };
      }),
    });
    return budgets.flatMap(({ key, budget }) => [
      posting(key.text, key.text, -rightLeft(budget)),
      posting(`appropriation/${key.id}`, key.text, rightLeft(budget)),
    ]);
  },
});
