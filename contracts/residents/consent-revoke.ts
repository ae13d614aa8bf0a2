import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CONSENT } from "../conversion/conversion-records.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardholder,
  walletOfCard,
} from "../spending/counter.ts";

/** CONSENT_REVOKE: A resident takes his consent back: no more conversions are asked for. */
export const consentRevoke = defineTransaction({
  type: "CONSENT_REVOKE",
  since: 1,
  title: { ja: "交換への同意の撤回", en: "Revoke a consent" },
  summary: {
    ja: "本人が同意を撤回します。以後の交換の申込みは受け付けません。",
    en: "A resident takes his consent back: no more conversions are asked for.",
  },
  public: record({}),
  private: record({ ...cardholderFields, partner: shortName }),
  validity: "card",
  signers: [CARD],
  faults: [...CARDHOLDER_FAULTS, "CONSENT_MISSING"],
  keys: ({ private: consent }) => [
    ...keysOfCardholder(consent),
    CONSENT.key(consent.partner, toHex(consent.wallet)),
  ],
  apply(view, content, block) {
    const { partner, ...holder } = content.private;
    const wallet = walletOfCard(view, holder, content, block);
    if (typeof wallet === "string") return wallet;
    const key = CONSENT.key(partner, toHex(holder.wallet));
    if (view.get(key)?.status !== "GRANTED") return "CONSENT_MISSING";
    view.put(key, { status: "REVOKED", since: block.today });
    return [];
  },
});
