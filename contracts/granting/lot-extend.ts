import { toHex } from "../../ledger/bytes.ts";
import { WALLETS_LISTED_MAX } from "../../ledger/limits.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { civilDate } from "../fields/dates.ts";
import { shortName, walletHandles } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { WALLET, WIND_DOWN } from "../state/state-records.ts";

/**
 * LOT_EXTEND: points that would lapse on a day can be spent longer: after a disaster, or when shops had to close.
 * Also what has lapsed and was not swept yet. No date ever comes nearer.
 */
export const lotExtend = defineTransaction({
  type: "LOT_EXTEND",
  since: 1,
  title: { ja: "有効期限の延長", en: "Extend points" },
  summary: {
    ja: "災害などのとき、同じ日に期限が来るポイントの期限を延ばします。早めることはできません。",
    en: "Gives points that lapse on a day a later last day, after a disaster for instance; never an earlier one.",
  },
  public: record({
    issuer: municipalityCode,
    pointType: shortName,
    expiresOn: civilDate,
    extendedTo: civilDate,
  }),
  private: record({ wallets: walletHandles(WALLETS_LISTED_MAX) }),
  validity: "organisation",
  signers: makerAndChecker("issuer"),
  faults: ["EXPIRY_MISMATCH", "EXPIRY_IN_PAST", "SCHEME_ENDING", "UNKNOWN_LOT"],
  keys: ({ public: { issuer, pointType }, private: { wallets } }) => [
    WIND_DOWN.key(issuer, pointType),
    ...wallets.map((handle) => WALLET.key(toHex(handle))),
  ],
  apply(view, { public: change, private: { wallets } }, { today }) {
    const { issuer, pointType, expiresOn, extendedTo } = change;
    if (extendedTo <= expiresOn) return "EXPIRY_MISMATCH";
    if (extendedTo < today) return "EXPIRY_IN_PAST";
    if (view.get(WIND_DOWN.key(issuer, pointType)) !== null) return "SCHEME_ENDING";
    for (const handle of wallets) {
      const key = WALLET.key(toHex(handle));
      const wallet = view.get(key);
      const lots = (wallet?.lots ?? []).map((lot) => {
        const isMeant =
          lot.issuer === issuer && lot.pointType === pointType && lot.expiresOn === expiresOn;
        return isMeant ? { ...lot, expiresOn: extendedTo } : lot;
      });
      const isThere = lots.some((lot, i) => lot !== wallet?.lots[i]);
      // A list with a wrong wallet is a wrong list.
      if (wallet === null || !isThere) return "UNKNOWN_LOT";
      view.put(key, { ...wallet, lots });
    }
    return [];
  },
});
