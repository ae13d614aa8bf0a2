import { toHex } from "../../ledger/bytes.ts";
import { bytes, record } from "../../ledger/schema.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { CONVERSION, PARTNER } from "./conversion-records.ts";

/**
 * CONVERT_REJECT: a conversion does not take place. The company says so; when its time is over any organisation may,
 * and whatever the company took it has to give back itself.
 */
export const convertReject = defineTransaction({
  type: "CONVERT_REJECT",
  since: 1,
  title: { ja: "交換の不成立", en: "Reject a conversion" },
  summary: {
    ja: "企業が交換を断ります。回答の期限を過ぎた申込みは、どの参加団体でも取り下げられます。",
    en: "The company refuses a conversion; when its time to answer is over any organisation may end it.",
  },
  public: record({
    organisation: shortName,
    partner: shortName,
    conversion: bytes(TRANSACTION_ID_SIZE_BYTES),
  }),
  private: null,
  validity: "organisation",
  signers: [officer("organisation", "clerk")],
  faults: ["UNKNOWN_CONVERSION", "CONVERSION_CLOSED", "ANSWER_PENDING"],
  keys: ({ public: { partner, conversion } }) => [
    PARTNER.key(partner),
    CONVERSION.key(toHex(conversion)),
  ],
  apply(view, { public: { organisation, partner: name, conversion: id } }, { timestampMs }) {
    const key = CONVERSION.key(toHex(id));
    const conversion = view.get(key);
    const partner = view.get(PARTNER.key(name));
    if (conversion?.partner !== name || partner === null) return "UNKNOWN_CONVERSION";
    if (conversion.wallet === null) return "CONVERSION_CLOSED";
    const mayEnd = organisation === name || conversion.answerByMs < timestampMs;
    if (!mayEnd) return "ANSWER_PENDING";
    view.put(key, { ...conversion, wallet: null, status: "REJECTED" });
    const pendingYen = partner.pendingYen - conversion.amountPt;
    view.put(PARTNER.key(name), { ...partner, pendingYen });
    return [];
  },
});
