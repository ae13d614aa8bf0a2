/** Vouchers: points on paper. */
import { outstandingPt, VOUCHER_SERIES } from "../../../contracts/vouchers/voucher.ts";
import { toHex } from "../../../ledger/bytes.ts";
import type { Named } from "../names.ts";
import type { Order, Play } from "../play.ts";
import { anyText, field, listOf, nameOf, newName, optional } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { amount, date, merchantCategory } from "../values.ts";
import { attestations, signedByCard } from "./card-status.ts";

const resident = field("resident", "住民", nameOf("resident"));
const series = field("series", "券種", nameOf("series"));
const voucher = field("voucher", "券", nameOf("voucher"));

/** VOUCHER_SERIES_DEFINE. */
export const defineVouchers: StepKind = action({
  words: { ja: "ポイント券定義", en: "define vouchers" },
  says: {
    ja: "ポイントから作る券の種類を定めます。",
    en: "Lays down a series of vouchers that are made of points.",
  },
  fields: {
    series: field("name", "名前", newName("series")),
    nameEn: optional("English name", "英語名", anyText, null),
    points: field("points", "ポイント", nameOf("points")),
    facePt: field("worth", "額面", amount),
    limitPt: field("cap in all", "総額", amount),
    expiresOn: field("expires", "期限", date),
    redeemableUntil: field("redeemable until", "換金期限", date),
    restrictedTo: optional("only at", "使える店", listOf(merchantCategory), []),
  },
  orders({ series: name, nameEn, points, ...terms }, play) {
    play.setOwner(name, points);
    const nameJa = name.name;
    return [
      {
        type: "VOUCHER_SERIES_DEFINE",
        public: {
          ...seriesName(play, name),
          pointType: points.id,
          nameJa,
          nameEn: nameEn ?? nameJa,
          ...terms,
        },
      },
    ];
  },
});

/** VOUCHER_ISSUE. */
export const issueVouchers: StepKind = action({
  words: { ja: "ポイント券発行", en: "issue vouchers" },
  says: {
    ja: "住民が自分のポイントを券にします。券には一枚ずつ名前を付けます。",
    en: "A resident turns points into vouchers, each by a name of its own.",
  },
  fields: { resident, series, vouchers: field("vouchers", "券", listOf(newName("voucher"))) },
  async orders({ resident: whose, series: which, vouchers }, play) {
    for (const each of vouchers) play.setOwner(each, which);
    const named = seriesName(play, which);
    const keys = vouchers.map((each) => toHex(play.cast.holderOf(each).publicKey));
    const amountPt = (await facePtOf(play, named)) * keys.length;
    const use = { resident: whose, municipality: named.issuer, amountPt };
    return signedByCard(play, "VOUCHER_ISSUE", use, { ...named, vouchers: keys });
  },
});

/** VOUCHER_REDEEM. */
export const redeemVoucher: StepKind = action({
  words: { ja: "ポイント券利用", en: "redeem voucher" },
  says: {
    ja: "店が券を一度だけ換えます。カードは要りません。",
    en: "A shop redeems a voucher, once; no card is needed.",
  },
  fields: { voucher, shop: field("shop", "店", nameOf("shop")) },
  orders: ({ voucher: which, shop }, play) => [
    {
      ...printed("VOUCHER_REDEEM", play, which),
      private: { merchant: shop.id, terminal: shop.id },
      shop,
    },
  ],
});

/** VOUCHER_CANCEL. */
export const cancelVoucher: StepKind = action({
  words: { ja: "ポイント券取消し", en: "cancel voucher" },
  says: {
    ja: "住民が使わない券をポイントに戻します。",
    en: "A resident turns a voucher back into points.",
  },
  fields: { voucher, resident },
  async orders({ voucher: which, resident: whose }, play) {
    const order = printed("VOUCHER_CANCEL", play, which);
    const { issuer, series: name } = order.public;
    const holder = await play.cardholder(whose, String(issuer));
    const amountPt = await facePtOf(play, { issuer: String(issuer), series: String(name) });
    const use = { resident: whose, municipality: holder.municipality, amountPt };
    return [
      ...(await attestations(play, use)),
      { ...order, private: { ...holder }, resident: whose },
    ];
  },
});

/** VOUCHER_REISSUE. */
export const reissueVoucher: StepKind = action({
  words: { ja: "ポイント券再発行", en: "reissue voucher" },
  says: {
    ja: "破損や紛失の届出により、職員二人が券を新しい券に取り替えます。",
    en: "Two officers replace a voucher that was damaged or lost.",
  },
  fields: { voucher, newVoucher: field("by", "新しい券", newName("voucher")) },
  orders({ voucher: which, newVoucher }, play) {
    const of = play.ownerOf(which);
    play.setOwner(newVoucher, { id: of, name: of });
    const keyOf = (each: Named) => toHex(play.cast.holderOf(each).publicKey);
    return [
      {
        type: "VOUCHER_REISSUE",
        public: {
          ...seriesName(play, { id: of, name: of }),
          voucher: keyOf(which),
          newVoucher: keyOf(newVoucher),
        },
      },
    ];
  },
});

/** VOUCHER_EXPIRE. */
export const lapseVouchers: StepKind = action({
  words: { ja: "ポイント券失効", en: "lapse vouchers" },
  says: {
    ja: "換金期限を過ぎた券のポイントを失効させます。",
    en: "What is left in a series after its last day lapses.",
  },
  fields: { series },
  orders: ({ series: which }, play) => [
    {
      type: "VOUCHER_EXPIRE",
      public: { ...seriesName(play, which), pointType: play.ownerOf(which) },
    },
  ],
});

/** What is in vouchers of a series. */
export const expectVouchers: StepKind = expectation({
  words: { ja: "ポイント券残高確認", en: "expect vouchers" },
  says: {
    ja: "まだ使われていない券のポイント。",
    en: "The points in vouchers of a series that can still be redeemed.",
  },
  fields: { series, amountPt: field("amount", "数", amount) },
  async compare({ series: which, amountPt: expected }, play) {
    const named = seriesName(play, which);
    const found = await play.read(VOUCHER_SERIES.key(named.issuer, named.series));
    return { expected, found: found === null ? 0 : outstandingPt(found) };
  },
});

/** What one voucher of a series is worth. */
async function facePtOf(play: Play, named: ReturnType<typeof seriesName>): Promise<number> {
  return (await play.read(VOUCHER_SERIES.key(named.issuer, named.series)))?.facePt ?? 0;
}

function seriesName(play: Play, which: Named): { issuer: string; series: string } {
  const points = play.ownerOf(which);
  return { issuer: play.ownerOf({ id: points, name: points }), series: which.id };
}

/** A transaction that whoever has the paper signs. */
function printed(type: string, play: Play, which: Named): Order {
  const of = play.ownerOf(which);
  const holder = play.cast.holderOf(which);
  return {
    type,
    public: { ...seriesName(play, { id: of, name: of }), voucher: toHex(holder.publicKey) },
    holder,
  };
}
