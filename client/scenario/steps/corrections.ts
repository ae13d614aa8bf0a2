/** What officers put right: disputed payments, tills, wallets under suspicion. */
import { civilDateAt, fiscalYearOf } from "../../../contracts/fields/dates.ts";
import { POINT_TYPE } from "../../../contracts/state/state-records.ts";
import { toHex } from "../../../ledger/bytes.ts";
import type { Named } from "../names.ts";
import type { Order, Play } from "../play.ts";
import { field, nameOf, oneOfWords, optional } from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";
import { amount, grantCategory } from "../values.ts";
import { receiptOf } from "./taking-back.ts";

const payment = field("payment", "支払い", nameOf("step"));
const resident = field("resident", "住民", nameOf("resident"));
const municipality = field("municipality", "自治体", nameOf("organisation"));

/** DISPUTE_OPEN. */
export const openDispute: StepKind = action({
  words: { ja: "異議受付", en: "open dispute" },
  says: {
    ja: "住民の申出により、店の自治体が支払いへの異議を受け付けます。",
    en: "The shop's municipality takes a resident's objection to a payment in.",
  },
  fields: { payment },
  orders: ({ payment: step }, play) => [disputing("DISPUTE_OPEN", play, step, {})],
});

/** DISPUTE_RESOLVE. */
export const resolveDispute: StepKind = action({
  words: { ja: "異議決定", en: "resolve dispute" },
  says: {
    ja: "職員二人が異議を決定します。返す額がなければ、認めないという決定です。",
    en: "Two officers decide a dispute: what the resident gets back out of the shop's till, or nothing.",
  },
  fields: { payment, refundPt: optional("refund", "返す額", amount, null) },
  orders: ({ payment: step, refundPt }, play) => [
    disputing("DISPUTE_RESOLVE", play, step, { refundPt }),
  ],
});

function disputing(
  type: string,
  play: Play,
  step: Named,
  more: { readonly refundPt?: number | null },
): Order {
  const { shop, ...receipt } = receiptOf(play, step);
  return { type, public: { issuer: play.ownerOf(shop) }, private: { ...receipt, ...more } };
}

/** ADJUST. */
export const adjustTill: StepKind = action({
  words: { ja: "店の勘定訂正", en: "adjust till" },
  says: {
    ja: "職員二人が、理由を付けて店の勘定を自治体のポイントで訂正します。",
    en: "Two officers put a shop's till right in the municipality's own points, and say why.",
  },
  fields: {
    shop: field("shop", "店", nameOf("shop")),
    points: field("points", "ポイント", nameOf("points")),
    direction: field(
      "direction",
      "向き",
      oneOfWords([
        [{ ja: "店へ", en: "to the shop" }, "TO_MERCHANT"],
        [{ ja: "店から", en: "from the shop" }, "FROM_MERCHANT"],
      ]),
    ),
    amountPt: field("amount", "数", amount),
    reason: field(
      "reason",
      "理由",
      oneOfWords([
        [{ ja: "金額誤り", en: "WRONG_AMOUNT" }, "WRONG_AMOUNT"],
        [{ ja: "二重計上", en: "COUNTED_TWICE" }, "COUNTED_TWICE"],
        [{ ja: "計上漏れ", en: "LOST_PAYMENT" }, "LOST_PAYMENT"],
        [{ ja: "不正", en: "FRAUD" }, "FRAUD"],
      ]),
    ),
    category: optional("budget for", "予算の目的", grantCategory, null),
  },
  async orders({ shop, points, category, ...correction }, play) {
    const issuer = play.ownerOf(points);
    const terms = await play.read(POINT_TYPE.key(issuer, points.id));
    return [
      {
        type: "ADJUST",
        public: {
          issuer,
          pointType: points.id,
          merchant: shop.id,
          fiscalYear: fiscalYearOf(civilDateAt(play.ledger.nowMs)),
          budgetCategory: category ?? terms?.category ?? "OTHER",
          ...correction,
        },
      },
    ];
  },
});

/** WALLET_FREEZE. */
export const freezeWallet: StepKind = action({
  words: { ja: "ウォレット凍結", en: "freeze wallet" },
  says: {
    ja: "不正の疑いがあるとき、職員二人がウォレットからの利用を止めます。",
    en: "On suspicion two officers stop payments from a wallet; its points stay.",
  },
  fields: { resident, municipality },
  orders: (whose, play) => suspicion("WALLET_FREEZE", play, whose),
});

/** WALLET_UNFREEZE. */
export const unfreezeWallet: StepKind = action({
  words: { ja: "ウォレット凍結解除", en: "unfreeze wallet" },
  says: { ja: "職員二人が凍結を解きます。", en: "Two officers lift the freezing of a wallet." },
  fields: { resident, municipality },
  orders: (whose, play) => suspicion("WALLET_UNFREEZE", play, whose),
});

async function suspicion(
  type: string,
  play: Play,
  whose: { readonly resident: Named; readonly municipality: Named },
): Promise<readonly Order[]> {
  const { id } = whose.municipality;
  const { handle } = await play.cast.walletOf(whose.resident, id);
  return [{ type, public: { municipality: id }, private: { wallet: toHex(handle) } }];
}
