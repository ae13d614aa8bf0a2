import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { addDays } from "../fields/dates.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { needWitness, WITNESS } from "../governance/witness.ts";
import { MERCHANT, WALLET } from "../state/state-records.ts";
import { disputeOf } from "./dispute.ts";
import { receiptFields } from "./payment.ts";
import { foundPayment } from "./take-back.ts";

/** DISPUTE_OPEN: a clerk writes down, on a resident's word and receipt, that a payment is disputed. */
export const disputeOpen = defineTransaction({
  type: "DISPUTE_OPEN",
  since: 1,
  title: { ja: "異議の受付", en: "Open a dispute" },
  summary: {
    ja: "本人の申出と受領証により、支払いへの異議を受け付けます。だれのどの支払いかは公開部に残りません。",
    en: "Takes a resident's objection to a payment in, by his receipt. Whose it is does not stay.",
  },
  public: record({ issuer: municipalityCode }),
  private: record(receiptFields),
  validity: "organisation",
  signers: [officer("issuer", "clerk")],
  faults: ["UNKNOWN_MERCHANT", "ALREADY_EXISTS", "PAYMENT_NOT_FOUND", "REFUND_TOO_LATE"],
  keys: ({ private: receipt }) => [
    MERCHANT.key(receipt.payment.merchant),
    WALLET.key(toHex(receipt.payment.wallet)),
    PARAMETER.key("DISPUTE_DAYS"),
    disputeOf(receipt),
    WITNESS,
  ],
  apply(view, { public: { issuer }, private: receipt }, { today }) {
    if (view.get(MERCHANT.key(receipt.payment.merchant))?.issuer !== issuer) {
      return "UNKNOWN_MERCHANT";
    }
    const key = disputeOf(receipt);
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    const found = foundPayment(view, receipt);
    if (typeof found === "string") return found;
    const disputeDays = parameterOn(view, "DISPUTE_DAYS", today);
    if (addDays(found.recent.paidOn, disputeDays) < today) return "REFUND_TOO_LATE";
    const { paidOn } = found.recent;
    view.put(key, { issuer, paidOn, openedOn: today, status: "OPEN" });
    needWitness(view, paidOn, today);
    return [];
  },
});
