/** Payments and grants are taken back. */
import { fiscalYearOf } from "../../../contracts/fields/dates.ts";
import { WALLET } from "../../../contracts/state/state-records.ts";
import { toHex } from "../../../ledger/bytes.ts";
import type { JsonValue } from "../../../ledger/schema.ts";
import { ClientError } from "../../client-fault.ts";
import type { Named } from "../names.ts";
import type { Order, Play } from "../play.ts";
import { field, nameOf } from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";
import { amount } from "../values.ts";

const payment = field("payment", "支払い", nameOf("step"));

/** PAY_VOID. */
export const voidPayment: StepKind = action({
  words: { ja: "取消し", en: "void" },
  says: {
    ja: "店が、その日の支払いを全額取り消します。",
    en: "The shop takes a payment of the same day back, whole.",
  },
  fields: { payment },
  orders: ({ payment: step }, play) => [takingBack("PAY_VOID", receiptOf(play, step), {})],
});

/** PAY_REFUND. */
export const refund: StepKind = action({
  words: { ja: "返金", en: "refund" },
  says: {
    ja: "店が、支払いの一部または全部を戻します。後に使ったロットから戻り、特典は差し引きます。",
    en: "The shop takes a payment back in part or whole: last used first, and its premium with it.",
  },
  fields: { payment, amountPt: field("amount", "数", amount) },
  orders: ({ payment: step, amountPt }, play) => [
    takingBack("PAY_REFUND", receiptOf(play, step), { amountPt }),
  ],
});

/** GRANT_REVERSE. */
export const reverseGrant: StepKind = action({
  words: { ja: "付与取消し", en: "reverse grant" },
  says: {
    ja: "その住民への、そのポイントの最後の付与を、まだ使われていない分だけ取り消します。",
    en: "Takes back from the latest grant of these points to the resident, as far as it is unspent.",
  },
  fields: {
    resident: field("resident", "住民", nameOf("resident")),
    points: field("points", "ポイント", nameOf("points")),
    amountPt: field("amount", "数", amount),
  },
  async orders({ resident, points, amountPt }, play) {
    const issuer = play.ownerOf(points);
    const { handle } = await play.cast.walletOf(resident, issuer);
    const wallet = await play.read(WALLET.key(toHex(handle)));
    const lot = wallet?.lots.findLast(
      ({ pointType, origin }) => pointType === points.id && origin === "GRANT",
    );
    if (lot === undefined) {
      throw new ClientError("STEP_IMPOSSIBLE", { problem: `nothing is left of ${points.name}` });
    }
    return [
      {
        type: "GRANT_REVERSE",
        public: {
          issuer,
          pointType: points.id,
          fiscalYear: fiscalYearOf(lot.issuedOn),
          budgetCategory: lot.category,
          amountPt,
        },
        private: { wallet: toHex(handle), lot: lot.number },
      },
    ];
  },
});

/** What the shop kept of a payment: all that it takes to take it back. */
interface Receipt {
  readonly payment: JsonValue;
  readonly salt: string;
  readonly shop: Named;
}

/** The receipt of a payment. @throws ClientError `STEP_IMPOSSIBLE` when the step made none. */
export function receiptOf(play: Play, step: Named): Receipt {
  const { order, salt } = play.madeBy(step);
  const isPayment = order.type === "PAY" || order.type === "FEE_PAY";
  if (!isPayment || order.shop === undefined || salt === null) {
    throw new ClientError("STEP_IMPOSSIBLE", { problem: `${step.name} is no payment` });
  }
  return { payment: order.private ?? null, salt: toHex(salt), shop: order.shop };
}

function takingBack(
  type: string,
  { shop, ...receipt }: Receipt,
  more: { readonly amountPt?: number },
): Order {
  return { type, public: {}, private: { ...receipt, terminal: shop.id, ...more }, shop };
}
