import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { ISSUER, MERCHANT } from "../state/state-records.ts";
import { ACCEPTANCE, ACCEPTED_ISSUERS_MAX, agreedMerchants } from "./acceptance.ts";

/** ACCEPTANCE_AGREE: shops of one municipality take the points of another. Both sign. */
export const acceptanceAgree = defineTransaction({
  type: "ACCEPTANCE_AGREE",
  since: 1,
  title: { ja: "相互利用の合意", en: "Agree to accept points" },
  summary: {
    ja: "ある自治体の店で、別の自治体のポイントを使えるようにします。双方が署名します。",
    en: "Lets shops of one municipality take the points of another. Both sign.",
  },
  public: record({
    /** Whose points. */
    issuer: municipalityCode,
    /** Whose shops. */
    acceptor: municipalityCode,
    merchants: agreedMerchants,
  }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "approver"), officer("acceptor", "approver")],
  faults: [
    "SAME_ORGANISATION",
    "UNKNOWN_ISSUER",
    "ALREADY_EXISTS",
    "UNKNOWN_MERCHANT",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { issuer, acceptor, merchants } }) => [
    ISSUER.key(issuer),
    ACCEPTANCE.key(issuer, acceptor),
    ...merchants.map((merchant) => MERCHANT.key(merchant)),
  ],
  apply(view, { public: { issuer, acceptor, merchants } }, { today }) {
    if (issuer === acceptor) return "SAME_ORGANISATION";
    if (view.get(ISSUER.key(issuer)) === null) return "UNKNOWN_ISSUER";
    const key = ACCEPTANCE.key(issuer, acceptor);
    if ((view.get(key)?.merchants.length ?? 0) > 0) return "ALREADY_EXISTS";
    for (const id of merchants) {
      const merchant = view.get(MERCHANT.key(id));
      if (merchant?.issuer !== acceptor) return "UNKNOWN_MERCHANT";
      const accepts = [...merchant.accepts, issuer].sort((a, b) => (a < b ? -1 : 1));
      if (accepts.length > ACCEPTED_ISSUERS_MAX) return "LIMIT_EXCEEDED";
      view.put(MERCHANT.key(id), { ...merchant, accepts });
    }
    view.put(key, { since: today, merchants });
    return [];
  },
});
