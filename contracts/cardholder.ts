/** The resident whose card signs: the wallet is his, may be used, and his card was attested lately enough. */
import { equalBytes, toHex } from "../ledger/bytes.ts";
import { commitToCard } from "./card-commitment.ts";
import { isStatusFresh } from "./card-status.ts";
import { type BlockContext, type Content, signingKey, type View } from "./declaration.ts";
import { cardSalt, walletHandle } from "./fields.ts";
import type { StateKey } from "./key-space.ts";
import { municipalityCode } from "./municipality-code.ts";
import { STATUS_LIST, WALLET, type Wallet } from "./state-records.ts";

/** A wallet, its municipality, and what opens its commitment to the card. */
export const cardholderFields = { municipality: municipalityCode, wallet: walletHandle, cardSalt };

interface Cardholder {
  readonly municipality: string;
  readonly wallet: Uint8Array;
  readonly cardSalt: Uint8Array;
}

/** Why a card may not do what it asks for. */
export const CARDHOLDER_FAULTS = [
  "UNKNOWN_WALLET",
  "WALLET_SUSPENDED",
  "CARD_MISMATCH",
  "CERT_STATUS_STALE",
] as const;

/** The keys that `walletOfCard` reads. */
export function keysOfCardholder({ municipality, wallet }: Cardholder): StateKey<unknown>[] {
  return [WALLET.key(toHex(wallet)), STATUS_LIST.key(municipality)];
}

/** The wallet whose card signs for an amount, or why it may not. */
export function walletOfCard(
  view: View,
  content: Content<unknown, Cardholder>,
  amountPt: number,
  block: BlockContext,
): Wallet | (typeof CARDHOLDER_FAULTS)[number] {
  const { municipality, wallet: handle, cardSalt: salt } = content.private;
  const wallet = view.get(WALLET.key(toHex(handle)));
  if (wallet?.municipality !== municipality) return "UNKNOWN_WALLET";
  if (wallet.status !== "ACTIVE") return "WALLET_SUSPENDED";
  const opened = commitToCard(salt, signingKey(content, "card"));
  if (!equalBytes(opened, wallet.cardCommit)) return "CARD_MISMATCH";
  const statusList = view.get(STATUS_LIST.key(municipality));
  return isStatusFresh(wallet, statusList, amountPt, block) ? wallet : "CERT_STATUS_STALE";
}
