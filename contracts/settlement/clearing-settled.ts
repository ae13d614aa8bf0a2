import { list, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import type { Posting } from "../points/accounts.ts";
import { CLEARING, DUE } from "../state/state-records.ts";
import { CLEARING_DUES_MAX, dueNameFields, statusOf } from "./clearing.ts";
import { settle } from "./dues.ts";

/**
 * CLEARING_SETTLED: a creditor confirms that its net came in: all that was owed to it is settled, by money and by
 * what it owed itself. Nobody settles what is owed to somebody else.
 */
export const clearingSettled = defineTransaction({
  type: "CLEARING_SETTLED",
  since: 1,
  title: { ja: "清算の完了", en: "Confirm a clearing" },
  summary: {
    ja: "債権を持つ団体の会計管理者が、差引額の入金を確かめ、自団体への債務を済みとします。",
    en: "A creditor's accountant confirms the net payment; what was owed to it is settled.",
  },
  public: record({
    operator: shortName,
    clearing: shortName,
    organisation: shortName,
    /** All that the clearing holds of what is owed to the organisation, in its order. */
    dues: list(
      record({ debtor: dueNameFields.debtor, cause: dueNameFields.cause }),
      CLEARING_DUES_MAX,
      1,
    ),
  }),
  private: null,
  validity: "organisation",
  signers: [officer("organisation", "accountant")],
  faults: ["UNKNOWN_CLEARING", "NOT_A_PARTICIPANT", "CLEARING_CLOSED", "TOTAL_MISMATCH"],
  keys: ({ public: { operator, clearing, organisation, dues } }) => [
    CLEARING.key(operator, clearing),
    ...dues.map(({ debtor, cause }) => DUE.key(debtor, organisation, cause)),
  ],
  apply(view, { public: confirmation }, { today }) {
    const { operator, clearing: name, organisation } = confirmation;
    const key = CLEARING.key(operator, name);
    const clearing = view.get(key);
    if (clearing === null) return "UNKNOWN_CLEARING";
    const own = clearing.positions.find((position) => position.organisation === organisation);
    if (own === undefined) return "NOT_A_PARTICIPANT";
    if (statusOf(clearing) !== "ACCEPTED" || own.settledOn !== null) return "CLEARING_CLOSED";
    const owed = clearing.dues.filter(({ creditor }) => creditor === organisation);
    if (namesOf(owed) !== namesOf(confirmation.dues)) return "TOTAL_MISMATCH";

    const postings: Posting[] = [];
    for (const { debtor, cause, amountYen } of owed) {
      const dueKey = DUE.key(debtor, organisation, cause);
      const due = view.get(dueKey);
      if (due === null) throw new Error(`${dueKey.text} was there when the clearing was cut`);
      view.put(dueKey, { ...due, settledYen: due.settledYen + amountYen, clearing: null });
      postings.push(...settle(dueKey.id, amountYen));
    }
    const positions = clearing.positions.map((position) =>
      position === own ? { ...position, settledOn: today } : position,
    );
    view.put(key, { ...clearing, positions });
    return postings;
  },
});

function namesOf(dues: readonly { readonly debtor: string; readonly cause: string }[]): string {
  return dues.map(({ debtor, cause }) => `${debtor}/${cause}`).join();
}
