/** Spending at a counter: points leave the wallet of the card that signs for the till of the terminal that signs. */
import { toHex } from "../../ledger/bytes.ts";
import { privateHashIn } from "../../ledger/transaction.ts";
import { CAMPAIGN_FAULTS, type Given, givePremium, keysOfPremium } from "../campaigns/premium.ts";
import type { BlockContext, Content, View } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { lotPosting, type Posting, posting } from "../points/accounts.ts";
import { chooseLots } from "../points/lots.ts";
import { debitWallet } from "../points/wallet-lots.ts";
import type { StateKey } from "../state/key-space.ts";
import { MERCHANT_ACCOUNT, WALLET } from "../state/state-records.ts";
import {
  CARDHOLDER_FAULTS,
  COUNTER_FAULTS,
  keysOfCardholder,
  keysOfCounter,
  merchantAt,
  walletOfCard,
} from "./counter.ts";
import type { Payment } from "./payment.ts";
import { recentPayment, remember } from "./recent-payments.ts";
import { creditTill, HOLDINGS_MAX } from "./till.ts";

/** Why points cannot be spent. */
export const SPENDING_FAULTS = [
  ...COUNTER_FAULTS,
  ...CARDHOLDER_FAULTS,
  "BALANCE_INSUFFICIENT",
  "LIMIT_EXCEEDED",
  ...CAMPAIGN_FAULTS,
] as const;

/** The keys that spending reads and writes. */
export function keysOfSpending(payment: Payment): StateKey<unknown>[] {
  const { merchant, wallet, campaign } = payment;
  return [
    ...keysOfCounter(payment),
    ...keysOfCardholder(payment),
    MERCHANT_ACCOUNT.key(merchant),
    ...(campaign === null ? [] : keysOfPremium(campaign, toHex(wallet))),
  ];
}

/** Spends what the payment says; its wallet remembers how, so that it can be taken back. */
export function spend(
  view: View,
  payment: Payment,
  content: Content<unknown, unknown>,
  block: BlockContext,
): readonly Posting[] | (typeof SPENDING_FAULTS)[number] {
  const merchant = merchantAt(view, payment, content);
  if (typeof merchant === "string") return merchant;
  const tillKey = MERCHANT_ACCOUNT.key(payment.merchant);
  const till = view.get(tillKey);
  if (till === null) return "UNKNOWN_MERCHANT";
  const wallet = walletOfCard(view, payment, content, block);
  if (typeof wallet === "string") return wallet;

  const { issuer, accepts, category } = merchant;
  const place = { issuer, accepts, category, today: block.today };
  const uses = chooseLots(wallet.lots, place, payment.amountPt);
  if (typeof uses === "string") return uses;
  const holdings = creditTill(till.holdings, uses, fiscalYearOf(block.today));
  if (holdings.length > HOLDINGS_MAX) return "LIMIT_EXCEEDED";

  const handleHex = toHex(payment.wallet);
  const debited: Given = { wallet: debitWallet(wallet, uses), premium: null, postings: [] };
  const occasion = { trigger: "PAY" as const, place, basePt: payment.amountPt };
  const given =
    payment.campaign === null
      ? debited
      : givePremium(view, payment.campaign, { ...occasion, ...debited, handleHex }, block);
  if (typeof given === "string") return given;
  const hash = privateHashIn(content.signedMessage);
  const paid = recentPayment(hash, block.today, uses, given.premium);
  view.put(WALLET.key(handleHex), remember(given.wallet, paid));
  view.put(tillKey, { holdings });
  const spent = uses.flatMap(({ lot, usedPt }) => {
    const debit = lotPosting(`wallet/${handleHex}`, lot, -usedPt);
    return [debit, posting(`merchant/${payment.merchant}`, debit.asset, usedPt)];
  });
  return [...spent, ...given.postings];
}
