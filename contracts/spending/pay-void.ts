import { record } from "../../ledger/schema.ts";
import { defineTransaction, TERMINAL_DEVICE } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { COUNTER_FAULTS, keysOfCounter, merchantAt } from "./counter.ts";
import { receiptFields } from "./payment.ts";
import { leftOf } from "./recent-payments.ts";
import { foundPayment, keysOfTakeBack, TAKE_BACK_FAULTS, takeBack } from "./take-back.ts";

/**
 * PAY_VOID: the shop takes a payment of the same day back, whole, while the points are still in its till. Nobody
 * but the payer can gain by it, so his card need not be there.
 */
export const payVoid = defineTransaction({
  type: "PAY_VOID",
  since: 1,
  title: { ja: "利用の取消し", en: "Void a payment" },
  summary: {
    ja: "当日の支払いを、店の端末から全額取り消します。ポイントは元の口に戻り、特典は差し引きます。",
    en: "Takes a payment of the same day back, whole. Points return to their lots; a premium is clawed back.",
  },
  public: record({}),
  private: record({ ...receiptFields, terminal: shortName }),
  validity: "card",
  signers: [TERMINAL_DEVICE],
  faults: [...COUNTER_FAULTS, "VOID_TOO_LATE", ...TAKE_BACK_FAULTS],
  keys: ({ private: receipt }) => [
    ...keysOfCounter({ merchant: receipt.payment.merchant, terminal: receipt.terminal }),
    ...keysOfTakeBack(receipt),
  ],
  apply(view, content, block) {
    const { terminal, ...receipt } = content.private;
    const merchant = merchantAt(view, { ...receipt.payment, terminal }, content);
    if (typeof merchant === "string") return merchant;
    const found = foundPayment(view, receipt);
    if (typeof found === "string") return found;
    if (found.recent.paidOn !== block.today) return "VOID_TOO_LATE";
    return takeBack(view, receipt, { ...found, amountPt: leftOf(found.recent) }, block);
  },
});
