import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, holder, TERMINAL_DEVICE } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { ed25519Key, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt } from "../points/accounts.ts";
import { COUNTER_FAULTS, counterFields, keysOfCounter, merchantAt } from "../spending/counter.ts";
import { creditHoldings, HOLDINGS_MAX, moveHoldings } from "../spending/till.ts";
import { MERCHANT_ACCOUNT } from "../state/state-records.ts";
import { isTakenBy, VOUCHER, VOUCHER_SERIES } from "./voucher.ts";

/**
 * VOUCHER_REDEEM: a shop takes a voucher, once and whole. The voucher signs for this shop, so that nobody else who
 * hears of it can redeem it first; where it was redeemed is not public.
 */
export const voucherRedeem = defineTransaction({
  type: "VOUCHER_REDEEM",
  since: 1,
  title: { ja: "ポイント券の利用", en: "Redeem a voucher" },
  summary: {
    ja: "店が券を一度だけ受け取ります。券と店の端末が署名し、カードは要りません。",
    en: "A shop takes a voucher, once. Voucher and terminal sign; no card is needed.",
  },
  public: record({ issuer: municipalityCode, series: shortName, voucher: ed25519Key }),
  private: record(counterFields),
  // As many as payments: the ids of none stand in the state for ever.
  validity: "card",
  signers: [holder("voucher"), TERMINAL_DEVICE],
  faults: [
    "UNKNOWN_SERIES",
    "UNKNOWN_VOUCHER",
    "VOUCHER_USED",
    "VOUCHER_EXPIRED",
    ...COUNTER_FAULTS,
    "NOT_ACCEPTED_HERE",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { issuer, series, voucher }, private: counter }) => [
    VOUCHER_SERIES.key(issuer, series),
    VOUCHER.key(toHex(voucher)),
    ...keysOfCounter(counter),
    MERCHANT_ACCOUNT.key(counter.merchant),
  ],
  apply(view, content, { today }) {
    const { issuer, series: name } = content.public;
    const { merchant: shop } = content.private;
    const seriesKey = VOUCHER_SERIES.key(issuer, name);
    const voucherKey = VOUCHER.key(toHex(content.public.voucher));
    const series = view.get(seriesKey);
    if (series === null) return "UNKNOWN_SERIES";
    const voucher = view.get(voucherKey);
    if (voucher?.issuer !== issuer || voucher.series !== name) return "UNKNOWN_VOUCHER";
    if (voucher.status !== "OPEN") return "VOUCHER_USED";
    if (series.redeemableUntil < today) return "VOUCHER_EXPIRED";

    const merchant = merchantAt(view, content.private, content);
    if (typeof merchant === "string") return merchant;
    const tillKey = MERCHANT_ACCOUNT.key(shop);
    const till = view.get(tillKey);
    if (till === null) return "UNKNOWN_MERCHANT";
    const isTaken = merchant.issuer === issuer && isTakenBy(series, merchant.category);
    if (!isTaken) return "NOT_ACCEPTED_HERE";

    const { pointType, facePt } = series;
    const taken = { fiscalYear: fiscalYearOf(today), issuer, pointType, balancePt: facePt };
    const holdings = creditHoldings(till.holdings, [taken]);
    if (holdings.length > HOLDINGS_MAX) return "LIMIT_EXCEEDED";
    view.put(voucherKey, { ...voucher, status: "REDEEMED" });
    view.put(seriesKey, { ...series, redeemedPt: addPt(series.redeemedPt, facePt) });
    view.put(tillKey, { ...till, holdings });
    return moveHoldings([taken], `voucher/${seriesKey.id}`, `merchant/${shop}`);
  },
});
