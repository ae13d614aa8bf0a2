/** What holds wherever a resident and a terminal meet: the terminal is the shop's, the card the wallet's. */
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { type BlockContext, type Content, signingKey, type View } from "../declaration.ts";
import { cardSalt, shortName, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { commitToCard } from "../residents/card-commitment.ts";
import { isStatusFresh, statusAgesOf } from "../residents/card-status.ts";
import type { StateKey } from "../state/key-space.ts";
import {
  MERCHANT,
  type Merchant,
  STATUS_LIST,
  TERMINAL,
  WALLET,
  type Wallet,
} from "../state/state-records.ts";

/** A terminal of a merchant. */
export const counterFields = { merchant: shortName, terminal: shortName };

/** A wallet, and what opens its commitment to the card. */
export const cardholderFields = {
  /** The wallet's: its verifier has the last word on the card. */
  municipality: municipalityCode,
  wallet: walletHandle,
  cardSalt,
};

interface Counter {
  readonly merchant: string;
  readonly terminal: string;
}

/** A wallet and its card as a transaction names them. */
interface Cardholder {
  readonly municipality: string;
  readonly wallet: Uint8Array;
  readonly cardSalt: Uint8Array;
  /** What the card moves, pt; nothing when left out. Keys and rule get it from here, so that both mean the same. */
  readonly amountPt?: number;
}

/** Why a terminal may not do what it asks for. */
export const COUNTER_FAULTS = [
  "UNKNOWN_MERCHANT",
  "MERCHANT_SUSPENDED",
  "UNKNOWN_TERMINAL",
  "TERMINAL_REVOKED",
  "SIGNER_NOT_AUTHORISED",
] as const;

/** Why a card may not do what it asks for. */
export const CARDHOLDER_FAULTS = [
  "UNKNOWN_WALLET",
  "WALLET_SUSPENDED",
  "CARD_MISMATCH",
  "CERT_STATUS_STALE",
] as const;

/** The keys that `merchantAt` reads. */
export function keysOfCounter({ merchant, terminal }: Counter): StateKey<unknown>[] {
  return [MERCHANT.key(merchant), TERMINAL.key(terminal)];
}

/** The keys that `walletOfCard` reads for the same cardholder. */
export function keysOfCardholder(holder: Cardholder): StateKey<unknown>[] {
  const { municipality, wallet, amountPt = 0 } = holder;
  return [WALLET.key(toHex(wallet)), STATUS_LIST.key(municipality), ...statusAgesOf(amountPt)];
}

/** The keys that `walletOfCardMoving` reads. */
export function keysOfCardMoving({ municipality, wallet }: Cardholder): StateKey<unknown>[] {
  return [WALLET.key(toHex(wallet)), STATUS_LIST.key(municipality), ...statusAgesOf(null)];
}

/** The merchant whose terminal signs, or why it may not. */
export function merchantAt(
  view: View,
  counter: Counter,
  content: Content<unknown, unknown>,
): Merchant | (typeof COUNTER_FAULTS)[number] {
  const merchant = view.get(MERCHANT.key(counter.merchant));
  if (merchant === null) return "UNKNOWN_MERCHANT";
  if (merchant.status !== "ACTIVE") return "MERCHANT_SUSPENDED";
  const terminal = view.get(TERMINAL.key(counter.terminal));
  if (terminal?.merchant !== counter.merchant) return "UNKNOWN_TERMINAL";
  if (terminal.status !== "ACTIVE") return "TERMINAL_REVOKED";
  const signs = equalBytes(terminal.publicKey, signingKey(content, "terminal"));
  return signs ? merchant : "SIGNER_NOT_AUTHORISED";
}

/** The wallet whose card signs, or why it may not: for large amounts the word on it must be fresher. */
export function walletOfCard(
  view: View,
  holder: Cardholder,
  content: Content<unknown, unknown>,
  block: BlockContext,
): Wallet | (typeof CARDHOLDER_FAULTS)[number] {
  const wallet = view.get(WALLET.key(toHex(holder.wallet)));
  if (wallet?.municipality !== holder.municipality) return "UNKNOWN_WALLET";
  if (wallet.status !== "ACTIVE" || wallet.isFrozen) return "WALLET_SUSPENDED";
  const opened = commitToCard(holder.cardSalt, signingKey(content, "card"));
  if (!equalBytes(opened, wallet.cardCommit)) return "CARD_MISMATCH";
  const list = view.get(STATUS_LIST.key(holder.municipality));
  const { amountPt = 0 } = holder;
  return isStatusFresh(view, { wallet, list, amountPt }, block) ? wallet : "CERT_STATUS_STALE";
}

/** The same where the state says how much the card moves, as for a voucher's face value. */
export function walletOfCardMoving(
  view: View,
  holder: Cardholder & { readonly amountPt: number },
  content: Content<unknown, unknown>,
  block: BlockContext,
): ReturnType<typeof walletOfCard> {
  // Whatever the amount: a rule that does not declare both ages fails at once, not with its first large amount.
  for (const age of statusAgesOf(null)) view.get(age);
  return walletOfCard(view, holder, content, block);
}
