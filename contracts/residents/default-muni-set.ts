import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { RESERVE, type ReserveEntry } from "../conversion/conversion-records.ts";
import { addToReserve } from "../conversion/reserve.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { type Posting, posting, supportAsset } from "../points/accounts.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardholder,
  walletOfCard,
} from "../spending/counter.ts";

/**
 * DEFAULT_MUNI_SET: a resident's reserve moves to his wallet with another municipality, which so becomes the one that
 * gets what he does not allocate. No record says that the two wallets are one person's.
 */
export const defaultMuniSet = defineTransaction({
  type: "DEFAULT_MUNI_SET",
  since: 1,
  title: { ja: "基本自治体の変更", en: "Set the default municipality" },
  summary: {
    ja: "本人のカードで、留保口座を別の自治体のウォレットに移し、基本自治体を変更します。",
    en: "Moves a resident's reserve to his wallet with another municipality.",
  },
  public: record({}),
  private: record({ from: record(cardholderFields), to: record(cardholderFields) }),
  validity: "card",
  signers: [CARD],
  faults: [...CARDHOLDER_FAULTS, "RESERVE_EMPTY", "LIMIT_EXCEEDED"],
  keys: ({ private: { from, to } }) => [
    ...keysOfCardholder(from),
    ...keysOfCardholder(to),
    RESERVE.key(toHex(from.wallet)),
    RESERVE.key(toHex(to.wallet)),
  ],
  apply(view, content, block) {
    const { from, to } = content.private;
    for (const holder of [from, to]) {
      const wallet = walletOfCard(view, holder, content, block);
      if (typeof wallet === "string") return wallet;
    }
    const [fromKey, toKey] = [from, to].map(({ wallet }) => RESERVE.key(toHex(wallet)));
    if (fromKey === undefined || toKey === undefined) throw new Error("two wallets were named");
    const moved = fromKey.text === toKey.text ? [] : (view.get(fromKey)?.entries ?? []);
    if (moved.length === 0) return "RESERVE_EMPTY";
    let entries: readonly ReserveEntry[] | null = view.get(toKey)?.entries ?? [];
    const postings: Posting[] = [];
    for (const entry of moved) {
      entries = addToReserve(entries, entry);
      if (entries === null) return "LIMIT_EXCEEDED";
      const asset = supportAsset(entry.partner);
      postings.push(posting(fromKey.text, asset, -entry.amountPt));
      postings.push(posting(toKey.text, asset, entry.amountPt));
    }
    view.put(fromKey, { entries: [] });
    view.put(toKey, { entries });
    return postings;
  },
});
