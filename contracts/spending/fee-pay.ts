import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction, TERMINAL_DEVICE, type View } from "../declaration.ts";
import { FACILITY, SERVICE } from "../services/service.ts";
import { type FeePayment, feePaymentSchema } from "./payment.ts";
import { keysOfSpending, SPENDING_FAULTS, spend } from "./spend.ts";

/**
 * FEE_PAY: a fee of a facility's tariff is paid with points, so many times. The amount that the card signs must be the
 * tariff's: a terminal cannot ask for more. It is taken back as a payment is (PAY_VOID, PAY_REFUND).
 */
export const feePay = defineTransaction({
  type: "FEE_PAY",
  since: 1,
  title: { ja: "施設の利用料", en: "Pay a facility's fee" },
  summary: {
    ja: "公共施設の利用料を、定められた料金のとおりポイントで支払います。内容は公開部に残りません。",
    en: "Pays a facility's fee with points, as its tariff has it. Nothing of it is public.",
  },
  public: record({}),
  private: feePaymentSchema,
  validity: "card",
  signers: [CARD, TERMINAL_DEVICE],
  faults: [
    "UNKNOWN_FACILITY",
    "UNKNOWN_SERVICE",
    "SERVICE_SENSITIVE",
    "FEE_MISMATCH",
    ...SPENDING_FAULTS,
  ],
  keys: ({ private: payment }) => [
    FACILITY.key(payment.facility),
    SERVICE.key(payment.facility, payment.service),
    ...keysOfSpending(payment),
  ],
  apply(view, content, block) {
    const payment = content.private;
    return feeFault(view, payment) ?? spend(view, payment, content, block);
  },
});

/** What speaks against the fee itself, or null. */
function feeFault(view: View, { facility, service, fee, count, ...payment }: FeePayment) {
  // Only the till that the municipality named takes money for the place.
  if (view.get(FACILITY.key(facility))?.merchant !== payment.merchant) return "UNKNOWN_FACILITY";
  const terms = view.get(SERVICE.key(facility, service));
  if (terms === null) return "UNKNOWN_SERVICE";
  // That somebody pays there would say what must not be said.
  if (terms.sensitive) return "SERVICE_SENSITIVE";
  const listed = terms.fees.find((each) => each.fee === fee);
  const isRight = listed !== undefined && listed.amountPt * count === payment.amountPt;
  return isRight ? null : "FEE_MISMATCH";
}
