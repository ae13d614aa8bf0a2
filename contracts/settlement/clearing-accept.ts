import { flag, list, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { CLEARING, DUE } from "../state/state-records.ts";
import { CLEARING_DUES_MAX, type ClearedDue, dueNameFields, statusOf } from "./clearing.ts";

/**
 * CLEARING_ACCEPT: a participant accepts its position in a clearing, or refuses it: that ends the clearing, and its dues
 * are free. As long as somebody has not answered a yes can be taken back, so that nobody is held up by his silence.
 */
export const clearingAccept = defineTransaction({
  type: "CLEARING_ACCEPT",
  since: 1,
  title: { ja: "清算の承諾", en: "Accept a clearing" },
  summary: {
    ja: "参加団体の会計管理者が、差引額を承諾するか、拒みます。",
    en: "A participant's accountant accepts its net position, or refuses it.",
  },
  public: record({
    operator: shortName,
    clearing: shortName,
    organisation: shortName,
    accepted: flag,
    /** All dues of the clearing, in its order, when it is refused; none when it is accepted. */
    released: list(record(dueNameFields), CLEARING_DUES_MAX),
  }),
  private: null,
  validity: "organisation",
  signers: [officer("organisation", "accountant")],
  faults: ["UNKNOWN_CLEARING", "NOT_A_PARTICIPANT", "CLEARING_CLOSED", "TOTAL_MISMATCH"],
  keys: ({ public: { operator, clearing, released } }) => [
    CLEARING.key(operator, clearing),
    ...released.map(dueKeyOf),
  ],
  apply(view, { public: { operator, clearing: id, organisation, accepted, released } }) {
    const key = CLEARING.key(operator, id);
    const clearing = view.get(key);
    if (clearing === null) return "UNKNOWN_CLEARING";
    const own = clearing.positions.find((position) => position.organisation === organisation);
    if (own === undefined) return "NOT_A_PARTICIPANT";
    const saysTheSame = accepted && own.accepted === "YES";
    if (statusOf(clearing) !== "CUT" || saysTheSame) return "CLEARING_CLOSED";
    const freed = accepted ? [] : clearing.dues;
    if (namesOf(freed) !== namesOf(released)) return "TOTAL_MISMATCH";
    for (const name of freed) {
      const due = view.get(dueKeyOf(name));
      if (due === null) throw new Error(`${namesOf([name])} was there when the clearing was cut`);
      view.put(dueKeyOf(name), { ...due, clearing: null });
    }
    const answer = accepted ? ("YES" as const) : ("NO" as const);
    const positions = clearing.positions.map((position) =>
      position === own ? { ...position, accepted: answer } : position,
    );
    view.put(key, { ...clearing, positions });
    return [];
  },
});

type DueName = Omit<ClearedDue, "amountYen">;

function dueKeyOf({ debtor, creditor, cause }: DueName) {
  return DUE.key(debtor, creditor, cause);
}

function namesOf(dues: readonly DueName[]): string {
  return dues.map((due) => dueKeyOf(due).id).join();
}
