import { toHex } from "../../ledger/bytes.ts";
import { WALLETS_LISTED_MAX } from "../../ledger/limits.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName, walletHandles } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, type Posting, posting, supportAsset } from "../points/accounts.ts";
import { WALLET } from "../state/state-records.ts";
import {
  ALLOCATION_FAULTS,
  bookAllocation,
  conversionTerms,
  creditConversion,
  keysOfAllocation,
} from "./allocating.ts";
import { RESERVE } from "./conversion-records.ts";

/**
 * CONVERT_AUTO_ALLOCATE: converted points that have rested long enough become points of the municipality in whose
 * wallet's reserve they are: the default municipality of who made no choice.
 */
export const convertAutoAllocate = defineTransaction({
  type: "CONVERT_AUTO_ALLOCATE",
  since: 1,
  title: { ja: "交換先の自動指定", en: "Allocate what has rested" },
  summary: {
    ja: "留保期間を過ぎても選ばれなかったポイントを、基本自治体のポイントにします。",
    en: "Converted points that nobody allocated in time become points of the default municipality.",
  },
  public: record({ issuer: municipalityCode, pointType: shortName, partner: shortName }),
  private: record({ wallets: walletHandles(WALLETS_LISTED_MAX) }),
  validity: "organisation",
  signers: [officer("issuer", "clerk")],
  faults: [...ALLOCATION_FAULTS, "RESERVE_EMPTY"],
  keys: ({ id, public: target, private: { wallets } }) => [
    ...keysOfAllocation({ ...target, id }),
    ...wallets.flatMap((handle) => [WALLET.key(toHex(handle)), RESERVE.key(toHex(handle))]),
  ],
  apply(view, { id, public: target, private: { wallets } }, block) {
    const { issuer, partner } = target;
    const terms = conversionTerms(view, { ...target, id }, block);
    if (typeof terms === "string") return terms;
    const postings: Posting[] = [];
    let totalPt = 0;
    for (const handle of wallets) {
      const walletKey = WALLET.key(toHex(handle));
      const reserveKey = RESERVE.key(toHex(handle));
      const wallet = view.get(walletKey);
      const entries = view.get(reserveKey)?.entries ?? [];
      const rested = entries.filter(
        (entry) => entry.partner === partner && entry.restsUntil < block.today,
      );
      const amountPt = rested.reduce((sumPt, entry) => addPt(sumPt, entry.amountPt), 0);
      const isHere = wallet?.municipality === issuer && wallet.status !== "CLOSED";
      if (!isHere || amountPt === 0) continue;
      const credited = creditConversion(wallet, handle, { ...terms, amountPt });
      if (credited === null) return "LIMIT_EXCEEDED";
      view.put(walletKey, credited.wallet);
      view.put(reserveKey, { entries: entries.filter((entry) => !rested.includes(entry)) });
      const debit = posting(reserveKey.text, supportAsset(partner), -amountPt);
      postings.push(debit, credited.posting);
      totalPt = addPt(totalPt, amountPt);
    }
    if (totalPt === 0) return "RESERVE_EMPTY";
    const booked = bookAllocation(view, { ...target, id }, totalPt, block);
    return typeof booked === "string" ? booked : [...postings, ...booked];
  },
});
