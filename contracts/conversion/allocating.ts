/** Allocating: support points become points of a municipality, and the partner owes it ¥1 for each. */
import { toHex } from "../../ledger/bytes.ts";
import { AMOUNT_PT_MAX, ISSUED_PT_MAX, TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { createdAtMsOf } from "../../ledger/transaction-id.ts";
import type { BlockContext, View } from "../declaration.ts";
import { civilDateAt } from "../fields/dates.ts";
import { addPt, lotPosting, type Posting, posting, supportAsset } from "../points/accounts.ts";
import { lastDayOf } from "../points/expiry-rule.ts";
import { addLot, type NewLot } from "../points/wallet-lots.ts";
import { owe, withMoreOwed } from "../settlement/dues.ts";
import type { StateKey } from "../state/key-space.ts";
import { DUE, ISSUE, POINT_TYPE, type Wallet, WIND_DOWN } from "../state/state-records.ts";
import { PARTNER } from "./conversion-records.ts";

const DAY_MS = 86_400_000;

/** Which points become which, and the id of the transaction that does it. */
export interface Allocation {
  readonly partner: string;
  readonly issuer: string;
  readonly pointType: string;
  /** It names the month under which the partner owes. */
  readonly id: string;
}

/** Why support points cannot become points of a type. */
export const ALLOCATION_FAULTS = [
  "UNKNOWN_POINT_TYPE",
  "SCHEME_ENDING",
  "NOT_CONVERTIBLE",
  "LIMIT_EXCEEDED",
] as const;
type AllocationFault = (typeof ALLOCATION_FAULTS)[number];

/** The due of a partner to a municipality for what is converted in a month. */
export function conversionDueKey({ partner, issuer, id }: Allocation): ReturnType<typeof DUE.key> {
  // Keys are made of whatever is sent: also of a time whose date in Japan is beyond the calendar.
  const month = civilDateAt(Math.min(createdAtMsOf(id), TIMESTAMP_MS_MAX - DAY_MS)).slice(0, 7);
  return DUE.key(partner, issuer, `conversion-${month}`);
}

/** The keys that an allocation reads and writes, but for reserves and wallets. */
export function keysOfAllocation(allocation: Allocation): StateKey<unknown>[] {
  const { partner, issuer, pointType } = allocation;
  return [
    PARTNER.key(partner),
    POINT_TYPE.key(issuer, pointType),
    WIND_DOWN.key(issuer, pointType),
    ISSUE.key(issuer, pointType),
    conversionDueKey(allocation),
  ];
}

/** The terms of the lots that an allocation makes, or why it makes none. */
export function conversionTerms(
  view: View,
  { issuer, pointType }: Allocation,
  { today }: BlockContext,
): Omit<NewLot, "amountPt"> | AllocationFault {
  const type = view.get(POINT_TYPE.key(issuer, pointType));
  if (type === null) return "UNKNOWN_POINT_TYPE";
  if (view.get(WIND_DOWN.key(issuer, pointType)) !== null) return "SCHEME_ENDING";
  const expiresOn = lastDayOf(type.expiryRule, today, null);
  const isLapsed = expiresOn !== null && expiresOn < today;
  if (type.category !== "ECONOMY" || expiresOn === "EXPIRY_MISMATCH" || isLapsed) {
    return "NOT_CONVERTIBLE";
  }
  return {
    issuer,
    pointType,
    category: "ECONOMY",
    issuedOn: today,
    expiresOn,
    origin: "CONVERSION",
    consideration: "NONE",
    restrictedTo: type.restrictedTo,
    perUseCapPt: type.perUseCapPt,
  };
}

/** The wallet with the converted points, and the posting; null when it is full. */
export function creditConversion(
  wallet: Wallet,
  handle: Uint8Array,
  lot: NewLot,
): { readonly wallet: Wallet; readonly posting: Posting } | null {
  const added = lot.amountPt > AMOUNT_PT_MAX ? null : addLot(wallet, lot);
  if (added === null) return null;
  const credit = lotPosting(`wallet/${toHex(handle)}`, added.lot, lot.amountPt);
  return { wallet: added.wallet, posting: credit };
}

/** Writes that so many support points became points, and are owed for. */
export function bookAllocation(
  view: View,
  allocation: Allocation,
  amountPt: number,
  { today }: BlockContext,
): readonly Posting[] | "LIMIT_EXCEEDED" | "NOT_CONVERTIBLE" {
  const { partner: name, issuer, pointType } = allocation;
  const issueKey = ISSUE.key(issuer, pointType);
  const partnerKey = PARTNER.key(name);
  const dueKey = conversionDueKey(allocation);
  const issuedPt = addPt(view.get(issueKey)?.issuedPt ?? 0, amountPt);
  const partner = view.get(partnerKey);
  if (partner === null) throw new Error(`${partnerKey.text} issued the points of a reserve`);
  if (issuedPt > ISSUED_PT_MAX) return "LIMIT_EXCEEDED";
  const before = view.get(dueKey);
  // Who names a cause freely could name this one: what is owed for a campaign is not added to.
  if (before !== null && before.kind !== "CONVERSION") return "NOT_CONVERTIBLE";
  view.put(issueKey, { issuedPt });
  view.put(partnerKey, { ...partner, supportPt: partner.supportPt - amountPt });
  const owed = { kind: "CONVERSION" as const, amountYen: amountPt, today };
  view.put(dueKey, withMoreOwed(before, owed));
  return [
    posting(`partner-issue/${name}`, supportAsset(name), amountPt),
    posting(issueKey.text, issueKey.id, -amountPt),
    ...owe(dueKey.id, amountPt),
  ];
}
