/** The till: a payment or a visit, from the card on the reader to the signed transaction. */
import type { CampaignName } from "../../contracts/campaigns/campaign-records.ts";
import { LARGE_PAYMENT_PT } from "../../contracts/residents/card-status.ts";
import { toHex } from "../../ledger/bytes.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";
import type { Card } from "../card/card.ts";
import { CardError } from "../card/card-faults.ts";
import {
  type BuildContext,
  type SignedTransaction,
  signDraft,
  type TransactionSigner,
} from "../sdk/transaction-builder.ts";
import type { CardInQuestion } from "../verifier/questions.ts";
import { withUnlockedCard } from "./card-signer.ts";

/** What the registrar tells a till about the wallet of a card. */
export interface WalletOfCard {
  /** With which the wallet is, and whose verifier attests the card. */
  readonly municipality: string;
  readonly handle: Uint8Array;
  /** Opens the wallet's commitment to the card. */
  readonly cardSalt: Uint8Array;
}

/** What is registered of the till, and whom it asks. */
export interface Till {
  readonly merchant: string;
  readonly terminal: string;
  readonly key: TransactionSigner;
  /** The wallet of a card's certificate (DER) at that time. @throws when there is none. */
  walletOf(certificate: Uint8Array, nowMs: number): Promise<WalletOfCard> | WalletOfCard;
  /**
   * Where only a street's members are served: the customer's pseudonym with the street. @throws LedgerFault `UNKNOWN_LINK`
   * and others when he is none.
   */
  readonly memberOf?: (certificate: Uint8Array, nowMs: number) => Promise<Uint8Array>;
  /**
   * Has the issuer asked about a card before a large payment. Resolves also when nobody can be asked: whether the last
   * word is recent enough is for the ledger to say. @throws when the card is known not to be good.
   */
  readonly attest?: (card: CardInQuestion, nowMs: number) => Promise<void>;
}

/** One payment. */
export interface Payment {
  readonly amountPt: number;
  /** Four ASCII digits; wiped. */
  readonly pin: Uint8Array;
}

/**
 * The signed PAY of a card on this till's reader: card and terminal sign the same message.
 * @throws CardError, CertificateError; what `walletOf` throws; LedgerFault `INVALID_FIELD`.
 */
export function pay(
  till: Till,
  card: Card,
  { amountPt, pin }: Payment,
  context: BuildContext,
): Promise<SignedTransaction> {
  const terms = { amountPt, campaign: null };
  return signAtTill(till, card, { type: "PAY", amountPt, terms, pin }, context);
}

/**
 * The signed EVENT_CHECKIN of a card on this till's reader. @param visit the PIN is wiped.
 * @throws as `pay`.
 */
export function checkIn(
  till: Till,
  card: Card,
  { event, pin }: { readonly event: CampaignName; readonly pin: Uint8Array },
  context: BuildContext,
): Promise<SignedTransaction> {
  const terms = { campaign: event };
  return signAtTill(till, card, { type: "EVENT_CHECKIN", amountPt: 0, terms, pin }, context);
}

function signAtTill(
  till: Till,
  card: Card,
  {
    type,
    amountPt,
    terms,
    pin,
  }: Payment & { readonly type: string; readonly terms: { readonly [field: string]: JsonValue } },
  context: BuildContext,
): Promise<SignedTransaction> {
  return withUnlockedCard(card, pin, async (unlocked) => {
    const { certificate } = unlocked;
    await till.memberOf?.(certificate, context.nowMs);
    const found = await till.walletOf(certificate, context.nowMs);
    if (amountPt > LARGE_PAYMENT_PT) {
      await till.attest?.({ certificate, ...found }, context.nowMs);
    }
    const { municipality, handle, cardSalt } = found;
    const { merchant, terminal } = till;
    const wallet = { municipality, wallet: toHex(handle), cardSalt: toHex(cardSalt) };
    const draft = { type, public: {}, private: { ...wallet, merchant, terminal, ...terms } };
    const signed = await signDraft(draft, [unlocked, till.key], context);
    // What leaves here is right: a card that signs wrongly is found out before a node is asked.
    if (signaturesOf(decodeTransaction(signed.bytes)).every(verifySignature)) return signed;
    throw new CardError({ code: "CARD_UNEXPECTED_ANSWER", step: "SIGN" });
  });
}
