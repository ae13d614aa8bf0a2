import { toHex } from "../../ledger/bytes.ts";
import { bytes, record } from "../../ledger/schema.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { fiscalYearOf } from "../fields/dates.ts";
import { shortName } from "../fields/fields.ts";
import { pointAsset, posting } from "../points/accounts.ts";
import { MERCHANT_ACCOUNT } from "../state/state-records.ts";
import { HOLD } from "./street-transfer.ts";
import { creditTill, HOLDINGS_MAX } from "./till.ts";

/** STREET_TRANSFER_ACK: the street credited the points in its own system; they are in its till and will be settled. */
export const streetTransferAck = defineTransaction({
  type: "STREET_TRANSFER_ACK",
  since: 1,
  title: { ja: "商店街への移行の受領", en: "Acknowledge a street transfer" },
  summary: {
    ja: "商店街が自らの仕組みでポイントを付けたことを示します。ポイントは商店街の勘定に入ります。",
    en: "The street credited the points in its own system; they come into its till.",
  },
  public: record({ street: shortName, transfer: bytes(TRANSACTION_ID_SIZE_BYTES) }),
  private: null,
  validity: "organisation",
  signers: [officer("street", "clerk")],
  faults: ["UNKNOWN_TRANSFER", "TRANSFER_CLOSED", "TRANSFER_LATE", "LIMIT_EXCEEDED"],
  keys: ({ public: { street, transfer } }) => [
    HOLD.key(toHex(transfer)),
    MERCHANT_ACCOUNT.key(street),
  ],
  apply(view, { public: { street, transfer } }, block) {
    const key = HOLD.key(toHex(transfer));
    const hold = view.get(key);
    const tillKey = MERCHANT_ACCOUNT.key(street);
    const till = view.get(tillKey);
    if (hold?.street !== street || till === null) return "UNKNOWN_TRANSFER";
    if (hold.status !== "HELD") return "TRANSFER_CLOSED";
    if (hold.answerByMs < block.timestampMs) return "TRANSFER_LATE";
    const holdings = creditTill(till.holdings, hold.uses, fiscalYearOf(block.today));
    if (holdings.length > HOLDINGS_MAX) return "LIMIT_EXCEEDED";
    view.put(tillKey, { holdings });
    view.put(key, { ...hold, wallet: null, uses: [], status: "ACKNOWLEDGED" });
    return hold.uses.flatMap(({ lot, usedPt }) => {
      const asset = pointAsset(lot.issuer, lot.pointType);
      return [posting(key.text, asset, -usedPt), posting(`merchant/${street}`, asset, usedPt)];
    });
  },
});
