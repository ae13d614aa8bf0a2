import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { POINT_TYPE } from "../state/state-records.ts";
import { VOUCHER_SERIES, voucherSeriesFields } from "./voucher.ts";

/** VOUCHER_SERIES_DEFINE: an issuer lays down the terms of a series of vouchers, once. */
export const voucherSeriesDefine = defineTransaction({
  type: "VOUCHER_SERIES_DEFINE",
  since: 1,
  title: { ja: "ポイント券の定義", en: "Define a series of vouchers" },
  summary: {
    ja: "券面額、発行総額、有効期限、換金期限、使える店の種類を定めます。",
    en: "Lays down face value, total, last days for residents and for shops, and where it is taken.",
  },
  public: record({
    issuer: municipalityCode,
    series: shortName,
    pointType: shortName,
    ...voucherSeriesFields,
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_POINT_TYPE", "ALREADY_EXISTS", "EXPIRY_IN_PAST", "EXPIRY_MISMATCH"],
  keys: ({ public: { issuer, series, pointType } }) => [
    POINT_TYPE.key(issuer, pointType),
    VOUCHER_SERIES.key(issuer, series),
  ],
  apply(view, { public: { issuer, series, ...terms } }, { today }) {
    const type = view.get(POINT_TYPE.key(issuer, terms.pointType));
    if (type === null) return "UNKNOWN_POINT_TYPE";
    const key = VOUCHER_SERIES.key(issuer, series);
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    if (terms.expiresOn < today) return "EXPIRY_IN_PAST";
    if (terms.redeemableUntil < terms.expiresOn) return "EXPIRY_MISMATCH";
    const { category, legalClass, perUseCapPt } = type;
    const consideration = legalClass === "PREPAID" ? "PAID" : "NONE";
    const nothing = { issuedPt: 0, redeemedPt: 0, cancelledPt: 0, expiredPt: 0 };
    view.put(key, { ...terms, category, consideration, perUseCapPt, ...nothing });
    return [];
  },
});
