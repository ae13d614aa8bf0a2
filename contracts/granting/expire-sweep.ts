import { toHex } from "../../ledger/bytes.ts";
import { WALLETS_LISTED_MAX } from "../../ledger/limits.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName, walletHandles } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, lotPosting, type Posting, posting } from "../points/accounts.ts";
import { isExpired } from "../points/lots.ts";
import { debitWallet } from "../points/wallet-lots.ts";
import { EXPIRED, POINT_TYPE, WALLET, WIND_DOWN } from "../state/state-records.ts";

/**
 * EXPIRE_SWEEP: points whose last day has passed leave their wallets, as does what came back to a closed one. They could
 * not be spent any more: this only writes down what happened, so any organisation may send it, every day.
 */
export const expireSweep = defineTransaction({
  type: "EXPIRE_SWEEP",
  since: 1,
  title: { ja: "失効の処理", en: "Sweep expired points" },
  summary: {
    ja: "有効期限を過ぎたポイントを、ウォレットから失効の勘定に移します。どの参加団体でも送れます。",
    en: "Moves points whose last day has passed out of their wallets. Any organisation may send it.",
  },
  public: record({ organisation: shortName, issuer: municipalityCode, pointType: shortName }),
  private: record({ wallets: walletHandles(WALLETS_LISTED_MAX) }),
  validity: "organisation",
  signers: [officer("organisation", "clerk")],
  faults: ["UNKNOWN_POINT_TYPE", "NOTHING_EXPIRED"],
  keys: ({ public: { issuer, pointType }, private: { wallets } }) => [
    POINT_TYPE.key(issuer, pointType),
    WIND_DOWN.key(issuer, pointType),
    EXPIRED.key(issuer, pointType),
    ...wallets.map((handle) => WALLET.key(toHex(handle))),
  ],
  apply(view, { public: { issuer, pointType }, private: { wallets } }, { today }) {
    if (view.get(POINT_TYPE.key(issuer, pointType)) === null) return "UNKNOWN_POINT_TYPE";
    const end = view.get(WIND_DOWN.key(issuer, pointType));
    const hasEnded = end !== null && end.endsOn < today;
    const postings: Posting[] = [];
    let sweptPt = 0;
    for (const handle of wallets) {
      const key = WALLET.key(toHex(handle));
      const wallet = view.get(key);
      if (wallet === null) continue;
      const isOver = hasEnded || wallet.status === "CLOSED";
      const uses = wallet.lots
        .filter((lot) => lot.issuer === issuer && lot.pointType === pointType)
        .filter((lot) => isOver || isExpired(lot, today))
        .map((lot) => ({ lot, usedPt: lot.remainingPt }));
      if (uses.length === 0) continue;
      view.put(key, debitWallet(wallet, uses));
      for (const { lot, usedPt } of uses) {
        postings.push(lotPosting(key.text, lot, -usedPt));
        sweptPt = addPt(sweptPt, usedPt);
      }
    }
    if (sweptPt === 0) return "NOTHING_EXPIRED";
    const key = EXPIRED.key(issuer, pointType);
    view.put(key, { expiredPt: addPt(view.get(key)?.expiredPt ?? 0, sweptPt) });
    return [...postings, posting(key.text, key.id, sweptPt)];
  },
});
