import { toHex } from "../../ledger/bytes.ts";
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { ed25519Keys, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, lotPosting, posting } from "../points/accounts.ts";
import { chooseEligible } from "../points/lots.ts";
import { debitWallet } from "../points/wallet-lots.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardMoving,
  walletOfCardMoving,
} from "../spending/counter.ts";
import { WALLET } from "../state/state-records.ts";
import { fitsSeries, VOUCHER, VOUCHER_SERIES, VOUCHERS_AT_ONCE_MAX } from "./voucher.ts";

/** VOUCHER_ISSUE: a resident turns points into vouchers, to be printed. Nothing of it is public. */
export const voucherIssue = defineTransaction({
  type: "VOUCHER_ISSUE",
  since: 1,
  title: { ja: "ポイント券の発行", en: "Issue vouchers" },
  summary: {
    ja: "本人のカードの署名により、ポイントを券に替えます。内容は公開部に残りません。",
    en: "Turns points into vouchers, signed by the resident's card. Nothing of it is public.",
  },
  public: record({}),
  private: record({
    ...cardholderFields,
    issuer: municipalityCode,
    series: shortName,
    /** The public keys of the new vouchers. */
    vouchers: ed25519Keys(VOUCHERS_AT_ONCE_MAX),
  }),
  validity: "card",
  signers: [CARD],
  faults: [
    "UNKNOWN_SERIES",
    "SERIES_CLOSED",
    ...CARDHOLDER_FAULTS,
    "BALANCE_INSUFFICIENT",
    "LIMIT_EXCEEDED",
    "KEY_USED",
  ],
  keys: ({ private: order }) => [
    ...keysOfCardMoving(order),
    VOUCHER_SERIES.key(order.issuer, order.series),
    ...order.vouchers.map((key) => VOUCHER.key(toHex(key))),
  ],
  apply(view, content, block) {
    const { issuer, series: name, vouchers, wallet: handle } = content.private;
    const seriesKey = VOUCHER_SERIES.key(issuer, name);
    const series = view.get(seriesKey);
    if (series === null) return "UNKNOWN_SERIES";
    if (series.expiresOn < block.today) return "SERIES_CLOSED";
    const totalPt = series.facePt * vouchers.length;
    const wallet = walletOfCardMoving(
      view,
      { ...content.private, amountPt: totalPt },
      content,
      block,
    );
    if (typeof wallet === "string") return wallet;
    const ofIssuer = { ...series, issuer };
    const uses = chooseEligible(wallet.lots, (lot) => fitsSeries(lot, ofIssuer), totalPt);
    if (uses === null) return "BALANCE_INSUFFICIENT";
    const issuedPt = addPt(series.issuedPt, totalPt);
    // Otherwise one who makes and cancels vouchers could use up what is there for all.
    const inUsePt = issuedPt - series.cancelledPt;
    if (inUsePt > series.limitPt || issuedPt > ISSUED_PT_MAX) return "LIMIT_EXCEEDED";
    const keys = vouchers.map((key) => VOUCHER.key(toHex(key)));
    if (keys.some((key) => view.get(key) !== null)) return "KEY_USED";

    const walletKey = WALLET.key(toHex(handle));
    view.put(walletKey, debitWallet(wallet, uses));
    view.put(seriesKey, { ...series, issuedPt });
    for (const key of keys) view.put(key, { issuer, series: name, status: "OPEN" });
    return uses.flatMap(({ lot, usedPt }) => {
      const debit = lotPosting(walletKey.text, lot, -usedPt);
      return [debit, posting(`voucher/${seriesKey.id}`, debit.asset, usedPt)];
    });
  },
});
