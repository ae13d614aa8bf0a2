import { nullable, record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { amountPt } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { releaseWitness, WITNESS } from "../governance/witness.ts";
import { disputeOf } from "./dispute.ts";
import { receiptFields } from "./payment.ts";
import { leftOf } from "./recent-payments.ts";
import { foundPayment, keysOfTakeBack, TAKE_BACK_FAULTS, takeBack } from "./take-back.ts";

/**
 * DISPUTE_RESOLVE: two officers decide a dispute. What they grant comes out of the shop's till without its terminal; the
 * time that the dispute took does not count against the resident.
 */
export const disputeResolve = defineTransaction({
  type: "DISPUTE_RESOLVE",
  since: 1,
  title: { ja: "異議の決定", en: "Resolve a dispute" },
  summary: {
    ja: "異議を二人の職員が決定します。認めた額は店の勘定から本人に戻ります。",
    en: "Two officers decide a dispute. What they grant returns to the resident out of the shop's till.",
  },
  public: record({ issuer: municipalityCode }),
  private: record({
    ...receiptFields,
    /** What the resident gets back; null: nothing. */
    refundPt: nullable(amountPt),
  }),
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_DISPUTE", "REFUND_TOO_LARGE", ...TAKE_BACK_FAULTS],
  keys: ({ private: receipt }) => [disputeOf(receipt), WITNESS, ...keysOfTakeBack(receipt)],
  apply(view, { public: { issuer }, private: { refundPt, ...receipt } }, block) {
    const key = disputeOf(receipt);
    const dispute = view.get(key);
    if (dispute?.issuer !== issuer || dispute.status !== "OPEN") return "UNKNOWN_DISPUTE";
    releaseWitness(view, dispute.paidOn, block.today);
    if (refundPt === null) {
      view.put(key, { ...dispute, status: "REJECTED" });
      return [];
    }
    const found = foundPayment(view, receipt);
    if (typeof found === "string") return found;
    if (refundPt > leftOf(found.recent)) return "REFUND_TOO_LARGE";
    view.put(key, { ...dispute, status: "REFUNDED" });
    return takeBack(view, receipt, { ...found, amountPt: refundPt }, block);
  },
});
