/** Points come to residents and are spent. */
import { civilDateAt, fiscalYearOf } from "../../../contracts/fields/dates.ts";
import { MERCHANT, POINT_TYPE } from "../../../contracts/state/state-records.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { field, listOf, nameOf, optional } from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";
import { amount, date, grantCategory, whichCard } from "../values.ts";
import { campaignName } from "./campaigns.ts";
import { attestations } from "./card-status.ts";

const resident = field("resident", "住民", nameOf("resident"));

/** POINT_GRANT. */
export const grant: StepKind = action({
  words: { ja: "付与", en: "grant" },
  says: {
    ja: "職員二人の署名で、ポイントの発行者のウォレットに付与します。",
    en: "Two officers grant points, to the resident's wallet with their issuer.",
  },
  fields: {
    resident,
    points: field("points", "ポイント", nameOf("points")),
    amountPt: field("amount", "数", amount),
    category: optional("budget for", "予算の目的", grantCategory, null),
    expiresOn: optional("expires", "期限", date, null),
  },
  async orders({ resident: to, points, amountPt, category, expiresOn }, play) {
    const issuer = play.ownerOf(points);
    const terms = await play.read(POINT_TYPE.key(issuer, points.id));
    const { handle } = await play.cast.walletOf(to, issuer);
    return [
      {
        type: "POINT_GRANT",
        public: {
          issuer,
          pointType: points.id,
          fiscalYear: fiscalYearOf(civilDateAt(play.ledger.nowMs)),
          budgetCategory: category ?? terms?.category ?? "OTHER",
          amountPt,
          expiresOn,
        },
        private: { wallet: toHex(handle) },
      },
    ];
  },
});

/** POINT_GRANT_BATCH. */
export const grantToMany: StepKind = action({
  words: { ja: "一括付与", en: "grant to many" },
  says: {
    ja: "職員二人の署名で、名簿の全員に同じ数を付与します。一人でも付与できなければ、だれにも付与しません。",
    en: "Two officers grant everybody on a list as much; if it fails for one, nobody gets anything.",
  },
  fields: {
    residents: field("residents", "住民", listOf(nameOf("resident"))),
    points: field("points", "ポイント", nameOf("points")),
    amountPt: field("amount", "数", amount),
  },
  async orders({ residents, points, amountPt }, play) {
    const issuer = play.ownerOf(points);
    const terms = await play.read(POINT_TYPE.key(issuer, points.id));
    const secrets = await Promise.all(residents.map((each) => play.cast.walletOf(each, issuer)));
    return [
      {
        type: "POINT_GRANT_BATCH",
        public: {
          issuer,
          pointType: points.id,
          fiscalYear: fiscalYearOf(civilDateAt(play.ledger.nowMs)),
          budgetCategory: terms?.category ?? "OTHER",
          expiresOn: null,
          items: secrets.length,
          totalPt: secrets.length * amountPt,
        },
        private: { items: secrets.map(({ handle }) => ({ wallet: toHex(handle), amountPt })) },
      },
    ];
  },
});

/** PAY. */
export const pay: StepKind = action({
  words: { ja: "支払い", en: "pay" },
  says: {
    ja: "住民がカードを店の端末にかざし、ポイントで支払います。ウォレットは、書かなければ店の自治体のものです。",
    en: "A resident pays at a shop's terminal with his card, from his wallet with the shop's municipality unless told.",
  },
  fields: {
    resident,
    shop: field("shop", "店", nameOf("shop")),
    amountPt: field("amount", "数", amount),
    municipality: optional("wallet with", "ウォレットの自治体", nameOf("organisation"), null),
    card: optional("card", "カード", whichCard, "present" as const),
    campaign: optional("campaign", "キャンペーン", nameOf("campaign"), null),
  },
  async orders({ resident: payer, shop, amountPt, municipality, card, campaign }, play) {
    const merchant = await play.read(MERCHANT.key(shop.id));
    const walletWith = municipality?.id ?? merchant?.issuer ?? "";
    return [
      ...(await attestations(play, { resident: payer, municipality: walletWith, amountPt })),
      {
        type: "PAY",
        public: {},
        private: {
          ...(await play.cardholder(payer, walletWith, card)),
          merchant: shop.id,
          terminal: shop.id,
          amountPt,
          campaign: campaign === null ? null : campaignName(play, campaign),
        },
        resident: payer,
        card,
        shop,
      },
    ];
  },
});
