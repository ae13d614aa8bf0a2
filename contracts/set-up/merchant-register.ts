import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { displayName, merchantCategory, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { ISSUER, MERCHANT, MERCHANT_ACCOUNT } from "../state/state-records.ts";

/** MERCHANT_REGISTER: a merchant or facility that takes an issuer's points. */
export const merchantRegister = defineTransaction({
  type: "MERCHANT_REGISTER",
  since: 1,
  title: { ja: "加盟店の登録", en: "Register a merchant" },
  summary: {
    ja: "発行者のポイントが使える加盟店（施設を含む）を登録します。",
    en: "Registers a merchant or facility that takes the issuer's points.",
  },
  public: record({
    issuer: municipalityCode,
    merchant: shortName,
    nameJa: displayName,
    nameEn: displayName,
    category: merchantCategory,
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_ISSUER", "ALREADY_EXISTS"],
  keys: ({ public: { issuer, merchant } }) => [
    ISSUER.key(issuer),
    MERCHANT.key(merchant),
    MERCHANT_ACCOUNT.key(merchant),
  ],
  apply(view, { public: { merchant, ...description } }) {
    if (view.get(ISSUER.key(description.issuer)) === null) return "UNKNOWN_ISSUER";
    if (view.get(MERCHANT.key(merchant)) !== null) return "ALREADY_EXISTS";
    view.put(MERCHANT.key(merchant), { ...description, status: "ACTIVE", accepts: [] });
    view.put(MERCHANT_ACCOUNT.key(merchant), { holdings: [] });
    return [];
  },
});
