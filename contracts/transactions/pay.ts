import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { lotPosting, posting } from "../accounts.ts";
import { commitToCard } from "../card-commitment.ts";
import { CARD, defineTransaction, signingKey, TERMINAL_DEVICE } from "../declaration.ts";
import { amountPt, cardSalt, shortName, walletHandle } from "../fields.ts";
import { chooseLots, debitLots } from "../lots.ts";
import { MERCHANT, MERCHANT_ACCOUNT, TERMINAL, WALLET } from "../state-records.ts";
import { creditTill, HOLDINGS_MAX } from "../till.ts";

/**
 * PAY: a resident spends points at a merchant's terminal. Card and terminal sign the same message; nothing
 * of it is public, so that nothing about a person or a shop stays.
 */
export const pay = defineTransaction({
  type: "PAY",
  since: 1,
  title: { ja: "ポイントの利用", en: "Pay with points" },
  summary: {
    ja: "本人のカードと店の端末の署名により、ポイントで支払います。内容は公開部に残りません。",
    en: "Pays a merchant, signed by the resident's card and the terminal. Nothing of it is public.",
  },
  public: record({}),
  private: record({
    wallet: walletHandle,
    merchant: shortName,
    terminal: shortName,
    amountPt,
    cardSalt,
  }),
  validity: "card",
  signers: [CARD, TERMINAL_DEVICE],
  faults: [
    "UNKNOWN_MERCHANT",
    "MERCHANT_SUSPENDED",
    "UNKNOWN_TERMINAL",
    "TERMINAL_REVOKED",
    "SIGNER_NOT_AUTHORISED",
    "UNKNOWN_WALLET",
    "WALLET_SUSPENDED",
    "CARD_MISMATCH",
    "BALANCE_INSUFFICIENT",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ private: { wallet, merchant, terminal } }) =>
    [
      MERCHANT.key(merchant),
      MERCHANT_ACCOUNT.key(merchant),
      TERMINAL.key(terminal),
      WALLET.key(toHex(wallet)),
    ] as const,
  apply(view, content, block, [merchantKey, tillKey, terminalKey, walletKey]) {
    const payment = content.private;
    const merchant = view.get(merchantKey);
    const till = view.get(tillKey);
    if (merchant === null || till === null) return "UNKNOWN_MERCHANT";
    if (merchant.status !== "ACTIVE") return "MERCHANT_SUSPENDED";

    const terminal = view.get(terminalKey);
    if (terminal?.merchant !== payment.merchant) return "UNKNOWN_TERMINAL";
    if (terminal.status !== "ACTIVE") return "TERMINAL_REVOKED";
    if (!equalBytes(terminal.publicKey, signingKey(content, "terminal"))) {
      return "SIGNER_NOT_AUTHORISED";
    }

    const wallet = view.get(walletKey);
    if (wallet === null) return "UNKNOWN_WALLET";
    if (wallet.status !== "ACTIVE") return "WALLET_SUSPENDED";
    const opened = commitToCard(payment.cardSalt, signingKey(content, "card"));
    if (!equalBytes(opened, wallet.cardCommit)) return "CARD_MISMATCH";

    const place = { issuer: merchant.issuer, category: merchant.category, today: block.today };
    const uses = chooseLots(wallet.lots, place, payment.amountPt);
    if (typeof uses === "string") return uses;
    const holdings = creditTill(till.holdings, uses);
    if (holdings.length > HOLDINGS_MAX) return "LIMIT_EXCEEDED";

    view.put(walletKey, { ...wallet, lots: debitLots(wallet.lots, uses) });
    view.put(tillKey, { holdings });
    return uses.flatMap(({ lot, usedPt }) => {
      const debit = lotPosting(walletKey.text, lot, -usedPt);
      return [debit, posting(`merchant/${payment.merchant}`, debit.asset, usedPt)];
    });
  },
});
