import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { ed25519Key, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { VOUCHER, VOUCHER_SERIES } from "./voucher.ts";

/** VOUCHER_REISSUE: two officers replace a voucher that was damaged or lost; the old one is dead at once. */
export const voucherReissue = defineTransaction({
  type: "VOUCHER_REISSUE",
  since: 1,
  title: { ja: "ポイント券の再発行", en: "Replace a voucher" },
  summary: {
    ja: "破損や紛失の届出により、二人の職員の署名で券を取り替えます。古い券は使えなくなります。",
    en: "Replaces a voucher that was damaged or lost; the old one can no longer be used. Two officers sign.",
  },
  public: record({
    issuer: municipalityCode,
    series: shortName,
    voucher: ed25519Key,
    newVoucher: ed25519Key,
  }),
  private: null,
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["UNKNOWN_SERIES", "SERIES_CLOSED", "UNKNOWN_VOUCHER", "VOUCHER_USED", "KEY_USED"],
  keys: ({ public: { issuer, series, voucher, newVoucher } }) => [
    VOUCHER_SERIES.key(issuer, series),
    VOUCHER.key(toHex(voucher)),
    VOUCHER.key(toHex(newVoucher)),
  ],
  apply(view, { public: { issuer, series: name, voucher, newVoucher } }, { today }) {
    const series = view.get(VOUCHER_SERIES.key(issuer, name));
    if (series === null) return "UNKNOWN_SERIES";
    if (series.expiresOn < today) return "SERIES_CLOSED";
    const oldKey = VOUCHER.key(toHex(voucher));
    const newKey = VOUCHER.key(toHex(newVoucher));
    const old = view.get(oldKey);
    if (old?.issuer !== issuer || old.series !== name) return "UNKNOWN_VOUCHER";
    if (old.status !== "OPEN") return "VOUCHER_USED";
    if (view.get(newKey) !== null) return "KEY_USED";
    view.put(oldKey, { ...old, status: "CANCELLED" });
    view.put(newKey, old);
    return [];
  },
});
