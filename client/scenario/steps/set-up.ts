/** What a municipality does before anybody has points. */
import { civilDateAt, fiscalYearOf } from "../../../contracts/fields/dates.ts";
import {
  PER_GRANT_CAP_DEFAULT_PT,
  PER_USE_CAP_DEFAULT_PT,
} from "../../../contracts/fields/fields.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { anyText, field, listOf, nameOf, newName, optional } from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";
import { amount, expiryRule, grantCategory, legalClass, merchantCategory } from "../values.ts";

const municipality = field("municipality", "自治体", nameOf("organisation"));
/** The name in English; the one in Japanese is the name in the scenario. */
const nameEn = optional("English name", "英語名", anyText, null);

/** ISSUER_OPEN. */
export const openIssuing: StepKind = action({
  words: { ja: "発行開始", en: "open issuing" },
  says: {
    ja: "自治体がポイントの発行者になります。",
    en: "A municipality becomes an issuer of points.",
  },
  fields: { municipality },
  orders: ({ municipality: { id: issuer } }) => [{ type: "ISSUER_OPEN", public: { issuer } }],
});

/** POINT_TYPE_DEFINE. */
export const definePoints: StepKind = action({
  words: { ja: "ポイント定義", en: "define points" },
  says: {
    ja: "ポイントの種類とその条件を定めます。",
    en: "Lays down a kind of points and its terms.",
  },
  fields: {
    points: field("name", "名前", newName("points")),
    nameEn,
    municipality,
    category: field("for", "目的", grantCategory),
    legalClass: optional("legal class", "法的区分", legalClass, "LOCAL_GOVERNMENT"),
    expiry: field("expires", "期限", expiryRule),
    perGrantCapPt: optional("cap per grant", "付与上限", amount, PER_GRANT_CAP_DEFAULT_PT),
    perUseCapPt: optional("cap per payment", "利用上限", amount, PER_USE_CAP_DEFAULT_PT),
    restrictedTo: optional("only at", "使える店", listOf(merchantCategory), []),
  },
  orders(terms, play) {
    const { points, municipality: issuer } = terms;
    play.setOwner(points, issuer);
    const { category, perGrantCapPt, perUseCapPt, restrictedTo } = terms;
    return [
      {
        type: "POINT_TYPE_DEFINE",
        public: {
          issuer: issuer.id,
          pointType: points.id,
          nameJa: points.name,
          nameEn: terms.nameEn ?? points.name,
          category,
          legalClass: terms.legalClass,
          expiryRule: { ...terms.expiry },
          perGrantCapPt,
          perUseCapPt,
          restrictedTo,
        },
      },
    ];
  },
});

/** BUDGET_APPROPRIATE. */
export const appropriate: StepKind = action({
  words: { ja: "予算計上", en: "appropriate" },
  says: {
    ja: "ある目的の付与に使える予算を計上します。年度は、書かなければその日の年度です。",
    en: "Appropriates a budget for grants of a purpose, in the fiscal year of the day unless told.",
  },
  fields: {
    municipality,
    category: field("for", "目的", grantCategory),
    amountPt: field("amount", "額", amount),
    fiscalYear: optional("fiscal year", "年度", amount, null),
  },
  orders: ({ municipality: { id: issuer }, category, amountPt, fiscalYear }, { ledger }) => [
    {
      type: "BUDGET_APPROPRIATE",
      public: {
        issuer,
        fiscalYear: fiscalYear ?? fiscalYearOf(civilDateAt(ledger.nowMs)),
        category,
        amountPt,
      },
    },
  ],
});

/** MERCHANT_REGISTER and TERMINAL_REGISTER. */
export const registerShop: StepKind = action({
  words: { ja: "加盟店登録", en: "register shop" },
  says: {
    ja: "店を、端末一台とともに登録します。支払うのは登録した自治体です。",
    en: "Registers a shop with one terminal; the municipality is the one that pays it.",
  },
  fields: {
    shop: field("name", "名前", newName("shop")),
    nameEn,
    municipality,
    category: optional("kind", "種類", merchantCategory, "SHOP"),
  },
  async orders({ shop, nameEn: inEnglish, municipality: owner, category }, play) {
    const { id: issuer } = owner;
    play.setOwner(shop, owner);
    const { algorithm, publicKey } = await play.cast.terminalOf(shop);
    const nameJa = shop.name;
    const merchant = shop.id;
    return [
      {
        type: "MERCHANT_REGISTER",
        public: { issuer, merchant, nameJa, nameEn: inEnglish ?? nameJa, category },
      },
      {
        type: "TERMINAL_REGISTER",
        public: { issuer, merchant, terminal: shop.id, algorithm, publicKey: toHex(publicKey) },
      },
    ];
  },
});

/** WALLET_OPEN. */
export const openWallet: StepKind = action({
  words: { ja: "ウォレット開設", en: "open wallet" },
  says: {
    ja: "住民が自分のカードで、自治体にウォレットを開きます。住民でなくても開けます。",
    en: "A resident opens a wallet with a municipality, with his card; guests may too.",
  },
  fields: { resident: field("resident", "住民", nameOf("resident")), municipality },
  async orders({ resident, municipality: { id } }, { cast, ledger }) {
    const { handle, cardSalt, cardCommit } = await cast.walletOf(resident, id);
    return [
      {
        type: "WALLET_OPEN",
        public: { municipality: id, handle: toHex(handle), cardCommit: toHex(cardCommit) },
        private: { cardSalt: toHex(cardSalt), statusAsOfMs: ledger.nowMs, certificate: null },
        resident,
      },
    ];
  },
});
