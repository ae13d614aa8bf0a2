import { toHex } from "../../ledger/bytes.ts";
import { WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { list, record } from "../../ledger/schema.ts";
import { RESERVE } from "../conversion/conversion-records.ts";
import { CARD, defineTransaction } from "../declaration.ts";
import { amountPt, eachOnce, shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { addPt, lotPosting, type Posting, pointAsset, posting } from "../points/accounts.ts";
import {
  CARDHOLDER_FAULTS,
  cardholderFields,
  keysOfCardholder,
  walletOfCard,
} from "../spending/counter.ts";
import { EXPIRED, NO_MEMORY, WALLET } from "../state/state-records.ts";

/** So many points of one type. */
const forfeited = record({ issuer: municipalityCode, pointType: shortName, amountPt });

/**
 * WALLET_CLOSE: the resident leaves. His card alone signs: no office can keep him. Points are not paid out, so what is left
 * lapses; he signs how many of each type, and not one more is taken than he saw. Then the registrar erases who he was, and what
 * stays on the ledger leads nowhere.
 */
export const walletClose = defineTransaction({
  type: "WALLET_CLOSE",
  since: 1,
  title: { ja: "ウォレットの廃止", en: "Close a wallet" },
  summary: {
    ja: "本人のカードだけの署名で、ウォレットを閉じます。残ったポイントは、本人が確認した数のとおりに失効します。",
    en: "Closes a wallet, signed by its card alone. Points that are left lapse, as many as the resident signed.",
  },
  public: record({}),
  private: record({
    ...cardholderFields,
    /** Everything that is left, by type. */
    forfeits: eachOnce(list(forfeited, WALLET_LOTS_MAX), assetOf),
  }),
  validity: "card",
  signers: [CARD],
  faults: [...CARDHOLDER_FAULTS, "RESERVE_LEFT", "FORFEIT_MISMATCH"],
  keys: ({ private: closing }) => [
    ...keysOfCardholder(holderOf(closing)),
    RESERVE.key(toHex(closing.wallet)),
    ...closing.forfeits.map(({ issuer, pointType }) => EXPIRED.key(issuer, pointType)),
  ],
  apply(view, content, block) {
    const { forfeits, wallet: handle } = content.private;
    const wallet = walletOfCard(view, holderOf(content.private), content, block);
    if (typeof wallet === "string") return wallet;
    const reserve = view.get(RESERVE.key(toHex(handle)));
    if (reserve !== null && reserve.entries.length > 0) return "RESERVE_LEFT";
    const heldPt = new Map<string, number>();
    for (const lot of wallet.lots) {
      heldPt.set(assetOf(lot), addPt(heldPt.get(assetOf(lot)) ?? 0, lot.remainingPt));
    }
    const isSeen = forfeits.every((each) => heldPt.get(assetOf(each)) === each.amountPt);
    if (!isSeen || heldPt.size !== forfeits.length) return "FORFEIT_MISMATCH";
    const key = WALLET.key(toHex(handle));
    const postings: Posting[] = wallet.lots.map((lot) =>
      lotPosting(key.text, lot, -lot.remainingPt),
    );
    for (const { issuer, pointType, amountPt: lapsedPt } of forfeits) {
      const expired = EXPIRED.key(issuer, pointType);
      const expiredPt = addPt(view.get(expired)?.expiredPt ?? 0, lapsedPt);
      view.put(expired, { expiredPt });
      postings.push(posting(expired.text, expired.id, lapsedPt));
    }
    // No card has a commitment of zeros. The numbers of its lots are never given again.
    const cardCommit = new Uint8Array(wallet.cardCommit.length);
    view.put(key, { ...wallet, ...NO_MEMORY, cardCommit, status: "CLOSED", lots: [] });
    return postings;
  },
});

/** The wallet, and all that is given up with it. */
function holderOf<C extends { readonly forfeits: readonly { readonly amountPt: number }[] }>(
  closing: C,
) {
  const { forfeits } = closing;
  return { ...closing, amountPt: forfeits.reduce((sumPt, each) => addPt(sumPt, each.amountPt), 0) };
}

function assetOf({ issuer, pointType }: { issuer: string; pointType: string }): string {
  return pointAsset(issuer, pointType);
}
