/** Points of companies become points of municipalities (地域経済応援ポイント). */
import { RESERVE } from "../../../contracts/conversion/conversion-records.ts";
import { civilDateAt } from "../../../contracts/fields/dates.ts";
import { openYen } from "../../../contracts/settlement/dues.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { ClientError } from "../../client-fault.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { field, nameOf, oneOfWords, optional } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { sumOf } from "../sum-of.ts";
import { amount, date, yesOrNo } from "../values.ts";
import { campaignName } from "./campaigns.ts";
import { attestations, signedByCard } from "./card-status.ts";
import { duesOf } from "./clearing.ts";

const company = field("company", "会社", nameOf("organisation"));
const resident = field("resident", "住民", nameOf("resident"));
const municipality = field("municipality", "自治体", nameOf("organisation"));
const points = field("points", "ポイント", nameOf("points"));
const request = field("request", "申込み", nameOf("step"));

/** PARTNER_REGISTER. */
export const registerPartner: StepKind = action({
  words: { ja: "応援会社登録", en: "register partner" },
  says: {
    ja: "ポイントを交換できる会社を、負担の上限とともに登録します。会議体の合意が要ります。",
    en: "A company whose points can be converted, and what it may owe at once. The consortium agrees.",
  },
  fields: {
    company,
    exposureCapYen: field("cap", "上限", amount),
    funding: optional(
      "pays",
      "支払い方",
      oneOfWords([
        [{ ja: "後払い", en: "after" }, "POST"],
        [{ ja: "前払い", en: "before" }, "PRE"],
      ]),
      "POST",
    ),
  },
  orders: ({ company: { id: partner }, exposureCapYen, funding }) => [
    { type: "PARTNER_REGISTER", public: { partner, exposureCapYen, funding } },
  ],
});

/** CONVERSION_RATE_SET. */
export const setRate: StepKind = action({
  words: { ja: "交換率", en: "set rate" },
  says: {
    ja: "会社のポイント何単位が何ポイントになるか、最少と一回の上限を定めます。",
    en: "What so many units of a company come to, the fewest that are taken, the most at once.",
  },
  fields: {
    company,
    unitStep: field("units", "単位", amount),
    stepPt: field("become", "ポイント数", amount),
    unitsMin: optional("at least", "最少", amount, null),
    requestCapPt: optional("cap per request", "一回の上限", amount, 100_000),
    effectiveOn: optional("from", "開始", date, null),
  },
  orders: ({ company: { id: partner }, unitsMin, effectiveOn, ...rate }, { ledger }) => [
    {
      type: "CONVERSION_RATE_SET",
      public: {
        partner,
        ...rate,
        unitsMin: unitsMin ?? rate.unitStep,
        effectiveOn: effectiveOn ?? civilDateAt(ledger.nowMs),
      },
    },
  ],
});

/** CONSENT_GRANT and CONSENT_REVOKE. */
export const consent: StepKind = action({
  words: { ja: "同意", en: "consent" },
  says: {
    ja: "住民が、会社のポイントを交換することに同意し、または同意を撤回します。",
    en: "A resident consents to the conversion of a company's points, or takes his consent back.",
  },
  fields: { resident, company, municipality, given: optional("given", "あり", yesOrNo, true) },
  orders({ resident: whose, company: { id: partner }, municipality: { id }, given }, play) {
    const type = given ? "CONSENT_GRANT" : "CONSENT_REVOKE";
    return signedByCard(play, type, { resident: whose, municipality: id }, { partner });
  },
});

/** CONVERT_REQUEST. */
export const requestConversion: StepKind = action({
  words: { ja: "交換申込み", en: "request conversion" },
  says: {
    ja: "住民が、会社のポイントの交換を申し込みます。会社が答えるまで何も増えません。",
    en: "A resident asks for units of a company to be converted; nothing comes before the company answers.",
  },
  fields: { resident, company, municipality, units: field("units", "単位", amount) },
  orders({ resident: whose, company: { id: partner }, municipality: { id }, units }, play) {
    const use = { resident: whose, municipality: id };
    return signedByCard(play, "CONVERT_REQUEST", use, { partner, units });
  },
});

/** CONVERT_CONFIRM. */
export const confirmConversion: StepKind = action({
  words: { ja: "交換確定", en: "confirm conversion" },
  says: {
    ja: "会社が自社のポイントを引き落としたと答え、住民の留保口座に入ります。",
    en: "The company gave its units up; the points come into the resident's reserve.",
  },
  fields: { request },
  orders({ request: step }, play) {
    const { partner, wallet, conversion } = requested(play, step);
    return [{ type: "CONVERT_CONFIRM", public: { partner, conversion }, private: { wallet } }];
  },
});

/** CONVERT_REJECT. */
export const rejectConversion: StepKind = action({
  words: { ja: "交換不成立", en: "reject conversion" },
  says: {
    ja: "会社が断ります。答えの期限が過ぎれば、どの団体でも不成立にできます。",
    en: "The company says no; when its time is over any organisation may say so.",
  },
  fields: { request, by: field("by", "団体", nameOf("organisation")) },
  orders({ request: step, by }, play) {
    const { partner, conversion } = requested(play, step);
    return [{ type: "CONVERT_REJECT", public: { organisation: by.id, partner, conversion } }];
  },
});

/** CONVERT_ALLOCATE. */
export const allocate: StepKind = action({
  words: { ja: "振替", en: "allocate" },
  says: {
    ja: "住民が、留保口座から、選んだ自治体のポイントに替えます。会社は自治体に一ポイント一円を支払います。",
    en: "A resident turns what is in his reserve into points of a municipality; the company owes it ¥1 for each.",
  },
  fields: {
    resident,
    company,
    points,
    amountPt: field("amount", "数", amount),
    municipality: optional("reserve with", "留保の自治体", nameOf("organisation"), null),
    campaign: optional("campaign", "キャンペーン", nameOf("campaign"), null),
  },
  async orders({ resident: whose, company: { id: partner }, campaign, ...wanted }, play) {
    const issuer = play.ownerOf(wanted.points);
    const from = wanted.municipality?.id ?? issuer;
    const use = { resident: whose, amountPt: wanted.amountPt };
    return [
      ...(await attestations(play, { ...use, municipality: issuer })),
      ...(from === issuer ? [] : await attestations(play, { ...use, municipality: from })),
      {
        type: "CONVERT_ALLOCATE",
        public: {},
        private: {
          from: { ...(await play.cardholder(whose, from)) },
          to: { ...(await play.cardholder(whose, issuer)) },
          partner,
          pointType: wanted.points.id,
          amountPt: wanted.amountPt,
          campaign: campaign === null ? null : campaignName(play, campaign),
        },
        resident: whose,
      },
    ];
  },
});

/** CONVERT_AUTO_ALLOCATE. */
export const autoAllocate: StepKind = action({
  words: { ja: "自動振替", en: "auto allocate" },
  says: {
    ja: "留保の期限が過ぎた分を、基本自治体のポイントに替えます。",
    en: "What has rested long enough in reserves becomes points of the default municipality.",
  },
  fields: { company, points },
  async orders({ company: { id: partner }, points: { id: pointType, name } }, play) {
    const issuer = play.ownerOf({ id: pointType, name });
    const handles = await Promise.all(
      play.names.all("resident").map(async (each) => {
        const { handle } = await play.cast.walletOf(each, issuer);
        const reserve = await play.read(RESERVE.key(toHex(handle)));
        return reserve === null ? [] : [toHex(handle)];
      }),
    );
    return [
      {
        type: "CONVERT_AUTO_ALLOCATE",
        public: { issuer, pointType, partner },
        private: { wallets: handles.flat() },
      },
    ];
  },
});

/** DEFAULT_MUNI_SET. */
export const setDefaultMunicipality: StepKind = action({
  words: { ja: "基本自治体変更", en: "set default municipality" },
  says: {
    ja: "住民が、留保口座の残りを別の自治体のウォレットに移し、基本自治体を変えます。",
    en: "A resident moves his reserve to his wallet with another municipality, his default from now on.",
  },
  fields: {
    resident,
    from: field("from", "前", nameOf("organisation")),
    to: field("to", "後", nameOf("organisation")),
  },
  async orders({ resident: whose, from, to }, play) {
    return [
      ...(await attestations(play, { resident: whose, municipality: from.id })),
      ...(await attestations(play, { resident: whose, municipality: to.id })),
      {
        type: "DEFAULT_MUNI_SET",
        public: {},
        private: {
          from: { ...(await play.cardholder(whose, from.id)) },
          to: { ...(await play.cardholder(whose, to.id)) },
        },
        resident: whose,
      },
    ];
  },
});

/** FUNDING_CONFIRM. */
export const confirmFunding: StepKind = action({
  words: { ja: "入金確認", en: "confirm funding" },
  says: {
    ja: "自治体の会計管理者が、会社からの入金を確かめます。古い債務から充てます。",
    en: "A municipality's accountant confirms what a company paid, for its oldest debt, or in advance.",
  },
  fields: {
    company,
    municipality,
    amountYen: field("amount", "額", amount),
    inAdvance: optional("in advance", "前払い", yesOrNo, false),
  },
  async orders({ company: { id: partner }, municipality: { id: issuer }, ...paid }, play) {
    const oldest = (await duesOf(play)).find(
      ({ debtor, creditor, due }) =>
        debtor === partner && creditor === issuer && due.kind === "CONVERSION" && openYen(due) > 0,
    );
    const cause = paid.inAdvance ? null : (oldest?.cause ?? "none");
    return [
      {
        type: "FUNDING_CONFIRM",
        public: { issuer, partner, cause, amountYen: paid.amountYen },
      },
    ];
  },
});

/** What rests in a resident's reserve. */
export const expectReserve: StepKind = expectation({
  words: { ja: "留保確認", en: "expect reserve" },
  says: {
    ja: "交換したが、まだ自治体を選んでいないポイント。",
    en: "What was converted and is in the reserve of a wallet.",
  },
  fields: { resident, municipality, amountPt: field("amount", "数", amount) },
  async compare({ resident: whose, municipality: { id }, amountPt: expected }, play) {
    const { handle } = await play.cast.walletOf(whose, id);
    const reserve = await play.read(RESERVE.key(toHex(handle)));
    return { expected, found: sumOf((reserve?.entries ?? []).map((entry) => entry.amountPt)) };
  },
});

function requested(play: Play, step: Named) {
  const { order, id: conversion } = play.madeBy(step);
  const { partner, wallet } = (order.private ?? {}) as { partner?: string; wallet?: string };
  if (order.type !== "CONVERT_REQUEST" || partner === undefined || wallet === undefined) {
    throw new ClientError("STEP_IMPOSSIBLE", { problem: `${step.name} asks for no conversion` });
  }
  return { partner, wallet, conversion };
}
