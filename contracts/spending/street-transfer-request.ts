import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { amountPt, shortName } from "../fields/fields.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { lotPosting, posting } from "../points/accounts.ts";
import { chooseLots } from "../points/lots.ts";
import { debitWallet } from "../points/wallet-lots.ts";
import { MERCHANT, ORGANISATION, WALLET } from "../state/state-records.ts";
import { CARDHOLDER_FAULTS, cardholderFields, keysOfCardholder, walletOfCard } from "./counter.ts";
import { HOLD, STREET_KINDS } from "./street-transfer.ts";

const HOUR_MS = 3_600_000;

/** STREET_TRANSFER_REQUEST: a resident's points are to go into the system of a street, a carrier, a prepaid issuer. */
export const streetTransferRequest = defineTransaction({
  type: "STREET_TRANSFER_REQUEST",
  since: 1,
  title: { ja: "商店街への移行の申込み", en: "Ask for a street transfer" },
  summary: {
    ja: "本人のカードで、商店街のポイントへの移行を申し込みます。商店街が受け取るまで留め置きます。",
    en: "A resident's points are held until a shopping street has credited them in its own system.",
  },
  public: record({}),
  private: record({ ...cardholderFields, street: shortName, amountPt }),
  validity: "card",
  signers: [CARD],
  faults: [
    ...CARDHOLDER_FAULTS,
    "UNKNOWN_MERCHANT",
    "MERCHANT_SUSPENDED",
    "BALANCE_INSUFFICIENT",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ id, private: transfer }) => [
    ...keysOfCardholder(transfer),
    ORGANISATION.key(transfer.street),
    MERCHANT.key(transfer.street),
    PARAMETER.key("STREET_ACK_HOURS"),
    HOLD.key(id),
  ],
  apply(view, content, block) {
    const { street, ...transfer } = content.private;
    const wallet = walletOfCard(view, transfer, content, block);
    if (typeof wallet === "string") return wallet;
    const merchant = view.get(MERCHANT.key(street));
    const isStreet = STREET_KINDS.includes(view.get(ORGANISATION.key(street))?.kind ?? "");
    if (merchant === null || !isStreet) return "UNKNOWN_MERCHANT";
    if (merchant.status !== "ACTIVE") return "MERCHANT_SUSPENDED";
    const place = { issuer: merchant.issuer, category: merchant.category, today: block.today };
    const uses = chooseLots(wallet.lots, place, transfer.amountPt);
    if (typeof uses === "string") return uses;

    const walletKey = WALLET.key(toHex(transfer.wallet));
    const holdKey = HOLD.key(content.id);
    const ackHours = parameterOn(view, "STREET_ACK_HOURS", block.today);
    view.put(walletKey, debitWallet(wallet, uses));
    view.put(holdKey, {
      street,
      wallet: transfer.wallet,
      uses,
      answerByMs: block.timestampMs + ackHours * HOUR_MS,
      status: "HELD",
    });
    return uses.flatMap(({ lot, usedPt }) => {
      const debit = lotPosting(walletKey.text, lot, -usedPt);
      return [debit, posting(holdKey.text, debit.asset, usedPt)];
    });
  },
});
