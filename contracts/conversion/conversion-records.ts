/**
 * Conversion: points of a partner company become points of a municipality, with the person's consent, in two phases
 * with the company's own system, and the company owes ¥1 for each.
 *
 *     CONVERT_REQUEST   the resident's card: the company is asked to give so many of its units up
 *     CONVERT_CONFIRM   the company: it did; support points come into being in the resident's reserve
 *     CONVERT_REJECT    the company, or anybody when its time is over: nothing happened
 *     CONVERT_ALLOCATE  the resident's card: support points become points of a municipality; a due arises
 *
 * A support point is an asset of its own, `support/<partner>`.
 */
import { ISSUED_PT_MAX, TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { type Infer, list, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import { amountPt, totalPt, totalYen, walletHandle } from "../fields/fields.ts";
import { supportAsset } from "../points/accounts.ts";
import { keySpace } from "../state/key-space.ts";

/** Entries of one reserve: one for each partner and day. */
export const RESERVE_ENTRIES_MAX = 64;

/** What a partner may owe, and whether it pays before or after. */
export const partnerTermFields = {
  /** What it may owe at once, yen, where it pays after. */
  exposureCapYen: totalYen,
  funding: oneOf(["PRE", "POST"]),
};

const partnerSchema = record({
  ...partnerTermFields,
  /** Asked for and not answered, yen. */
  pendingYen: totalYen,
  /** Converted so far, yen. */
  convertedYen: totalYen,
  /** Received for it so far, or in advance, yen. */
  fundedYen: totalYen,
  /** Support points of its that are in reserves. */
  supportPt: totalPt,
});
/** A partner company. */
export type Partner = Infer<typeof partnerSchema>;

/** A company whose points can be converted. */
export const PARTNER = keySpace("partner", "<id>", partnerSchema, ({ id }, { supportPt }) => [
  { account: `partner-issue/${id}`, asset: supportAsset(id), balancePt: -supportPt },
]);

/** Whether a partner may owe so much more. */
export function hasRoomFor(partner: Partner, amountYen: number): boolean {
  const { pendingYen, convertedYen, fundedYen, funding, exposureCapYen } = partner;
  const exposureYen = pendingYen + convertedYen - fundedYen + amountYen;
  const isExact = convertedYen + pendingYen + amountYen <= ISSUED_PT_MAX;
  return isExact && exposureYen <= (funding === "POST" ? exposureCapYen : 0);
}

/** What a company's units are worth. */
export const rateFields = {
  /** Only whole multiples of so many units are taken. */
  unitStep: uint(1_000_000, 1),
  /** For each step. */
  stepPt: amountPt,
  unitsMin: uint(999_999_999, 1),
  requestCapPt: amountPt,
};
const rateSchema = record(rateFields);
/** What a company's units are worth. */
export type ConversionRate = Infer<typeof rateSchema>;

/** The rate of a partner, and the one announced to follow it. */
export const CONVERSION_RATE = keySpace(
  "conversion-rate",
  "<partner>",
  record({ current: rateSchema, next: nullable(record({ rate: rateSchema, from: civilDate })) }),
);

/** That a resident lets a partner's points be converted into a wallet of his. */
export const CONSENT = keySpace(
  "consent",
  "<partner>/<handleHex>",
  record({ status: oneOf(["GRANTED", "REVOKED"]), since: civilDate }),
);

const conversionSchema = record({
  partner: identifier,
  /** Whose reserve gets the points; null once it is answered. */
  wallet: nullable(walletHandle),
  amountPt,
  answerByMs: uint(TIMESTAMP_MS_MAX),
  status: oneOf(["REQUESTED", "CONFIRMED", "REJECTED"]),
});
/** A conversion that was asked for, under the id of the request. */
export const CONVERSION = keySpace("conversion", "<transactionIdHex>", conversionSchema);

const reserveEntry = record({ partner: identifier, amountPt, restsUntil: civilDate });
/** Support points of one partner that rest until a day. */
export type ReserveEntry = Infer<typeof reserveEntry>;

/** Converted points for which a wallet's owner has not chosen a municipality yet; the oldest first. */
export const RESERVE = keySpace(
  "reserve",
  "<handleHex>",
  record({ entries: list(reserveEntry, RESERVE_ENTRIES_MAX) }),
  ({ text }, { entries }) =>
    entries.map(({ partner, amountPt: balancePt }) => {
      return { account: text, asset: supportAsset(partner), balancePt };
    }),
);

/** What was received for the conversions of a partner that a municipality is owed for under a cause. */
export const FUNDING = keySpace(
  "funding",
  "<partner>/<issuer>/<cause>",
  record({ confirmedYen: totalYen }),
);
