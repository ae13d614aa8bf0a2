import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { bytes, list, record } from "../../ledger/schema.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import { type BlockContext, defineTransaction, officer, type View } from "../declaration.ts";
import { shortName, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { addPt, lotPosting, type Posting, pointAsset, posting } from "../points/accounts.ts";
import type { LotUse } from "../points/lots.ts";
import { putBack } from "../points/wallet-lots.ts";
import { EXPIRED, WALLET, type Wallet } from "../state/state-records.ts";
import { HOLD, heldByType } from "./street-transfer.ts";

/**
 * STREET_TRANSFER_RELEASE: the points return to the lots that they came from. The street says that it credited nothing;
 * when its time is over any organisation may. Where the wallet was closed meanwhile they lapse, as all points do that a
 * wallet leaves: in a wallet that no card opens they would lie for ever.
 */
export const streetTransferRelease = defineTransaction({
  type: "STREET_TRANSFER_RELEASE",
  since: 1,
  title: { ja: "商店街への移行の取りやめ", en: "Release a street transfer" },
  summary: {
    ja: "移行を取りやめ、ポイントを本人に戻します。期限を過ぎたものは、どの参加団体でも戻せます。",
    en: "The points return to the resident: the street says so, or anybody when its time is over.",
  },
  public: record({
    organisation: shortName,
    transfer: bytes(TRANSACTION_ID_SIZE_BYTES),
  }),
  private: record({
    wallet: walletHandle,
    /** Types of points that lapse, in the order of the hold: all of it for a closed wallet, none for others. */
    lapses: list(record({ issuer: municipalityCode, pointType: shortName }), WALLET_LOTS_MAX),
  }),
  validity: "organisation",
  signers: [officer("organisation", "clerk")],
  faults: [
    "UNKNOWN_TRANSFER",
    "TRANSFER_CLOSED",
    "ANSWER_PENDING",
    "FORFEIT_MISMATCH",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { transfer }, private: { wallet, lapses } }) => [
    HOLD.key(toHex(transfer)),
    WALLET.key(toHex(wallet)),
    PARAMETER.key("REFUND_GRACE_DAYS"),
    ...lapses.map(({ issuer, pointType }) => EXPIRED.key(issuer, pointType)),
  ],
  apply(view, { public: { organisation, transfer }, private: { wallet: handle, lapses } }, block) {
    const key = HOLD.key(toHex(transfer));
    const hold = view.get(key);
    if (hold === null) return "UNKNOWN_TRANSFER";
    if (hold.wallet === null) return "TRANSFER_CLOSED";
    const wallet = view.get(WALLET.key(toHex(handle)));
    if (wallet === null || !equalBytes(hold.wallet, handle)) return "UNKNOWN_TRANSFER";
    const mayRelease = organisation === hold.street || hold.answerByMs < block.timestampMs;
    if (!mayRelease) return "ANSWER_PENDING";
    const isClosed = wallet.status === "CLOSED";
    const types = isClosed ? heldByType(hold.uses).map(assetOf) : [];
    if (types.join() !== lapses.map(assetOf).join()) return "FORFEIT_MISMATCH";
    const postings = isClosed
      ? lapse(view, key.text, hold.uses)
      : giveBack(view, { hold: key.text, handle, wallet, uses: hold.uses }, block);
    if (typeof postings !== "string") {
      view.put(key, { ...hold, wallet: null, uses: [], status: "RELEASED" });
    }
    return postings;
  },
});

function assetOf({ issuer, pointType }: { issuer: string; pointType: string }): string {
  return pointAsset(issuer, pointType);
}

/** Nobody can spend them any more. */
function lapse(view: View, hold: string, uses: readonly LotUse[]): Posting[] {
  return heldByType(uses).flatMap(({ issuer, pointType, amountPt }) => {
    const key = EXPIRED.key(issuer, pointType);
    view.put(key, { expiredPt: addPt(view.get(key)?.expiredPt ?? 0, amountPt) });
    return [posting(hold, key.id, -amountPt), posting(key.text, key.id, amountPt)];
  });
}

/** They are in the wallet again. */
function giveBack(
  view: View,
  held: {
    readonly hold: string;
    readonly handle: Uint8Array;
    readonly wallet: Wallet;
    readonly uses: readonly LotUse[];
  },
  { today }: BlockContext,
): readonly Posting[] | "LIMIT_EXCEEDED" {
  const graceDays = parameterOn(view, "REFUND_GRACE_DAYS", today);
  const walletKey = WALLET.key(toHex(held.handle));
  const postings: Posting[] = [];
  let { wallet } = held;
  for (const { lot, usedPt } of held.uses) {
    const returned = { number: lot.number, amountPt: usedPt, lot };
    const back = putBack(wallet, returned, { today, graceDays });
    if (typeof back === "string") return "LIMIT_EXCEEDED";
    ({ wallet } = back);
    const credit = lotPosting(walletKey.text, back.lot, usedPt);
    postings.push(posting(held.hold, credit.asset, -usedPt), credit);
  }
  view.put(walletKey, wallet);
  return postings;
}
