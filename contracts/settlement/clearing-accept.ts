import { flag, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { CLEARING } from "../state/state-records.ts";
import { statusOf } from "./clearing.ts";

/** CLEARING_ACCEPT: a participant accepts its position in a clearing, or refuses it, which ends the clearing. */
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
  }),
  private: null,
  validity: "organisation",
  signers: [officer("organisation", "accountant")],
  faults: ["UNKNOWN_CLEARING", "NOT_A_PARTICIPANT", "CLEARING_CLOSED"],
  keys: ({ public: { operator, clearing } }) => [CLEARING.key(operator, clearing)],
  apply(view, { public: { operator, clearing: name, organisation, accepted } }) {
    const key = CLEARING.key(operator, name);
    const clearing = view.get(key);
    if (clearing === null) return "UNKNOWN_CLEARING";
    const own = clearing.positions.find((position) => position.organisation === organisation);
    if (own === undefined) return "NOT_A_PARTICIPANT";
    if (statusOf(clearing) !== "CUT" || own.accepted !== "WAITING") return "CLEARING_CLOSED";
    const answer = accepted ? ("YES" as const) : ("NO" as const);
    const positions = clearing.positions.map((position) =>
      position === own ? { ...position, accepted: answer } : position,
    );
    view.put(key, { ...clearing, positions });
    return [];
  },
});
