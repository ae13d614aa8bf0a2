import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { MERCHANT } from "../state/state-records.ts";

/** MERCHANT_SUSPEND: a merchant takes no more points for now, at once and on the word of one person. */
export const merchantSuspend = defineTransaction({
  type: "MERCHANT_SUSPEND",
  since: 1,
  title: { ja: "加盟店の一時停止", en: "Suspend a merchant" },
  summary: {
    ja: "加盟店でのポイントの利用を直ちに止めます。すでに受け取ったポイントはそのままです。",
    en: "Stops a merchant from taking points, at once. What it took is not touched.",
  },
  public: record({ issuer: municipalityCode, merchant: shortName }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "clerk")],
  faults: ["UNKNOWN_MERCHANT", "MERCHANT_SUSPENDED"],
  keys: ({ public: { merchant } }) => [MERCHANT.key(merchant)],
  apply(view, { public: { issuer, merchant: id } }) {
    const key = MERCHANT.key(id);
    const merchant = view.get(key);
    if (merchant?.issuer !== issuer) return "UNKNOWN_MERCHANT";
    if (merchant.status === "SUSPENDED") return "MERCHANT_SUSPENDED";
    view.put(key, { ...merchant, status: "SUSPENDED" });
    return [];
  },
});
