/** Campaigns: premiums on payments, on conversions, and for coming to an event. */
import { CAMPAIGN } from "../../../contracts/campaigns/campaign-records.ts";
import { civilDateAt, fiscalYearOf } from "../../../contracts/fields/dates.ts";
import { POINT_TYPE } from "../../../contracts/state/state-records.ts";
import type { Named } from "../names.ts";
import type { Play } from "../play.ts";
import { anyText, field, listOf, nameOf, newName, oneOfWords, optional } from "../reader.ts";
import { action, expectation, type StepKind } from "../step-kind.ts";
import { amount, date, grantCategory, merchantCategory, moment, percent } from "../values.ts";
import { attestations } from "./card-status.ts";

const campaign = field("campaign", "キャンペーン", nameOf("campaign"));
/** Of an event: what is on top of coming is nothing. */
const WHOLE_BP = 10_000;

/** CAMPAIGN_OPEN. */
export const openCampaign: StepKind = action({
  words: { ja: "キャンペーン開始", en: "open campaign" },
  says: {
    ja: "利用・交換・来場に付く特典を、期間・対象・上限とともに定め、総額を予算から取り分けます。",
    en: "Lays down a premium on payments, conversions or visits, its time, places and caps; its total is set aside.",
  },
  fields: {
    campaign: field("name", "名前", newName("campaign")),
    nameEn: optional("English name", "英語名", anyText, null),
    points: field("points", "ポイント", nameOf("points")),
    trigger: optional(
      "on",
      "対象",
      oneOfWords([
        [{ ja: "支払い", en: "payments" }, "PAY"],
        [{ ja: "交換", en: "conversions" }, "CONVERT"],
        [{ ja: "来場", en: "visits" }, "CHECKIN"],
      ]),
      "PAY",
    ),
    rateBp: optional("premium", "特典率", percent, WHOLE_BP),
    checkinPt: optional("per visit", "来場ごと", amount, null),
    opensAtMs: optional("from", "開始", moment, null),
    closesAtMs: field("until", "終了", moment),
    walletCapPt: field("cap per person", "一人の上限", amount),
    dayCapPt: optional("cap per day", "一日の上限", amount, null),
    totalCapPt: field("cap in all", "総額", amount),
    restrictedTo: optional("only at", "使える店", listOf(merchantCategory), []),
    premiumExpiresOn: optional("premium expires", "特典の期限", date, null),
    category: optional("budget for", "予算の目的", grantCategory, null),
  },
  async orders({ campaign: name, nameEn, points, category, ...terms }, play) {
    play.setOwner(name, points);
    const named = campaignName(play, name);
    const type = await play.read(POINT_TYPE.key(named.issuer, named.pointType));
    const { nowMs } = play.ledger;
    return [
      {
        type: "CAMPAIGN_OPEN",
        public: {
          ...named,
          fiscalYear: fiscalYearOf(civilDateAt(nowMs)),
          budgetCategory: category ?? type?.category ?? "OTHER",
          nameJa: name.name,
          nameEn: nameEn ?? name.name,
          ...terms,
          opensAtMs: terms.opensAtMs ?? nowMs,
          dayCapPt: terms.dayCapPt ?? terms.totalCapPt,
        },
      },
    ];
  },
});

/** CAMPAIGN_ADJUST. */
export const adjustCampaign: StepKind = action({
  words: { ja: "キャンペーン調整", en: "adjust campaign" },
  says: {
    ja: "キャンペーンの上限と終了の時を変えます。書かないものは、そのままです。",
    en: "Changes the caps and the end of a campaign; what is not told stays.",
  },
  fields: {
    campaign,
    closesAtMs: optional("until", "終了", moment, null),
    walletCapPt: optional("cap per person", "一人の上限", amount, null),
    dayCapPt: optional("cap per day", "一日の上限", amount, null),
    totalCapPt: optional("cap in all", "総額", amount, null),
  },
  async orders({ campaign: which, ...changed }, play) {
    const named = campaignName(play, which);
    const found = await play.read(CAMPAIGN.key(named.issuer, named.pointType, named.campaign));
    return [
      {
        type: "CAMPAIGN_ADJUST",
        public: {
          ...named,
          fiscalYear: found?.fiscalYear ?? fiscalYearOf(civilDateAt(play.ledger.nowMs)),
          budgetCategory: found?.budgetCategory ?? "OTHER",
          walletCapPt: changed.walletCapPt ?? found?.walletCapPt ?? 1,
          dayCapPt: changed.dayCapPt ?? found?.dayCapPt ?? 0,
          totalCapPt: changed.totalCapPt ?? found?.totalCapPt ?? 0,
          closesAtMs: changed.closesAtMs ?? found?.closesAtMs ?? 0,
        },
      },
    ];
  },
});

/** CAMPAIGN_CLOSE. */
export const closeCampaign: StepKind = action({
  words: { ja: "キャンペーン終了", en: "close campaign" },
  says: {
    ja: "キャンペーンを終え、使われなかった分を予算に戻します。",
    en: "Ends a campaign; what it did not give goes back to the budget.",
  },
  fields: { campaign },
  async orders({ campaign: which }, play) {
    const named = campaignName(play, which);
    const found = await play.read(CAMPAIGN.key(named.issuer, named.pointType, named.campaign));
    return [
      {
        type: "CAMPAIGN_CLOSE",
        public: {
          ...named,
          fiscalYear: found?.fiscalYear ?? fiscalYearOf(civilDateAt(play.ledger.nowMs)),
          budgetCategory: found?.budgetCategory ?? "OTHER",
        },
      },
    ];
  },
});

/** EVENT_CHECKIN. */
export const checkIn: StepKind = action({
  words: { ja: "来場", en: "check in" },
  says: {
    ja: "住民が会場の端末にカードをかざし、一つの催しにつき一度だけポイントを受け取ります。",
    en: "A resident comes to an event, with his card at a terminal there, and gets its points once.",
  },
  fields: {
    resident: field("resident", "住民", nameOf("resident")),
    shop: field("shop", "店", nameOf("shop")),
    campaign,
  },
  async orders({ resident, shop, campaign: which }, play) {
    const named = campaignName(play, which);
    const municipality = named.issuer;
    return [
      ...(await attestations(play, { resident, municipality, amountPt: 0 })),
      {
        type: "EVENT_CHECKIN",
        public: {},
        private: {
          ...(await play.cardholder(resident, municipality)),
          merchant: shop.id,
          terminal: shop.id,
          campaign: named,
        },
        resident,
        shop,
      },
    ];
  },
});

/** What a campaign gave. */
export const expectPremium: StepKind = expectation({
  words: { ja: "特典総数確認", en: "expect premium" },
  says: { ja: "キャンペーンがこれまでに付けた特典。", en: "What a campaign has given so far." },
  fields: { campaign, amountPt: field("amount", "数", amount) },
  async compare({ campaign: which, amountPt: expected }, play) {
    const { issuer, pointType, campaign: id } = campaignName(play, which);
    const found = await play.read(CAMPAIGN.key(issuer, pointType, id));
    return { expected, found: found?.premiumPt ?? 0 };
  },
});

/** A campaign as transactions name it: by the points that it gives, and their issuer. */
export function campaignName(
  play: Play,
  which: Named,
): { issuer: string; pointType: string; campaign: string } {
  const pointType = play.ownerOf(which);
  return {
    issuer: play.ownerOf({ id: pointType, name: pointType }),
    pointType,
    campaign: which.id,
  };
}
