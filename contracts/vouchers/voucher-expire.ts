import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, pointAsset, posting } from "../points/accounts.ts";
import { EXPIRED } from "../state/state-records.ts";
import { outstandingPt, VOUCHER_SERIES } from "./voucher.ts";

/** VOUCHER_EXPIRE: what was not redeemed of a series that has ended lapses. */
export const voucherExpire = defineTransaction({
  type: "VOUCHER_EXPIRE",
  since: 1,
  title: { ja: "ポイント券の失効", en: "Expire a series of vouchers" },
  summary: {
    ja: "換金期限を過ぎたポイント券の残りを、失効の勘定に移します。",
    en: "After the last day for shops, what was not redeemed moves to the expired points.",
  },
  public: record({ issuer: municipalityCode, series: shortName, pointType: shortName }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "clerk")],
  faults: ["UNKNOWN_SERIES", "EXPIRY_MISMATCH", "SERIES_CLOSED"],
  keys: ({ public: { issuer, series, pointType } }) => [
    VOUCHER_SERIES.key(issuer, series),
    EXPIRED.key(issuer, pointType),
  ],
  apply(view, { public: { issuer, series: name, pointType } }, { today }) {
    const key = VOUCHER_SERIES.key(issuer, name);
    const series = view.get(key);
    if (series?.pointType !== pointType) return "UNKNOWN_SERIES";
    if (series.redeemableUntil >= today) return "EXPIRY_MISMATCH";
    const lapsedPt = outstandingPt(series);
    if (lapsedPt === 0) return "SERIES_CLOSED";
    const expiredKey = EXPIRED.key(issuer, pointType);
    const expiredPt = addPt(view.get(expiredKey)?.expiredPt ?? 0, lapsedPt);
    view.put(key, { ...series, expiredPt: addPt(series.expiredPt, lapsedPt) });
    view.put(expiredKey, { expiredPt });
    const asset = pointAsset(issuer, pointType);
    return [
      posting(`voucher/${key.id}`, asset, -lapsedPt),
      posting(expiredKey.text, asset, lapsedPt),
    ];
  },
});
