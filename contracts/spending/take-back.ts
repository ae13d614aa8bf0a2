/** Taking a payment back, whole or in part: the points return to the lots that they came from, last used first. */
import { toHex } from "../../ledger/bytes.ts";
import { clawBack, type Given, keysOfPremium } from "../campaigns/premium.ts";
import type { BlockContext, View } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { lotPosting, type Posting, posting } from "../points/accounts.ts";
import { putBack, type Return } from "../points/wallet-lots.ts";
import type { StateKey } from "../state/key-space.ts";
import { MERCHANT_ACCOUNT, WALLET, type Wallet } from "../state/state-records.ts";
import { hashOfReceipt, type Payment, type Receipt } from "./payment.ts";
import { findPayment, leftOf, type RecentPayment, withPayment } from "./recent-payments.ts";
import { debitTill, type Holdings } from "./till.ts";

/** Why points cannot be taken back from a merchant. */
export const TAKE_BACK_FAULTS = [
  "PAYMENT_NOT_FOUND",
  "TILL_INSUFFICIENT",
  "LIMIT_EXCEEDED",
  "PREMIUM_SPENT",
] as const;
type TakeBackFault = (typeof TAKE_BACK_FAULTS)[number];

/** A payment that can be taken back. */
export interface Found {
  readonly wallet: Wallet;
  readonly recent: RecentPayment;
}

/** The keys that taking a payment back reads and writes. */
export function keysOfTakeBack({ payment }: Receipt): StateKey<unknown>[] {
  const handleHex = toHex(payment.wallet);
  return [
    WALLET.key(handleHex),
    MERCHANT_ACCOUNT.key(payment.merchant),
    PARAMETER.key("REFUND_GRACE_DAYS"),
    ...(payment.campaign === null ? [] : keysOfPremium(payment.campaign, handleHex)),
  ];
}

/** The payment of a receipt, as its wallet remembers it. */
export function foundPayment(view: View, receipt: Receipt): Found | "PAYMENT_NOT_FOUND" {
  const wallet = view.get(WALLET.key(toHex(receipt.payment.wallet)));
  if (wallet === null || wallet.status === "CLOSED") return "PAYMENT_NOT_FOUND";
  const recent = findPayment(wallet, hashOfReceipt(receipt));
  return recent === null ? "PAYMENT_NOT_FOUND" : { wallet, recent };
}

/** Takes so much of a payment back, no more than is left of it. */
export function takeBack(
  view: View,
  { payment }: Receipt,
  { wallet, recent, amountPt }: Found & { readonly amountPt: number },
  block: BlockContext,
): readonly Posting[] | TakeBackFault {
  const graceDays = parameterOn(view, "REFUND_GRACE_DAYS", block.today);
  const tillKey = MERCHANT_ACCOUNT.key(payment.merchant);
  const before = { wallet, recent, holdings: view.get(tillKey)?.holdings ?? [] };
  const returned = returnPoints(before, payment, amountPt, { today: block.today, graceDays });
  if (typeof returned === "string") return returned;
  const given = clawBackOf(view, payment, returned, block);
  if (typeof given === "string") return given;

  const changed = { ...returned.recent, premium: given.premium };
  view.put(WALLET.key(toHex(payment.wallet)), withPayment(given.wallet, changed));
  view.put(tillKey, { holdings: returned.holdings });
  return [...returned.postings, ...given.postings];
}

interface Books {
  readonly wallet: Wallet;
  readonly recent: RecentPayment;
  readonly holdings: Holdings;
}

function returnPoints(
  before: Books,
  payment: Payment,
  backPt: number,
  when: Return,
): (Books & { readonly postings: readonly Posting[] }) | TakeBackFault {
  let { wallet, holdings } = before;
  const postings: Posting[] = [];
  const uses = [...before.recent.uses];
  // What is not settled yet of the year of the payment, or else what was taken since.
  const takenIn = [before.recent.paidOn, when.today].map(fiscalYearOf);
  let leftPt = backPt;
  while (leftPt > 0) {
    const use = uses.pop();
    if (use === undefined) throw new Error("a payment has no more uses than points");
    const amountPt = Math.min(leftPt, use.usedPt);
    leftPt -= amountPt;
    if (amountPt < use.usedPt) uses.push({ ...use, usedPt: use.usedPt - amountPt });
    const back = putBack(wallet, { number: use.lot, amountPt }, when);
    if (typeof back === "string") return back;
    const { issuer, pointType } = back.lot;
    const after = debitTill(holdings, { issuer, pointType, takenIn }, amountPt);
    if (after === null) return "TILL_INSUFFICIENT";
    ({ wallet } = back);
    holdings = after;
    const credit = lotPosting(`wallet/${toHex(payment.wallet)}`, back.lot, amountPt);
    postings.push(posting(`merchant/${payment.merchant}`, credit.asset, -amountPt), credit);
  }
  return { wallet, holdings, recent: { ...before.recent, uses }, postings };
}

function clawBackOf(
  view: View,
  { campaign, wallet: handle }: Payment,
  { wallet, recent }: Books,
  block: BlockContext,
): Given | "PREMIUM_SPENT" {
  const { premium, paidOn } = recent;
  if (campaign === null || premium === null) return { wallet, premium, postings: [] };
  const remainder = { leftPt: leftOf(recent), premium, paidOn };
  return clawBack(view, campaign, { ...remainder, handleHex: toHex(handle), wallet }, block);
}
