import { record } from "../../ledger/schema.ts";
import { defineTransaction, TERMINAL_DEVICE } from "../declaration.ts";
import { addDays } from "../fields/dates.ts";
import { amountPt, shortName } from "../fields/fields.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { COUNTER_FAULTS, keysOfCounter, merchantAt } from "./counter.ts";
import { receiptFields } from "./payment.ts";
import { leftOf } from "./recent-payments.ts";
import { foundPayment, keysOfTakeBack, TAKE_BACK_FAULTS, takeBack } from "./take-back.ts";

/**
 * PAY_REFUND: the shop gives points of an earlier payment back, out of its till. They return to the lots that they
 * came from, last used first; where a lot has lapsed, as a new lot with a few days of grace.
 */
export const payRefund = defineTransaction({
  type: "PAY_REFUND",
  since: 1,
  title: { ja: "利用の返金", en: "Refund a payment" },
  summary: {
    ja: "支払いの全部または一部を、店の端末から返します。期限を過ぎた分には猶予の日数が付きます。",
    en: "Gives all or a part of a payment back. What has lapsed meanwhile comes with a few days of grace.",
  },
  public: record({}),
  private: record({ ...receiptFields, terminal: shortName, amountPt }),
  validity: "card",
  signers: [TERMINAL_DEVICE],
  faults: [...COUNTER_FAULTS, "REFUND_TOO_LATE", "REFUND_TOO_LARGE", ...TAKE_BACK_FAULTS],
  keys: ({ private: receipt }) => [
    ...keysOfCounter({ merchant: receipt.payment.merchant, terminal: receipt.terminal }),
    PARAMETER.key("DISPUTE_DAYS"),
    ...keysOfTakeBack(receipt),
  ],
  apply(view, content, block) {
    const { terminal, amountPt: refundPt, ...receipt } = content.private;
    const merchant = merchantAt(view, { ...receipt.payment, terminal }, content);
    if (typeof merchant === "string") return merchant;
    const found = foundPayment(view, receipt);
    if (typeof found === "string") return found;
    const refundDays = parameterOn(view, "DISPUTE_DAYS", block.today);
    if (addDays(found.recent.paidOn, refundDays) < block.today) return "REFUND_TOO_LATE";
    if (refundPt > leftOf(found.recent)) return "REFUND_TOO_LARGE";
    return takeBack(view, receipt, { ...found, amountPt: refundPt }, block);
  },
});
