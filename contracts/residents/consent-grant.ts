import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CONSENT, PARTNER } from "../conversion/conversion-records.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardholder,
  walletOfCard,
} from "../spending/counter.ts";

/** CONSENT_GRANT: A resident lets a company's points be converted into a wallet of his. */
export const consentGrant = defineTransaction({
  type: "CONSENT_GRANT",
  since: 1,
  title: { ja: "交換への同意", en: "Consent to conversions" },
  summary: {
    ja: "本人が、企業のポイントを自分のウォレットに交換することに同意します。",
    en: "A resident lets a company's points be converted into a wallet of his.",
  },
  public: record({}),
  private: record({ ...cardholderFields, partner: shortName }),
  validity: "card",
  signers: [CARD],
  faults: [...CARDHOLDER_FAULTS, "UNKNOWN_PARTNER"],
  keys: ({ private: consent }) => [
    ...keysOfCardholder(consent),
    PARTNER.key(consent.partner),
    CONSENT.key(consent.partner, toHex(consent.wallet)),
  ],
  apply(view, content, block) {
    const { partner, ...holder } = content.private;
    const wallet = walletOfCard(view, holder, content, block);
    if (typeof wallet === "string") return wallet;
    const key = CONSENT.key(partner, toHex(holder.wallet));
    if (view.get(PARTNER.key(partner)) === null) return "UNKNOWN_PARTNER";
    view.put(key, { status: "GRANTED", since: block.today });
    return [];
  },
});
