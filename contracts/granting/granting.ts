/** Granting: points come into being against a budget right, as one lot of each wallet. */
import { toHex } from "../../ledger/bytes.ts";
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { type Infer, nullable, record } from "../../ledger/schema.ts";
import type { BlockContext, View } from "../declaration.ts";
import { civilDate, fiscalYearOf } from "../fields/dates.ts";
import { amountPt, fiscalYear, grantCategory, shortName, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, lotPosting, type Posting, posting } from "../points/accounts.ts";
import { lastDayOf } from "../points/expiry-rule.ts";
import { addLot, type NewLot } from "../points/wallet-lots.ts";
import type { StateKey } from "../state/key-space.ts";
import {
  BUDGET,
  ISSUE,
  POINT_TYPE,
  type PointType,
  rightLeft,
  WALLET,
  type Wallet,
  WIND_DOWN,
} from "../state/state-records.ts";

/** On what terms points are granted. */
export const grantFields = {
  issuer: municipalityCode,
  pointType: shortName,
  fiscalYear,
  budgetCategory: grantCategory,
  /** The last day; null leaves it to the point type's rule, which must name one or none. */
  expiresOn: nullable(civilDate),
};
const grantSchema = record(grantFields);
type Grant = Infer<typeof grantSchema>;

/** So many points for a wallet. */
export const grantItem = record({ wallet: walletHandle, amountPt });
type GrantItem = Infer<typeof grantItem>;

/** Why points cannot be granted. */
export const GRANT_FAULTS = [
  "UNKNOWN_POINT_TYPE",
  "SCHEME_ENDING",
  "FISCAL_YEAR_MISMATCH",
  "EXPIRY_MISMATCH",
  "EXPIRY_IN_PAST",
  "UNKNOWN_WALLET",
  "WALLET_SUSPENDED",
  "LIMIT_EXCEEDED",
  "BUDGET_INSUFFICIENT",
] as const;
type GrantFault = (typeof GRANT_FAULTS)[number];

/** The keys that a grant reads and writes. */
export function keysOfGrant(grant: Grant, items: readonly GrantItem[]): StateKey<unknown>[] {
  return [
    POINT_TYPE.key(grant.issuer, grant.pointType),
    WIND_DOWN.key(grant.issuer, grant.pointType),
    ISSUE.key(grant.issuer, grant.pointType),
    BUDGET.key(grant.issuer, grant.fiscalYear, grant.budgetCategory),
    ...items.map(({ wallet }) => WALLET.key(toHex(wallet))),
  ];
}

/** Grants all items, each to another wallet, or none. */
export function grantAll(
  view: View,
  grant: Grant,
  items: readonly GrantItem[],
  block: BlockContext,
): readonly Posting[] | GrantFault {
  const terms = termsOf(view, grant, block);
  if (typeof terms === "string") return terms;
  const postings: Posting[] = [];
  let totalPt = 0;
  for (const item of items) {
    if (item.amountPt > terms.perGrantCapPt) return "LIMIT_EXCEEDED";
    const credit = grantOne(view, { ...terms.lot, amountPt: item.amountPt }, item.wallet);
    if (typeof credit === "string") return credit;
    postings.push(credit);
    totalPt = addPt(totalPt, item.amountPt);
  }
  const booked = bookGrant(view, grant, totalPt);
  return typeof booked === "string" ? booked : [...postings, ...booked];
}

type LotTerms = Omit<NewLot, "amountPt">;

/** The terms of the lots, or why there is nothing to grant today. */
function termsOf(
  view: View,
  grant: Grant,
  { today }: BlockContext,
): { readonly lot: LotTerms; readonly perGrantCapPt: number } | GrantFault {
  const { issuer, pointType } = grant;
  const type: PointType | null = view.get(POINT_TYPE.key(issuer, pointType));
  if (type === null) return "UNKNOWN_POINT_TYPE";
  if (view.get(WIND_DOWN.key(issuer, pointType)) !== null) return "SCHEME_ENDING";
  // A budget right is one of its year: no grant crosses 31 March.
  if (grant.fiscalYear !== fiscalYearOf(today)) return "FISCAL_YEAR_MISMATCH";
  const expiresOn = lastDayOf(type.expiryRule, today, grant.expiresOn);
  if (expiresOn === "EXPIRY_MISMATCH") return "EXPIRY_MISMATCH";
  if (expiresOn !== null && expiresOn < today) return "EXPIRY_IN_PAST";
  const lot: LotTerms = {
    issuer,
    pointType,
    category: grant.budgetCategory,
    issuedOn: today,
    expiresOn,
    origin: "GRANT",
    consideration: "NONE",
    restrictedTo: type.restrictedTo,
    perUseCapPt: type.perUseCapPt,
  };
  return { lot, perGrantCapPt: type.perGrantCapPt };
}

function grantOne(view: View, terms: NewLot, handle: Uint8Array): Posting | GrantFault {
  const key = WALLET.key(toHex(handle));
  const wallet: Wallet | null = view.get(key);
  // A pseudonym belongs to one municipality: what another grants to it would link the two.
  if (wallet?.municipality !== terms.issuer) return "UNKNOWN_WALLET";
  if (wallet.status !== "ACTIVE") return "WALLET_SUSPENDED";
  const added = addLot(wallet, terms);
  if (added === null) return "LIMIT_EXCEEDED";
  view.put(key, added.wallet);
  return lotPosting(key.text, added.lot, terms.amountPt);
}

/** Writes that so much more was issued and granted. */
function bookGrant(view: View, grant: Grant, totalPt: number): readonly Posting[] | GrantFault {
  const issueKey = ISSUE.key(grant.issuer, grant.pointType);
  const budgetKey = BUDGET.key(grant.issuer, grant.fiscalYear, grant.budgetCategory);
  const issuedPt = addPt(view.get(issueKey)?.issuedPt ?? 0, totalPt);
  if (issuedPt > ISSUED_PT_MAX) return "LIMIT_EXCEEDED";
  const budget = view.get(budgetKey);
  if (budget === null || rightLeft(budget) < totalPt) return "BUDGET_INSUFFICIENT";
  view.put(issueKey, { issuedPt });
  view.put(budgetKey, { ...budget, grantedPt: addPt(budget.grantedPt, totalPt) });
  return [
    posting(issueKey.text, issueKey.id, -totalPt),
    posting(budgetKey.text, budgetKey.text, -totalPt),
    posting(`granted/${budgetKey.id}`, budgetKey.text, totalPt),
  ];
}
