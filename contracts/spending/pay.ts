import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction, TERMINAL_DEVICE } from "../declaration.ts";
import { paymentSchema } from "./payment.ts";
import { keysOfSpending, SPENDING_FAULTS, spend } from "./spend.ts";

/**
 * PAY: a resident spends points at a merchant's terminal. Card and terminal sign the same message; nothing
 * of it is public, so that nothing about a person or a shop stays.
 */
export const pay = defineTransaction({
  type: "PAY",
  since: 1,
  title: { ja: "ポイントの利用", en: "Pay with points" },
  summary: {
    ja: "本人のカードと店の端末の署名により、ポイントで支払います。内容は公開部に残りません。",
    en: "Pays a merchant, signed by the resident's card and the terminal. Nothing of it is public.",
  },
  public: record({}),
  private: paymentSchema,
  validity: "card",
  signers: [CARD, TERMINAL_DEVICE],
  faults: SPENDING_FAULTS,
  keys: ({ private: payment }) => keysOfSpending(payment),
  apply: (view, content, block) => spend(view, content.private, content, block),
});
