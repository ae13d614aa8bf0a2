import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { list, record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker, type View } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { CLEARING, DUE } from "../state/state-records.ts";
import { CLEARING_DUES_MAX, type ClearedDue, dueNameFields, positionsOf } from "./clearing.ts";
import { type Due, openYen } from "./dues.ts";

/**
 * CLEARING_CUT: an organisation proposes to net dues; it binds nobody until all participants accept. The dues
 * are held meanwhile, until one of them refuses.
 */
export const clearingCut = defineTransaction({
  type: "CLEARING_CUT",
  since: 1,
  title: { ja: "清算の締め", en: "Cut a clearing" },
  summary: {
    ja: "団体間の債務をまとめ、各団体の差引額を示します。全参加団体の承諾で効力を持ちます。",
    en: "Nets dues between organisations; it takes effect when every participant has accepted.",
  },
  public: record({
    operator: shortName,
    clearing: shortName,
    dues: list(record(dueNameFields), CLEARING_DUES_MAX, 1),
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("operator"),
  faults: ["ALREADY_EXISTS", "UNKNOWN_DUE", "DUE_IN_CLEARING", "LIMIT_EXCEEDED"],
  keys: ({ public: { operator, clearing, dues } }) => [
    CLEARING.key(operator, clearing),
    ...dues.map(({ debtor, creditor, cause }) => DUE.key(debtor, creditor, cause)),
  ],
  apply(view, { public: { operator, clearing, dues: names } }, { today }) {
    const key = CLEARING.key(operator, clearing);
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    const dues: ClearedDue[] = [];
    let totalYen = 0;
    for (const name of names) {
      const due = hold(view, name, { operator, clearing });
      if (typeof due === "string") return due;
      totalYen += due.amountYen;
      if (totalYen > ISSUED_PT_MAX) return "LIMIT_EXCEEDED";
      dues.push(due);
    }
    view.put(key, { cutOn: today, dues, positions: positionsOf(dues) });
    return [];
  },
});

/** Takes what is open of a due into the clearing, which holds it from here on: no due comes in twice. */
function hold(
  view: View,
  name: Omit<ClearedDue, "amountYen">,
  holder: NonNullable<Due["clearing"]>,
): ClearedDue | "UNKNOWN_DUE" | "DUE_IN_CLEARING" {
  const key = DUE.key(name.debtor, name.creditor, name.cause);
  const due = view.get(key);
  if (due === null || openYen(due) === 0) return "UNKNOWN_DUE";
  if (due.clearing !== null) return "DUE_IN_CLEARING";
  view.put(key, { ...due, clearing: holder });
  return { ...name, amountYen: openYen(due) };
}
