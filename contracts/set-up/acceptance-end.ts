import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { MERCHANT } from "../state/state-records.ts";
import { ACCEPTANCE, agreedMerchants } from "./acceptance.ts";

/** ACCEPTANCE_END: the agreement ends for all its shops at once. What they took before is settled as ever. */
export const acceptanceEnd = defineTransaction({
  type: "ACCEPTANCE_END",
  since: 1,
  title: { ja: "相互利用の終了", en: "End an agreement" },
  summary: {
    ja: "双方の署名により、別の自治体のポイントの利用を終えます。受け取った分は精算されます。",
    en: "Ends an agreement, signed by both sides. What shops took before is settled as ever.",
  },
  public: record({
    issuer: municipalityCode,
    acceptor: municipalityCode,
    /** All of the agreement. */
    merchants: agreedMerchants,
  }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "approver"), officer("acceptor", "approver")],
  faults: ["UNKNOWN_AGREEMENT", "AGREEMENT_MISMATCH"],
  keys: ({ public: { issuer, acceptor, merchants } }) => [
    ACCEPTANCE.key(issuer, acceptor),
    ...merchants.map((merchant) => MERCHANT.key(merchant)),
  ],
  apply(view, { public: { issuer, acceptor, merchants } }) {
    const key = ACCEPTANCE.key(issuer, acceptor);
    const agreement = view.get(key);
    if (agreement === null || agreement.merchants.length === 0) return "UNKNOWN_AGREEMENT";
    if (agreement.merchants.join() !== merchants.join()) return "AGREEMENT_MISMATCH";
    for (const id of merchants) {
      const merchant = view.get(MERCHANT.key(id));
      if (merchant === null) throw new Error(`${id} was there when the agreement was made`);
      const accepts = merchant.accepts.filter((other) => other !== issuer);
      view.put(MERCHANT.key(id), { ...merchant, accepts });
    }
    view.put(key, { ...agreement, merchants: [] });
    return [];
  },
});
