/** Points move into the system of a shopping street, a carrier or an issuer of prepaid cards. */
import { MERCHANT_ACCOUNT } from "../../../contracts/state/state-records.ts";
import { ClientError } from "../../client-fault.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { field, nameOf, offsetOf, optional, type Reader, textOf } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { sumOf } from "../sum-of.ts";
import { amount, merchantCategory } from "../values.ts";
import { signedByCard } from "./card-status.ts";

const street = field("street", "移行先", nameOf("organisation"));
const transfer = field("transfer", "移行", nameOf("step"));

/** An organisation that is paid like a shop from here on, under its own name. */
const paidLikeAShop: Reader<Named> = {
  means: nameOf("organisation").means,
  read(node, names) {
    const { name, id } = names.find("organisation", textOf(node), offsetOf(node));
    return names.define("shop", name, offsetOf(node), id);
  },
};

/** MERCHANT_REGISTER, under the organisation's own name. */
export const registerStreet: StepKind = action({
  words: { ja: "移行先登録", en: "register street" },
  says: {
    ja: "自らのポイントやカードの仕組みを持つ商店街・交通・プリペイドの団体を、移行先として登録します。",
    en: "Registers a street, carrier or prepaid issuer, into whose own system points can move.",
  },
  fields: {
    street: field("street", "移行先", paidLikeAShop),
    municipality: field("municipality", "自治体", nameOf("organisation")),
    category: optional("kind", "種類", merchantCategory, "SHOP"),
  },
  orders({ street: to, municipality: owner, category }, play) {
    play.setOwner(to, owner);
    const { id: merchant, name } = to;
    const body = { issuer: owner.id, merchant, nameJa: name, nameEn: name, category };
    return [{ type: "MERCHANT_REGISTER", public: body }];
  },
});

/** STREET_TRANSFER_REQUEST. */
export const requestTransfer: StepKind = action({
  words: { ja: "移行申込み", en: "transfer to street" },
  says: {
    ja: "住民がカードで、ポイントを移行先の仕組みへ移すよう申し込みます。受領までは留め置かれます。",
    en: "A resident's points are to go into a street's system, by his card; until then they are held.",
  },
  fields: {
    resident: field("resident", "住民", nameOf("resident")),
    municipality: field("wallet with", "ウォレットの自治体", nameOf("organisation")),
    street,
    amountPt: field("amount", "数", amount),
  },
  orders({ resident, municipality: { id: municipality }, street: to, amountPt }, play) {
    const use = { resident, municipality, amountPt };
    return signedByCard(play, "STREET_TRANSFER_REQUEST", use, { street: to.id, amountPt });
  },
});

/** STREET_TRANSFER_ACK. */
export const acknowledgeTransfer: StepKind = action({
  words: { ja: "移行受領", en: "acknowledge transfer" },
  says: {
    ja: "移行先が、自らの仕組みでポイントを付けたことを示します。",
    en: "The street says that it credited the points in its own system.",
  },
  fields: { transfer },
  orders: ({ transfer: which }, play) => {
    const { id, street: to } = transferOf(play, which);
    return [{ type: "STREET_TRANSFER_ACK", public: { street: to, transfer: id } }];
  },
});

/** STREET_TRANSFER_RELEASE. */
export const releaseTransfer: StepKind = action({
  words: { ja: "移行取りやめ", en: "release transfer" },
  says: {
    ja: "移行をやめ、ポイントを本人に戻します。期限後は、移行先のほかの団体もできます。",
    en: "The points return to the resident; when time is over any organisation may say so.",
  },
  fields: {
    transfer,
    organisation: optional("by", "団体", nameOf("organisation"), null),
  },
  orders({ transfer: which, organisation }, play) {
    const { id, street: to, wallet } = transferOf(play, which);
    return [
      {
        type: "STREET_TRANSFER_RELEASE",
        public: { organisation: organisation?.id ?? to, transfer: id },
        private: { wallet },
      },
    ];
  },
});

/** What a street's till holds. */
export const expectStreetTill: StepKind = expectation({
  words: { ja: "移行先の受取り確認", en: "expect street till" },
  says: {
    ja: "移行先が受け取り、まだ精算されていないポイント。",
    en: "The points that a street took and that are not settled yet.",
  },
  fields: { street, amountPt: field("amount", "数", amount) },
  async compare({ street: { id }, amountPt: expected }, play) {
    const holdings = (await play.read(MERCHANT_ACCOUNT.key(id)))?.holdings ?? [];
    return { expected, found: sumOf(holdings.map(({ balancePt }) => balancePt)) };
  },
});

/** The request of a step. */
function transferOf(play: Play, step: Named) {
  const { id, order } = play.madeBy(step);
  if (order.type !== "STREET_TRANSFER_REQUEST") {
    throw new ClientError("STEP_IMPOSSIBLE", { problem: `${step.name} is no transfer` });
  }
  const { wallet, street: to } = order.private as { wallet: string; street: string };
  return { id, wallet, street: to };
}
