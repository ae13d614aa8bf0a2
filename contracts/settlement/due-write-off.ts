import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { amountYen, shortName } from "../fields/fields.ts";
import { DUE } from "../state/state-records.ts";
import { openYen, writeOff } from "./dues.ts";

/** DUE_WRITE_OFF: a creditor gives up what it is owed (不納欠損). Two persons sign; the gross figure stays. */
export const dueWriteOff = defineTransaction({
  type: "DUE_WRITE_OFF",
  since: 1,
  title: { ja: "債権の放棄", en: "Write a due off" },
  summary: {
    ja: "債権を持つ団体が、回収できない額を二人の署名で放棄します。",
    en: "A creditor gives up what it cannot collect. Two officers sign.",
  },
  public: record({ debtor: shortName, creditor: shortName, cause: shortName, amountYen }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("creditor"),
  faults: ["UNKNOWN_DUE", "DUE_IN_CLEARING", "LIMIT_EXCEEDED"],
  keys: ({ public: { debtor, creditor, cause } }) => [DUE.key(debtor, creditor, cause)],
  apply(view, { public: { debtor, creditor, cause, amountYen: writtenYen } }) {
    const key = DUE.key(debtor, creditor, cause);
    const due = view.get(key);
    if (due === null) return "UNKNOWN_DUE";
    if (due.clearing !== null) return "DUE_IN_CLEARING";
    if (writtenYen > openYen(due)) return "LIMIT_EXCEEDED";
    view.put(key, { ...due, writtenOffYen: due.writtenOffYen + writtenYen });
    return writeOff(key.id, writtenYen);
  },
});
