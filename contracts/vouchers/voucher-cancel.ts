import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction, holder } from "../declaration.ts";
import { ed25519Key, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, lotPosting, posting } from "../points/accounts.ts";
import { addLot } from "../points/wallet-lots.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardMoving,
  walletOfCardMoving,
} from "../spending/counter.ts";
import { WALLET } from "../state/state-records.ts";
import { VOUCHER, VOUCHER_SERIES } from "./voucher.ts";

/** VOUCHER_CANCEL: whoever holds an unused voucher puts its points back into his wallet. */
export const voucherCancel = defineTransaction({
  type: "VOUCHER_CANCEL",
  since: 1,
  title: { ja: "ポイント券の取消", en: "Cancel a voucher" },
  summary: {
    ja: "使っていない券を取り消し、ポイントを本人のウォレットに戻します。期限は券のままです。",
    en: "Cancels an unused voucher; its points go into the holder's wallet and expire with the voucher.",
  },
  public: record({ issuer: municipalityCode, series: shortName, voucher: ed25519Key }),
  private: record(cardholderFields),
  validity: "card",
  signers: [CARD, holder("voucher")],
  faults: [
    "UNKNOWN_SERIES",
    "UNKNOWN_VOUCHER",
    "VOUCHER_USED",
    "VOUCHER_EXPIRED",
    ...CARDHOLDER_FAULTS,
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { issuer, series, voucher }, private: cardholder }) => [
    VOUCHER_SERIES.key(issuer, series),
    VOUCHER.key(toHex(voucher)),
    ...keysOfCardMoving(cardholder),
  ],
  apply(view, content, block) {
    const { issuer, series: name } = content.public;
    const seriesKey = VOUCHER_SERIES.key(issuer, name);
    const voucherKey = VOUCHER.key(toHex(content.public.voucher));
    const series = view.get(seriesKey);
    if (series === null) return "UNKNOWN_SERIES";
    const voucher = view.get(voucherKey);
    if (voucher?.issuer !== issuer || voucher.series !== name) return "UNKNOWN_VOUCHER";
    if (voucher.status !== "OPEN") return "VOUCHER_USED";
    if (series.expiresOn < block.today) return "VOUCHER_EXPIRED";
    const { facePt: amountPt } = series;
    const wallet = walletOfCardMoving(view, { ...content.private, amountPt }, content, block);
    if (typeof wallet === "string") return wallet;
    // A pseudonym belongs to one municipality: points of another's in it would link the two.
    if (wallet.municipality !== issuer) return "UNKNOWN_WALLET";

    const { pointType, category, expiresOn, restrictedTo, consideration, perUseCapPt } = series;
    const returned = addLot(wallet, {
      issuer,
      pointType,
      category,
      amountPt,
      issuedOn: block.today,
      expiresOn,
      origin: "REFUND",
      consideration,
      restrictedTo,
      perUseCapPt,
    });
    if (returned === null) return "LIMIT_EXCEEDED";
    const walletKey = WALLET.key(toHex(content.private.wallet));
    view.put(walletKey, returned.wallet);
    view.put(voucherKey, { ...voucher, status: "CANCELLED" });
    view.put(seriesKey, { ...series, cancelledPt: addPt(series.cancelledPt, amountPt) });
    const credit = lotPosting(walletKey.text, returned.lot, amountPt);
    return [posting(`voucher/${seriesKey.id}`, credit.asset, -amountPt), credit];
  },
});
