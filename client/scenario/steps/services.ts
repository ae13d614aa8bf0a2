/** One card for libraries, sports, courses; and other municipalities' points at a shop. */

import { LINK } from "../../../contracts/services/service.ts";
import { ACCEPTANCE } from "../../../contracts/set-up/acceptance.ts";
import { toHex, utf8 } from "../../../ledger/bytes.ts";
import { sha256 } from "../../../ledger/hash.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { anyText, field, listOf, nameOf, newName, oneOfWords, optional } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { amount, dateOrNever, NEVER, serviceCategory, yesOrNo } from "../values.ts";
import { feeOfTariff } from "./fees.ts";

const resident = field("resident", "住民", nameOf("resident"));
const municipality = field("municipality", "自治体", nameOf("organisation"));
const service = field("service", "サービス", nameOf("service"));
const nameEn = optional("English name", "英語名", anyText, null);

/** FACILITY_REGISTER. */
export const registerFacility: StepKind = action({
  words: { ja: "施設登録", en: "register facility" },
  says: {
    ja: "カードで利用登録できる施設を登録します。",
    en: "Registers a facility whose services a card can call up.",
  },
  fields: {
    facility: field("name", "名前", newName("facility")),
    nameEn,
    municipality,
    till: optional("till", "窓口の店", nameOf("shop"), null),
  },
  orders({ facility, nameEn: inEnglish, municipality: owner, till }, play) {
    play.setOwner(facility, owner);
    const nameJa = facility.name;
    return [
      {
        type: "FACILITY_REGISTER",
        public: {
          municipality: owner.id,
          facility: facility.id,
          nameJa,
          nameEn: inEnglish ?? nameJa,
          merchant: till?.id ?? null,
        },
      },
    ];
  },
});

/** SERVICE_DEFINE. */
export const defineService: StepKind = action({
  words: { ja: "サービス定義", en: "define service" },
  says: {
    ja: "施設のサービスを定めます。在住を確かめる自治体を書けば、更新に在住の確認が要ります。",
    en: "Lays down a service; where attesters are named, renewal wants the word of one that the user lives there.",
  },
  fields: {
    service: field("name", "名前", newName("service")),
    nameEn,
    facility: field("facility", "施設", nameOf("facility")),
    category: field("kind", "種類", serviceCategory),
    sensitive: optional("sensitive", "要配慮", yesOrNo, false),
    termMonths: optional("months", "月数", amount, 0),
    attesters: optional("attesters", "在住確認", listOf(nameOf("organisation")), []),
    fees: optional("tariff", "料金表", listOf(feeOfTariff), []),
  },
  orders({ service: name, nameEn: inEnglish, facility, attesters, fees, ...terms }, play) {
    play.setOwner(name, facility);
    return [
      {
        type: "SERVICE_DEFINE",
        public: {
          ...placeOf(play, name),
          nameJa: name.name,
          nameEn: inEnglish ?? name.name,
          ...terms,
          attesters: attesters.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1)),
          fees: fees.map(({ fee, amountPt }) => ({ fee: fee.id, amountPt })),
        },
      },
    ];
  },
});

/** LINK_CREATE. */
export const createLink: StepKind = action({
  words: { ja: "利用登録", en: "link" },
  says: {
    ja: "住民がカードで、施設のサービスの利用を登録します。施設ごとに別の仮名になります。",
    en: "A resident links his card to a service, under another pseudonym at each facility.",
  },
  fields: { resident, service },
  async orders({ resident: whose, service: which }, play) {
    const link = await play.cast.linkOf(whose, which);
    return [
      {
        type: "LINK_CREATE",
        public: placeOf(play, which),
        private: {
          link: toHex(link.handle),
          cardCommit: toHex(link.cardCommit),
          cardSalt: toHex(link.cardSalt),
        },
        resident: whose,
      },
    ];
  },
});

/** RESIDENCY_ATTEST. */
export const attestResidency: StepKind = action({
  words: { ja: "在住確認", en: "attest residency" },
  says: {
    ja: "自治体が、利用者が住んでいるかを「はい」「いいえ」だけで答えます。住所は出ません。",
    en: "A municipality says yes or no: the user lives there. No address leaves it.",
  },
  fields: {
    resident,
    service,
    municipality,
    lives: optional("lives there", "在住", yesOrNo, true),
  },
  async orders({ resident: whose, service: which, municipality: { id }, lives }, play) {
    const { facility } = placeOf(play, which);
    return [
      {
        type: "RESIDENCY_ATTEST",
        public: { municipality: id },
        private: {
          facility,
          service: which.id,
          link: await handleOf(play, whose, which),
          resident: lives,
        },
      },
    ];
  },
});

/** LINK_RENEW. */
export const renewLink: StepKind = action({
  words: { ja: "利用更新", en: "renew link" },
  says: { ja: "利用登録を更新します。", en: "Renews a link for another term." },
  fields: { resident, service },
  orders: async ({ resident: whose, service: which }, play) => [
    {
      type: "LINK_RENEW",
      public: placeOf(play, which),
      private: { link: await handleOf(play, whose, which) },
    },
  ],
});

/** LINK_SUSPEND. */
export const suspendLink: StepKind = action({
  words: { ja: "利用停止", en: "suspend link" },
  says: {
    ja: "施設が利用登録を止め、または再開します。",
    en: "A facility stops the use of a link, or takes it up again.",
  },
  fields: { resident, service, suspended: optional("suspended", "停止", yesOrNo, true) },
  orders: async ({ resident: whose, service: which, suspended }, play) => [
    {
      type: "LINK_SUSPEND",
      public: placeOf(play, which),
      private: { link: await handleOf(play, whose, which), suspended },
    },
  ],
});

/** LINK_REMOVE. */
export const removeLink: StepKind = action({
  words: { ja: "利用登録削除", en: "remove link" },
  says: {
    ja: "住民が自分のカードで利用登録を消します。",
    en: "A resident removes his link, with his card.",
  },
  fields: { resident, service },
  async orders({ resident: whose, service: which }, play) {
    const { handle, cardSalt } = await play.cast.linkOf(whose, which);
    return [
      {
        type: "LINK_REMOVE",
        public: {},
        private: { link: toHex(handle), cardSalt: toHex(cardSalt) },
        resident: whose,
      },
    ];
  },
});

/** LINK_ROOT_COMMIT. */
export const commitLinks: StepKind = action({
  words: { ja: "要配慮登録", en: "commit links" },
  says: {
    ja: "要配慮のサービスが、すべての利用登録をまとめた一つの値だけを記録します。だれが利用者かは残りません。",
    en: "A sensitive service commits to all its links by one value; who they are is not on the ledger.",
  },
  fields: { service },
  orders: ({ service: which }, play) => [
    {
      type: "LINK_ROOT_COMMIT",
      public: { ...placeOf(play, which), root: toHex(sha256(utf8("links of the facility"))) },
    },
  ],
});

/** ACCEPTANCE_AGREE and ACCEPTANCE_END. */
export const agreeAcceptance: StepKind = action({
  words: { ja: "相互利用合意", en: "agree acceptance" },
  says: {
    ja: "ある自治体のポイントを、別の自治体の店で使えるように、または使えないようにします。双方が署名します。",
    en: "Shops of one municipality take another's points, or no longer do; both sign.",
  },
  fields: {
    issuer: field("points of", "発行者", nameOf("organisation")),
    acceptor: field("shops of", "店の自治体", nameOf("organisation")),
    shops: optional("shops", "店", listOf(nameOf("shop")), null),
    agreed: optional("agreed", "合意", yesOrNo, true),
  },
  async orders({ issuer: { id: issuer }, acceptor: { id: acceptor }, shops, agreed }, play) {
    const record = await play.read(ACCEPTANCE.key(issuer, acceptor));
    const named = (shops ?? []).map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1));
    const merchants = shops === null ? (record?.merchants ?? []) : named;
    return [
      {
        type: agreed ? "ACCEPTANCE_AGREE" : "ACCEPTANCE_END",
        public: { issuer, acceptor, merchants },
      },
    ];
  },
});

/** Where a link stands. */
export const expectLink: StepKind = expectation({
  words: { ja: "利用登録確認", en: "expect link" },
  says: { ja: "利用登録の状態と期限。", en: "Where a link stands, and its last day." },
  fields: {
    resident,
    service,
    status: field(
      "status",
      "状態",
      oneOfWords([
        [{ ja: "有効", en: "ACTIVE" }, "ACTIVE"],
        [{ ja: "停止", en: "SUSPENDED" }, "SUSPENDED"],
        [{ ja: "要更新", en: "RENEWAL_REQUIRED" }, "RENEWAL_REQUIRED"],
        [{ ja: "削除", en: "REMOVED" }, "REMOVED"],
      ]),
    ),
    validTo: field("valid to", "期限", dateOrNever),
  },
  async compare({ resident: whose, service: which, status, validTo }, play) {
    const found = await play.read(LINK.key(await handleOf(play, whose, which)));
    return {
      expected: `${status} ${validTo}`,
      found: found === null ? "-" : `${found.status} ${found.validTo ?? NEVER}`,
    };
  },
});

function placeOf(play: Play, { id, name }: Named) {
  const facility = play.ownerOf({ id, name });
  const owner = play.ownerOf({ id: facility, name: facility });
  return { municipality: owner, facility, service: id };
}

async function handleOf(play: Play, whose: Named, which: Named): Promise<string> {
  return toHex((await play.cast.linkOf(whose, which)).handle);
}
