import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { lotPosting, posting } from "../accounts.ts";
import { commitToCard } from "../card-commitment.ts";
import { isStatusFresh } from "../card-status.ts";
import { fiscalYearOf } from "../dates.ts";
import { CARD, defineTransaction, signingKey, TERMINAL_DEVICE } from "../declaration.ts";
import { amountPt, cardSalt, shortName, walletHandle } from "../fields.ts";
import { chooseLots, debitLots } from "../lots.ts";
import { municipalityCode } from "../municipality-code.ts";
import { MERCHANT, MERCHANT_ACCOUNT, STATUS_LIST, TERMINAL, WALLET } from "../state-records.ts";
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
    /** The wallet's: its verifier has the last word on the card. */
    municipality: municipalityCode,
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
    "CERT_STATUS_STALE",
    "BALANCE_INSUFFICIENT",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ private: { municipality, wallet, merchant, terminal } }) => [
    MERCHANT.key(merchant),
    MERCHANT_ACCOUNT.key(merchant),
    TERMINAL.key(terminal),
    WALLET.key(toHex(wallet)),
    STATUS_LIST.key(municipality),
  ],
  apply(view, content, block) {
    const payment = content.private;
    const merchant = view.get(MERCHANT.key(payment.merchant));
    const tillKey = MERCHANT_ACCOUNT.key(payment.merchant);
    const till = view.get(tillKey);
    if (merchant === null || till === null) return "UNKNOWN_MERCHANT";
    if (merchant.status !== "ACTIVE") return "MERCHANT_SUSPENDED";

    const terminal = view.get(TERMINAL.key(payment.terminal));
    if (terminal?.merchant !== payment.merchant) return "UNKNOWN_TERMINAL";
    if (terminal.status !== "ACTIVE") return "TERMINAL_REVOKED";
    if (!equalBytes(terminal.publicKey, signingKey(content, "terminal"))) {
      return "SIGNER_NOT_AUTHORISED";
    }

    const walletKey = WALLET.key(toHex(payment.wallet));
    const wallet = view.get(walletKey);
    if (wallet?.municipality !== payment.municipality) return "UNKNOWN_WALLET";
    if (wallet.status !== "ACTIVE") return "WALLET_SUSPENDED";
    const opened = commitToCard(payment.cardSalt, signingKey(content, "card"));
    if (!equalBytes(opened, wallet.cardCommit)) return "CARD_MISMATCH";
    const statusList = view.get(STATUS_LIST.key(payment.municipality));
    if (!isStatusFresh(wallet, statusList, payment.amountPt, block)) return "CERT_STATUS_STALE";

    const place = { issuer: merchant.issuer, category: merchant.category, today: block.today };
    const uses = chooseLots(wallet.lots, place, payment.amountPt);
    if (typeof uses === "string") return uses;
    const holdings = creditTill(till.holdings, uses, fiscalYearOf(block.today));
    if (holdings.length > HOLDINGS_MAX) return "LIMIT_EXCEEDED";

    view.put(walletKey, { ...wallet, lots: debitLots(wallet.lots, uses) });
    view.put(tillKey, { holdings });
    return uses.flatMap(({ lot, usedPt }) => {
      const debit = lotPosting(walletKey.text, lot, -usedPt);
      return [debit, posting(`merchant/${payment.merchant}`, debit.asset, usedPt)];
    });
  },
});
