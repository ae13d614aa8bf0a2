import { record } from "../../ledger/schema.ts";
import { PARTNER, partnerTermFields } from "../conversion/conversion-records.ts";
import { defineTransaction, GOVERNORS_TOGETHER, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { ORGANISATION } from "../state/state-records.ts";

/** PARTNER_REGISTER: a company's points can be converted, up to what it may owe. Once more to change that. */
export const partnerRegister = defineTransaction({
  type: "PARTNER_REGISTER",
  since: 1,
  title: { ja: "提携企業の登録", en: "Register a partner" },
  summary: {
    ja: "ポイントを交換できる企業と、その債務の上限、前払いか後払いかを定めます。",
    en: "A company's points can be converted: what it may owe, and whether it pays before or after.",
  },
  public: record({ partner: shortName, ...partnerTermFields }),
  private: null,
  validity: "organisation",
  signers: [officer("partner", "approver"), GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_ORGANISATION"],
  keys: ({ public: { partner } }) => [ORGANISATION.key(partner), PARTNER.key(partner)],
  apply(view, { public: { partner, ...terms } }) {
    if (view.get(ORGANISATION.key(partner))?.kind !== "company") return "UNKNOWN_ORGANISATION";
    const key = PARTNER.key(partner);
    const nothing = { pendingYen: 0, convertedYen: 0, fundedYen: 0, supportPt: 0 };
    view.put(key, { ...(view.get(key) ?? nothing), ...terms });
    return [];
  },
});
