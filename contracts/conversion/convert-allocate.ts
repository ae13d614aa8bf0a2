import { toHex } from "../../ledger/bytes.ts";
import { nullable, record } from "../../ledger/schema.ts";
import { campaignName } from "../campaigns/campaign-records.ts";
import { CAMPAIGN_FAULTS, givePremium, keysOfPremium } from "../campaigns/premium.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { amountPt, shortName } from "../fields/fields.ts";
import { posting, supportAsset } from "../points/accounts.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardholder,
  walletOfCard,
} from "../spending/counter.ts";
import { WALLET } from "../state/state-records.ts";
import {
  ALLOCATION_FAULTS,
  bookAllocation,
  conversionTerms,
  creditConversion,
  keysOfAllocation,
} from "./allocating.ts";
import { RESERVE } from "./conversion-records.ts";
import { takeFromReserve } from "./reserve.ts";

/**
 * CONVERT_ALLOCATE: a resident chooses whose points his converted points become, in any municipality where his card
 * has a wallet. The company owes it ¥1 for each; the premium of a campaign is the campaign's own affair.
 */
export const convertAllocate = defineTransaction({
  type: "CONVERT_ALLOCATE",
  since: 1,
  title: { ja: "交換先の指定", en: "Allocate a conversion" },
  summary: {
    ja: "本人のカードで、留保口座のポイントをどの自治体のポイントにするかを選びます。",
    en: "A resident chooses whose points those of his reserve become.",
  },
  public: record({}),
  private: record({
    from: record(cardholderFields),
    to: record(cardholderFields),
    partner: shortName,
    pointType: shortName,
    amountPt,
    campaign: nullable(campaignName),
  }),
  validity: "card",
  signers: [CARD],
  faults: [...CARDHOLDER_FAULTS, ...ALLOCATION_FAULTS, "BALANCE_INSUFFICIENT", ...CAMPAIGN_FAULTS],
  keys: ({ id, private: wish }) => [
    ...holdersOf(wish).flatMap(keysOfCardholder),
    RESERVE.key(toHex(wish.from.wallet)),
    ...keysOfAllocation({ ...wish, issuer: wish.to.municipality, id }),
    ...(wish.campaign === null ? [] : keysOfPremium(wish.campaign, toHex(wish.to.wallet))),
  ],
  apply(view, content, block) {
    const { from, to, partner, pointType, amountPt: wantedPt, campaign } = content.private;
    // The card opens both: points never go to somebody else.
    const [source, target] = holdersOf(content.private);
    const owner = walletOfCard(view, source, content, block);
    if (typeof owner === "string") return owner;
    const wallet = walletOfCard(view, target, content, block);
    if (typeof wallet === "string") return wallet;
    const allocation = { partner, issuer: to.municipality, pointType, id: content.id };
    const terms = conversionTerms(view, allocation, block);
    if (typeof terms === "string") return terms;
    const reserveKey = RESERVE.key(toHex(from.wallet));
    const entries = takeFromReserve(view.get(reserveKey)?.entries ?? [], partner, wantedPt);
    if (entries === null) return "BALANCE_INSUFFICIENT";
    const credited = creditConversion(wallet, to.wallet, { ...terms, amountPt: wantedPt });
    if (credited === null) return "LIMIT_EXCEEDED";
    const booked = bookAllocation(view, allocation, wantedPt, block);
    if (typeof booked === "string") return booked;
    const handleHex = toHex(to.wallet);
    const occasion = { trigger: "CONVERT" as const, place: null, basePt: wantedPt, handleHex };
    const given =
      campaign === null
        ? { wallet: credited.wallet, postings: [] }
        : givePremium(view, campaign, { ...occasion, wallet: credited.wallet }, block);
    if (typeof given === "string") return given;

    view.put(reserveKey, { entries });
    view.put(WALLET.key(handleHex), given.wallet);
    const debit = posting(reserveKey.text, supportAsset(partner), -wantedPt);
    return [debit, credited.posting, ...booked, ...given.postings];
  },
});

/** The two wallets, each with what the card moves. */
function holdersOf<H>(wish: { readonly from: H; readonly to: H; readonly amountPt: number }) {
  const { from, to, amountPt: wantedPt } = wish;
  return [
    { ...from, amountPt: wantedPt },
    { ...to, amountPt: wantedPt },
  ] as const;
}
