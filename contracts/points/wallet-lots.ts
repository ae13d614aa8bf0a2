/**
 * The lots of a wallet as they come, go and come back. A lot that is used up leaves the list, but its terms are
 * kept for a while in `closedLots`: a refund puts the points back into the very lot that they came from.
 */
import { AMOUNT_PT_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { fromBytes, toBytes } from "../../ledger/schema.ts";
import { addDays, type CivilDate } from "../fields/dates.ts";
import { prepend, unpack } from "../state/packed-list.ts";
import type { Wallet } from "../state/state-records.ts";
import { addPt } from "./accounts.ts";
import { debitLots, isExpired, type Lot, type LotUse, lotSchema } from "./lots.ts";

/** Closed lots that are kept beside those of the latest transaction, bytes: about a dozen. */
const CLOSED_LOTS_SIZE_BYTES = 1024;
/** Of one closed lot, bytes: all categories of merchants in its terms. */
const CLOSED_LOT_SIZE_BYTES_MAX = 1024;

/** A lot before it has a number. */
export type NewLot = Omit<Lot, "number" | "remainingPt">;

/** The wallet after the uses of its lots. */
export function debitWallet(wallet: Wallet, uses: readonly LotUse[]): Wallet {
  const lots = debitLots(wallet.lots, uses);
  if (lots.length === wallet.lots.length) return { ...wallet, lots };
  const used = uses.filter(({ lot, usedPt }) => usedPt === lot.remainingPt);
  const closed = used.map(({ lot }) => toBytes(lotSchema, lot));
  return {
    ...wallet,
    lots,
    closedLots: prepend(wallet.closedLots, closed, CLOSED_LOTS_SIZE_BYTES),
  };
}

/** The wallet with one more lot, and the lot; null when it holds as many as it may. */
export function addLot(wallet: Wallet, terms: NewLot): { wallet: Wallet; lot: Lot } | null {
  if (wallet.lots.length >= WALLET_LOTS_MAX) return null;
  const lot = { ...terms, number: wallet.nextLot, remainingPt: terms.amountPt };
  const lots = [...wallet.lots, lot];
  return { wallet: { ...wallet, nextLot: lot.number + 1, lots }, lot };
}

/**
 * The same, but what has the terms of the newest lot goes there: the premiums of a day are one lot, and so is what
 * comes back late, for a wallet has room for so many.
 */
export function addToLot(wallet: Wallet, terms: NewLot): ReturnType<typeof addLot> {
  const last = wallet.lots.at(-1);
  if (last === undefined || !hasTerms(last, terms)) return addLot(wallet, terms);
  const amountPt = addPt(last.amountPt, terms.amountPt);
  if (amountPt > AMOUNT_PT_MAX) return addLot(wallet, terms);
  const lot = { ...last, amountPt, remainingPt: addPt(last.remainingPt, terms.amountPt) };
  return { wallet: { ...wallet, lots: [...wallet.lots.slice(0, -1), lot] }, lot };
}

function hasTerms(lot: Lot, terms: NewLot): boolean {
  return (
    lot.origin === terms.origin &&
    lot.issuer === terms.issuer &&
    lot.pointType === terms.pointType &&
    lot.category === terms.category &&
    lot.issuedOn === terms.issuedOn &&
    lot.expiresOn === terms.expiresOn &&
    lot.consideration === terms.consideration &&
    lot.perUseCapPt === terms.perUseCapPt &&
    lot.restrictedTo.join() === terms.restrictedTo.join()
  );
}

/** When points come back, and how long those can be spent whose last day has passed. */
export interface Return {
  readonly today: CivilDate;
  readonly graceDays: number;
}

/** Points of a lot that come back; with the lot as it was, where whoever held them kept it. */
export interface Returned {
  readonly number: number;
  readonly amountPt: number;
  readonly lot?: Lot;
}

/**
 * The wallet with points back in the lot of that number, and the lot: a new one with a few days of grace when the
 * old one has lapsed. `PAYMENT_NOT_FOUND` when the lot is no longer known, `LIMIT_EXCEEDED` when there is no room.
 */
export function putBack(
  wallet: Wallet,
  { number, amountPt, lot: kept }: Returned,
  { today, graceDays }: Return,
): { wallet: Wallet; lot: Lot } | "PAYMENT_NOT_FOUND" | "LIMIT_EXCEEDED" {
  const open = wallet.lots.find((candidate) => candidate.number === number);
  const known = open ?? kept ?? closedLot(wallet, number);
  if (known === null) return "PAYMENT_NOT_FOUND";
  if (isExpired(known, today)) {
    const late = { amountPt, issuedOn: today, expiresOn: addDays(today, graceDays) };
    return addToLot(wallet, { ...known, ...late, origin: "REFUND" }) ?? "LIMIT_EXCEEDED";
  }
  if (open === undefined && wallet.lots.length >= WALLET_LOTS_MAX) return "LIMIT_EXCEEDED";
  const lot = { ...known, remainingPt: (open?.remainingPt ?? 0) + amountPt };
  const others = wallet.lots.filter((other) => other !== open);
  const lots = [...others, lot].sort((a, b) => a.number - b.number);
  return { wallet: { ...wallet, lots }, lot };
}

function closedLot(wallet: Wallet, number: number): Lot | null {
  for (const entry of unpack(wallet.closedLots)) {
    const lot = fromBytes(lotSchema, entry, CLOSED_LOT_SIZE_BYTES_MAX);
    if (lot.number === number) return lot;
  }
  return null;
}
