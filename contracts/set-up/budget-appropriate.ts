import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { amountPt, fiscalYear, grantCategory } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, posting } from "../points/accounts.ts";
import { BUDGET, ISSUER } from "../state/state-records.ts";

/** BUDGET_APPROPRIATE: the right to grant so many points of a category in a fiscal year is added. */
export const budgetAppropriate = defineTransaction({
  type: "BUDGET_APPROPRIATE",
  since: 1,
  title: { ja: "予算の登録", en: "Appropriate a budget" },
  summary: {
    ja: "会計年度と分野ごとに、付与できるポイント数（1ポイント＝1円）を積み増します。",
    en: "Adds to the points (1 pt = ¥1) that may be granted for a category in a fiscal year.",
  },
  public: record({ issuer: municipalityCode, fiscalYear, category: grantCategory, amountPt }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_ISSUER", "FISCAL_YEAR_MISMATCH", "LIMIT_EXCEEDED"],
  keys: ({ public: { issuer, fiscalYear: year, category } }) => [
    ISSUER.key(issuer),
    BUDGET.key(issuer, year, category),
  ],
  apply(view, { public: budget }, block) {
    const { issuer, fiscalYear: year, category } = budget;
    if (view.get(ISSUER.key(issuer)) === null) return "UNKNOWN_ISSUER";
    // The year that runs, or the next one, whose budget is voted before it begins.
    const yearsAhead = year - fiscalYearOf(block.today);
    if (yearsAhead !== 0 && yearsAhead !== 1) return "FISCAL_YEAR_MISMATCH";
    const key = BUDGET.key(issuer, year, category);
    const before = view.get(key) ?? { appropriatedPt: 0, grantedPt: 0, setAsidePt: 0 };
    const appropriatedPt = addPt(before.appropriatedPt, budget.amountPt);
    if (appropriatedPt > ISSUED_PT_MAX) return "LIMIT_EXCEEDED";
    view.put(key, { ...before, appropriatedPt });
    return [
      posting(`appropriation/${key.id}`, key.text, -budget.amountPt),
      posting(key.text, key.text, budget.amountPt),
    ];
  },
});
