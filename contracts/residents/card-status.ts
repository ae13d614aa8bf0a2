/**
 * Whether a card may still be used. Only accredited verifiers may ask the issuer of its certificate, so nodes cannot: a
 * verifier attests as of when it knows of no revocation, and every node checks how long ago that was.
 *
 * Nothing here is about a certificate. An attestation of a municipality says "as of then, every card of ours but
 * those of these wallets", one of a single card "as of then, this wallet's"; a payment carries neither and is judged by
 * the later of the two (docs/decisions/0017).
 */
import { CREATED_AHEAD_MS_MAX, TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { type Infer, record, uint } from "../../ledger/schema.ts";
import type { BlockContext } from "../declaration.ts";

/** A moment for which the issuer's own information speaks, ms since 1970: that of its list or of its answer. */
export const statusAsOfMs = uint(TIMESTAMP_MS_MAX);

/** What a municipality's verifier attested last. */
export const statusListSchema = record({ asOfMs: statusAsOfMs });
type StatusList = Infer<typeof statusListSchema>;

/** How old the word on a card may be when it is used, ms: a list of revoked certificates comes every day. */
export const STATUS_AGE_MS_MAX = 86_400_000;
/** The same for a large payment, ms: the issuer has to be asked about this one card. */
export const LARGE_PAYMENT_STATUS_AGE_MS_MAX = 300_000;
/** A payment above so many points is a large one. */
export const LARGE_PAYMENT_PT = 10_000;

/** Wallets that one attestation of a list suspends; of more, the rest goes first, by CARD_SUSPEND. */
export const STATUS_LIST_SUSPENDED_MAX = 1000;

/** Why a verifier's word is not taken. */
export const ATTESTATION_FAULTS = [
  "STATUS_AHEAD",
  "CERT_STATUS_STALE",
  "STATUS_SUPERSEDED",
] as const;

/**
 * Why a verifier's word is not taken, or null. It must be as late as the list that was attested last: that list counts for
 * a card that comes into use now, though nobody looked for it there.
 */
export function attestationFault(
  asOfMs: number,
  list: StatusList | null,
  { timestampMs }: BlockContext,
): (typeof ATTESTATION_FAULTS)[number] | null {
  // Otherwise one word would be good for ever.
  if (asOfMs > timestampMs + CREATED_AHEAD_MS_MAX) return "STATUS_AHEAD";
  if (timestampMs - asOfMs > STATUS_AGE_MS_MAX) return "CERT_STATUS_STALE";
  return asOfMs < (list?.asOfMs ?? 0) ? "STATUS_SUPERSEDED" : null;
}

/** Whether the last word on a card is recent enough for a payment. */
export function isStatusFresh(
  wallet: { readonly statusAsOfMs: number },
  list: StatusList | null,
  amountPt: number,
  { timestampMs }: BlockContext,
): boolean {
  const asOfMs = Math.max(wallet.statusAsOfMs, list?.asOfMs ?? 0);
  const isLarge = amountPt > LARGE_PAYMENT_PT;
  const ageMsMax = isLarge ? LARGE_PAYMENT_STATUS_AGE_MS_MAX : STATUS_AGE_MS_MAX;
  return timestampMs - asOfMs <= ageMsMax;
}
