/** What holds wherever a resident and a terminal meet: the terminal is the shop's, the card the wallet's. */
import { equalBytes, toHex } from "../ledger/bytes.ts";
import { commitToCard } from "./card-commitment.ts";
import { type Content, signingKey, type View } from "./declaration.ts";
import { cardSalt, shortName, walletHandle } from "./fields.ts";
import type { StateKey } from "./key-space.ts";
import { MERCHANT, type Merchant, TERMINAL, WALLET, type Wallet } from "./state-records.ts";

/** A terminal of a merchant. */
export const counterFields = { merchant: shortName, terminal: shortName };

/** A wallet, and what opens its commitment to the card. */
export const cardholderFields = { wallet: walletHandle, cardSalt };

interface Counter {
  readonly merchant: string;
  readonly terminal: string;
}

interface Cardholder {
  readonly wallet: Uint8Array;
  readonly cardSalt: Uint8Array;
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
export const CARDHOLDER_FAULTS = ["UNKNOWN_WALLET", "WALLET_SUSPENDED", "CARD_MISMATCH"] as const;

/** The keys that `merchantAt` reads. */
export function keysOfCounter({ merchant, terminal }: Counter): StateKey<unknown>[] {
  return [MERCHANT.key(merchant), TERMINAL.key(terminal)];
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

/** The wallet whose card signs, or why it may not. */
export function walletOfCard(
  view: View,
  cardholder: Cardholder,
  content: Content<unknown, unknown>,
): Wallet | (typeof CARDHOLDER_FAULTS)[number] {
  const wallet = view.get(WALLET.key(toHex(cardholder.wallet)));
  if (wallet === null) return "UNKNOWN_WALLET";
  if (wallet.status !== "ACTIVE") return "WALLET_SUSPENDED";
  const opened = commitToCard(cardholder.cardSalt, signingKey(content, "card"));
  return equalBytes(opened, wallet.cardCommit) ? wallet : "CARD_MISMATCH";
}
