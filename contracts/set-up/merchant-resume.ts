import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { MERCHANT } from "../state/state-records.ts";

/** MERCHANT_RESUME: a suspended merchant takes points again. What one person stops, two let go on. */
export const merchantResume = defineTransaction({
  type: "MERCHANT_RESUME",
  since: 1,
  title: { ja: "加盟店の一時停止の解除", en: "Resume a merchant" },
  summary: {
    ja: "一時停止した加盟店を、二人の職員の署名により再開します。",
    en: "Lets a suspended merchant take points again. Two officers sign.",
  },
  public: record({ issuer: municipalityCode, merchant: shortName }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_MERCHANT", "NOT_SUSPENDED"],
  keys: ({ public: { merchant } }) => [MERCHANT.key(merchant)],
  apply(view, { public: { issuer, merchant: id } }) {
    const key = MERCHANT.key(id);
    const merchant = view.get(key);
    if (merchant?.issuer !== issuer) return "UNKNOWN_MERCHANT";
    if (merchant.status !== "SUSPENDED") return "NOT_SUSPENDED";
    view.put(key, { ...merchant, status: "ACTIVE" });
    return [];
  },
});
