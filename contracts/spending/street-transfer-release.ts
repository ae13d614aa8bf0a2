import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { bytes, record } from "../../ledger/schema.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName, walletHandle } from "../fields/fields.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { lotPosting, type Posting, posting } from "../points/accounts.ts";
import { putBack } from "../points/wallet-lots.ts";
import { WALLET } from "../state/state-records.ts";
import { HOLD } from "./street-transfer.ts";

/**
 * STREET_TRANSFER_RELEASE: the points return to the lots that they came from. The street says that it credited nothing;
 * when its time is over any organisation may.
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
  private: record({ wallet: walletHandle }),
  validity: "organisation",
  signers: [officer("organisation", "clerk")],
  faults: ["UNKNOWN_TRANSFER", "TRANSFER_CLOSED", "ANSWER_PENDING", "LIMIT_EXCEEDED"],
  keys: ({ public: { transfer }, private: { wallet } }) => [
    HOLD.key(toHex(transfer)),
    WALLET.key(toHex(wallet)),
    PARAMETER.key("REFUND_GRACE_DAYS"),
  ],
  apply(view, { public: { organisation, transfer }, private: { wallet: handle } }, block) {
    const key = HOLD.key(toHex(transfer));
    const hold = view.get(key);
    if (hold === null) return "UNKNOWN_TRANSFER";
    if (hold.wallet === null) return "TRANSFER_CLOSED";
    const walletKey = WALLET.key(toHex(handle));
    let wallet = view.get(walletKey);
    if (wallet === null || !equalBytes(hold.wallet, handle)) return "UNKNOWN_TRANSFER";
    const mayRelease = organisation === hold.street || hold.answerByMs < block.timestampMs;
    if (!mayRelease) return "ANSWER_PENDING";
    const graceDays = parameterOn(view, "REFUND_GRACE_DAYS", block.today);
    const postings: Posting[] = [];
    for (const { lot, usedPt } of hold.uses) {
      const returned = { number: lot.number, amountPt: usedPt, lot };
      const back = putBack(wallet, returned, { today: block.today, graceDays });
      if (typeof back === "string") return "LIMIT_EXCEEDED";
      ({ wallet } = back);
      const credit = lotPosting(walletKey.text, back.lot, usedPt);
      postings.push(posting(key.text, credit.asset, -usedPt), credit);
    }
    view.put(walletKey, wallet);
    view.put(key, { ...hold, wallet: null, uses: [], status: "RELEASED" });
    return postings;
  },
});
