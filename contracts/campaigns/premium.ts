/** The premium of a campaign: what it comes to, how it is given, and how it is clawed back. */
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import type { BlockContext, View } from "../declaration.ts";
import type { CivilDate } from "../fields/dates.ts";
import type { MerchantCategory } from "../fields/fields.ts";
import {
  addPt,
  budgetAsset,
  lotPosting,
  type Posting,
  pointAsset,
  posting,
} from "../points/accounts.ts";
import { lastDayOf } from "../points/expiry-rule.ts";
import { chooseOfType } from "../points/lots.ts";
import { addToLot, debitWallet } from "../points/wallet-lots.ts";
import type { PremiumOfPayment } from "../spending/recent-payments.ts";
import type { StateKey } from "../state/key-space.ts";
import {
  ISSUE,
  POINT_TYPE,
  type PointType,
  type Wallet,
  WIND_DOWN,
} from "../state/state-records.ts";
import {
  BASIS_POINTS,
  CAMPAIGN,
  CAMPAIGN_SHARE,
  type Campaign,
  type CampaignName,
} from "./campaign-records.ts";

/** What a premium is given for. */
export interface Occasion {
  readonly trigger: Campaign["trigger"];
  /** Whose merchant it is, and what kind; null where there is none. */
  readonly place: { readonly issuer: string; readonly category: MerchantCategory } | null;
  readonly basePt: number;
}

/** A wallet and its handle. */
export interface NamedWallet {
  readonly handleHex: string;
  readonly wallet: Wallet;
}

/** A premium that was given; `premium` is null when the caps left nothing. */
export interface Given {
  readonly wallet: Wallet;
  readonly premium: PremiumOfPayment | null;
  readonly postings: readonly Posting[];
}

/** Why a campaign gives nothing. */
export const CAMPAIGN_FAULTS = ["UNKNOWN_CAMPAIGN", "CAMPAIGN_NOT_OPEN", "LIMIT_EXCEEDED"] as const;

/** The keys that a premium reads and writes. */
export function keysOfPremium(name: CampaignName, handleHex: string): StateKey<unknown>[] {
  const { issuer, pointType, campaign } = name;
  return [
    CAMPAIGN.key(issuer, pointType, campaign),
    CAMPAIGN_SHARE.key(issuer, pointType, campaign, handleHex),
    POINT_TYPE.key(issuer, pointType),
    WIND_DOWN.key(issuer, pointType),
    ISSUE.key(issuer, pointType),
  ];
}

/** Gives the premium of a campaign; the wallet itself is written by the caller. */
export function givePremium(
  view: View,
  name: CampaignName,
  { handleHex, wallet, ...occasion }: Occasion & NamedWallet,
  block: BlockContext,
): Given | (typeof CAMPAIGN_FAULTS)[number] {
  const books = booksOf(view, name, handleHex);
  if (books === null) return "UNKNOWN_CAMPAIGN";
  const { campaign, sharePt, terms, issuedPt } = books;
  // A pseudonym belongs to one municipality: what another gives to it would link the two.
  const isOwn = wallet.municipality === name.issuer;
  // Of a type whose end is announced no more points come into being.
  const isEnding = view.get(WIND_DOWN.key(name.issuer, name.pointType)) !== null;
  if (!isOwn || isEnding || !isOpenFor(campaign, name, occasion, block)) return "CAMPAIGN_NOT_OPEN";
  const amountPt = Math.min(
    shareOf(occasion.basePt, campaign.rateBp),
    campaign.walletCapPt - sharePt,
    campaign.dayCapPt - givenOn(campaign, block.today),
    campaign.totalCapPt - campaign.premiumPt,
  );
  if (amountPt <= 0) return { wallet, premium: null, postings: [] };

  const expiresOn = lastDayOf(terms.expiryRule, block.today, campaign.premiumExpiresOn);
  if (expiresOn === "EXPIRY_MISMATCH") throw new Error("the campaign opened without a last day");
  const added = addToLot(wallet, {
    issuer: name.issuer,
    pointType: name.pointType,
    category: campaign.budgetCategory,
    amountPt,
    issuedOn: block.today,
    expiresOn,
    origin: "PREMIUM",
    consideration: "NONE",
    restrictedTo: terms.restrictedTo,
    perUseCapPt: terms.perUseCapPt,
  });
  if (added === null || issuedPt + amountPt > ISSUED_PT_MAX) return "LIMIT_EXCEEDED";
  book(view, name, { handleHex, books, deltaPt: amountPt, day: block.today });
  const { lot } = added;
  return {
    wallet: added.wallet,
    premium: { lot: lot.number, rateBp: campaign.rateBp, amountPt },
    postings: [
      ...postingsOf(name, campaign, amountPt),
      lotPosting(`wallet/${handleHex}`, lot, amountPt),
    ],
  };
}

/** What is left of a payment, and the premium that came with the whole. */
export interface Remainder {
  readonly leftPt: number;
  readonly premium: PremiumOfPayment;
  readonly paidOn: CivilDate;
}

/**
 * Takes back what exceeds the premium on what is left of a payment: from the lot of the premium, then from other
 * points of that type, for who spends a premium and returns the goods would keep it otherwise.
 */
export function clawBack(
  view: View,
  name: CampaignName,
  { handleHex, wallet, leftPt, premium, paidOn }: Remainder & NamedWallet,
  block: BlockContext,
): Given | "PREMIUM_SPENT" {
  const keptPt = Math.min(shareOf(leftPt, premium.rateBp), premium.amountPt);
  const backPt = premium.amountPt - keptPt;
  if (backPt === 0) return { wallet, premium, postings: [] };
  const wanted = { issuer: name.issuer, pointType: name.pointType, first: premium.lot };
  const uses = chooseOfType(wallet.lots, { ...wanted, today: block.today }, backPt);
  const books = booksOf(view, name, handleHex);
  if (uses === null || books === null) return "PREMIUM_SPENT";
  book(view, name, { handleHex, books, deltaPt: -backPt, day: paidOn });
  return {
    wallet: debitWallet(wallet, uses),
    premium: keptPt === 0 ? null : { ...premium, amountPt: keptPt },
    postings: [
      ...postingsOf(name, books.campaign, -backPt),
      ...uses.map(({ lot, usedPt }) => lotPosting(`wallet/${handleHex}`, lot, -usedPt)),
    ],
  };
}

/** The premium on an amount, pt; a part of a point is not given. */
function shareOf(basePt: number, bp: number): number {
  return Math.floor((basePt * bp) / BASIS_POINTS);
}

function givenOn({ day, dayPt }: Campaign, date: CivilDate): number {
  return day === date ? dayPt : 0;
}

function isOpenFor(
  campaign: Campaign,
  { issuer }: CampaignName,
  { trigger, place }: Occasion,
  { timestampMs }: BlockContext,
): boolean {
  const isHere =
    place === null ||
    (place.issuer === issuer &&
      (campaign.restrictedTo.length === 0 || campaign.restrictedTo.includes(place.category)));
  return (
    campaign.status === "OPEN" &&
    campaign.trigger === trigger &&
    campaign.opensAtMs <= timestampMs &&
    timestampMs < campaign.closesAtMs &&
    isHere
  );
}

/** What the ledger knows of a campaign, of a wallet's share in it, and of the points that it gives. */
interface Books {
  readonly campaign: Campaign;
  readonly sharePt: number;
  readonly terms: PointType;
  readonly issuedPt: number;
}

function booksOf(view: View, name: CampaignName, handleHex: string): Books | null {
  const { issuer, pointType } = name;
  const campaign = view.get(CAMPAIGN.key(issuer, pointType, name.campaign));
  const terms = view.get(POINT_TYPE.key(issuer, pointType));
  const issue = view.get(ISSUE.key(issuer, pointType));
  if (campaign === null || terms === null || issue === null) return null;
  const share = view.get(CAMPAIGN_SHARE.key(issuer, pointType, name.campaign, handleHex));
  return { campaign, terms, sharePt: share?.premiumPt ?? 0, issuedPt: issue.issuedPt };
}

/** Writes that so much more, or less, was given to a wallet on a day. */
function book(
  view: View,
  name: CampaignName,
  entry: {
    readonly handleHex: string;
    readonly books: Books;
    readonly deltaPt: number;
    readonly day: CivilDate;
  },
): void {
  const { issuer, pointType } = name;
  const { handleHex, deltaPt, day } = entry;
  const { campaign, sharePt, issuedPt } = entry.books;
  const premiumPt = addPt(campaign.premiumPt, deltaPt);
  // What was given on an earlier day and comes back makes room on no day.
  const today = day >= campaign.day ? { day, dayPt: givenOn(campaign, day) + deltaPt } : {};
  view.put(CAMPAIGN.key(issuer, pointType, name.campaign), { ...campaign, premiumPt, ...today });
  const shareKey = CAMPAIGN_SHARE.key(issuer, pointType, name.campaign, handleHex);
  view.put(shareKey, { premiumPt: addPt(sharePt, deltaPt) });
  view.put(ISSUE.key(issuer, pointType), { issuedPt: addPt(issuedPt, deltaPt) });
}

function postingsOf(name: CampaignName, campaign: Campaign, premiumPt: number): Posting[] {
  const { issuer, pointType } = name;
  const id = `${issuer}/${pointType}/${name.campaign}`;
  const right = budgetAsset(issuer, campaign.fiscalYear, campaign.budgetCategory);
  return [
    posting(`issue/${issuer}/${pointType}`, pointAsset(issuer, pointType), -premiumPt),
    posting(`campaign/${id}`, right, -premiumPt),
    posting(`premium/${id}`, right, premiumPt),
  ];
}
