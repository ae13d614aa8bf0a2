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
import type { BlockContext, View } from "../declaration.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import type { StateKey } from "../state/key-space.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A moment for which the issuer's own information speaks, ms since 1970: that of its list or of its answer. */
export const statusAsOfMs = uint(TIMESTAMP_MS_MAX);

/** What a municipality's verifier attested last. */
export const statusListSchema = record({ asOfMs: statusAsOfMs });
type StatusList = Infer<typeof statusListSchema>;

/** A payment above so many points is a large one. */
export const LARGE_PAYMENT_PT = 10_000;

/** Wallets that one attestation of a list suspends; of more, the rest goes first, by CARD_SUSPEND. */
export const STATUS_LIST_SUSPENDED_MAX = 1000;

/** Says how old the word on a card may be: the rules about attestations read it. */
export const STATUS_AGE: StateKey<unknown> = PARAMETER.key("STATUS_AGE_HOURS");
/** The same for large payments. */
const LARGE_PAYMENT_STATUS_AGE = PARAMETER.key("LARGE_PAYMENT_STATUS_AGE_MINUTES");

/** Why a verifier's word is not taken. */
export const ATTESTATION_FAULTS = [
  "STATUS_AHEAD",
  "CERT_STATUS_STALE",
  "STATUS_SUPERSEDED",
] as const;

/**
 * Why a verifier's word is not taken, or null. It must be as late as the list that was attested last: that list counts for
 * a card that comes into use now, though nobody looked for it there. The rule declares `STATUS_AGE`.
 */
export function attestationFault(
  view: View,
  asOfMs: number,
  list: StatusList | null,
  block: BlockContext,
): (typeof ATTESTATION_FAULTS)[number] | null {
  // Otherwise one word would be good for ever.
  if (asOfMs > block.timestampMs + CREATED_AHEAD_MS_MAX) return "STATUS_AHEAD";
  const ageMsMax = statusAgeMsMax(view, 0, block);
  if (block.timestampMs - asOfMs > ageMsMax) return "CERT_STATUS_STALE";
  return asOfMs < (list?.asOfMs ?? 0) ? "STATUS_SUPERSEDED" : null;
}

/** The key that `isStatusFresh` reads for an amount; both when a rule does not know the amount before. */
export function statusAgesOf(amountPt: number | null): readonly StateKey<unknown>[] {
  if (amountPt === null) return [STATUS_AGE, LARGE_PAYMENT_STATUS_AGE];
  return amountPt > LARGE_PAYMENT_PT ? [LARGE_PAYMENT_STATUS_AGE] : [STATUS_AGE];
}

/** Whether the last word on a card is recent enough for a payment. The rule declares `statusAgesOf` it. */
export function isStatusFresh(
  view: View,
  use: {
    readonly wallet: { readonly statusAsOfMs: number };
    readonly list: StatusList | null;
    readonly amountPt: number;
  },
  block: BlockContext,
): boolean {
  const asOfMs = Math.max(use.wallet.statusAsOfMs, use.list?.asOfMs ?? 0);
  return block.timestampMs - asOfMs <= statusAgeMsMax(view, use.amountPt, block);
}

function statusAgeMsMax(view: View, amountPt: number, { today }: BlockContext): number {
  return amountPt > LARGE_PAYMENT_PT
    ? parameterOn(view, "LARGE_PAYMENT_STATUS_AGE_MINUTES", today) * MINUTE_MS
    : parameterOn(view, "STATUS_AGE_HOURS", today) * HOUR_MS;
}
