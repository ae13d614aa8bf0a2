import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CAMPAIGN, CAMPAIGN_SHARE, campaignName } from "../campaigns/campaign-records.ts";
import { CAMPAIGN_FAULTS, givePremium, keysOfPremium } from "../campaigns/premium.ts";
import { CARD, defineTransaction, TERMINAL_DEVICE } from "../declaration.ts";
import {
  CARDHOLDER_FAULTS,
  COUNTER_FAULTS,
  cardholderFields,
  counterFields,
  keysOfCardholder,
  keysOfCounter,
  merchantAt,
  walletOfCard,
} from "../spending/counter.ts";
import { WALLET } from "../state/state-records.ts";

/** EVENT_CHECKIN: a resident comes to an event, once, and gets its points. Nothing of it is public. */
export const eventCheckin = defineTransaction({
  type: "EVENT_CHECKIN",
  since: 1,
  title: { ja: "イベントの来場", en: "Check in at an event" },
  summary: {
    ja: "会場の端末とカードで来場を記録し、ポイントを受け取ります。一つの催しにつき一回だけです。",
    en: "Gives the points of an event to who comes, at a terminal there, once. Nothing of it is public.",
  },
  public: record({}),
  private: record({ ...cardholderFields, ...counterFields, campaign: campaignName }),
  validity: "card",
  signers: [CARD, TERMINAL_DEVICE],
  faults: [
    ...COUNTER_FAULTS,
    ...CARDHOLDER_FAULTS,
    ...CAMPAIGN_FAULTS,
    "ALREADY_CHECKED_IN",
    "CAMPAIGN_EXHAUSTED",
  ],
  keys: ({ private: visit }) => {
    const handleHex = toHex(visit.wallet);
    return [
      ...keysOfCounter(visit),
      ...keysOfCardholder(visit),
      ...keysOfPremium(visit.campaign, handleHex),
    ];
  },
  apply(view, content, block) {
    const visit = content.private;
    const place = merchantAt(view, visit, content);
    if (typeof place === "string") return place;
    const wallet = walletOfCard(view, visit, content, block);
    if (typeof wallet === "string") return wallet;
    const handleHex = toHex(visit.wallet);
    const { issuer, pointType, campaign } = visit.campaign;
    const share = view.get(CAMPAIGN_SHARE.key(issuer, pointType, campaign, handleHex));
    if (share !== null) return "ALREADY_CHECKED_IN";
    const basePt = view.get(CAMPAIGN.key(issuer, pointType, campaign))?.checkinPt ?? 0;
    const occasion = { trigger: "CHECKIN" as const, place, basePt, handleHex, wallet };
    const given = givePremium(view, visit.campaign, occasion, block);
    if (typeof given === "string") return given;
    if (given.premium === null) return "CAMPAIGN_EXHAUSTED";
    view.put(WALLET.key(handleHex), given.wallet);
    return given.postings;
  },
});
