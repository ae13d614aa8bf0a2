import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { bytes, record } from "../../ledger/schema.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { addDays } from "../fields/dates.ts";
import { shortName, walletHandle } from "../fields/fields.ts";
import { PARAMETER, parameterOn } from "../governance/parameters.ts";
import { posting, supportAsset } from "../points/accounts.ts";
import { WALLET } from "../state/state-records.ts";
import { CONVERSION, PARTNER, RESERVE } from "./conversion-records.ts";
import { addToReserve } from "./reserve.ts";

/**
 * CONVERT_CONFIRM: the company gave its units up, once for this conversion; support points come into the resident's
 * reserve. Nobody but the company owes more by it, so its service signs alone.
 */
export const convertConfirm = defineTransaction({
  type: "CONVERT_CONFIRM",
  since: 1,
  title: { ja: "交換の確定", en: "Confirm a conversion" },
  summary: {
    ja: "企業が自社のポイントを減らしたことを示し、本人の留保口座にポイントを入れます。",
    en: "The company gave its units up; the points come into the resident's reserve.",
  },
  public: record({ partner: shortName, conversion: bytes(TRANSACTION_ID_SIZE_BYTES) }),
  private: record({ wallet: walletHandle }),
  validity: "organisation",
  signers: [officer("partner", "partner")],
  faults: [
    "UNKNOWN_CONVERSION",
    "CONVERSION_CLOSED",
    "CONVERSION_LATE",
    "UNKNOWN_WALLET",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { partner, conversion }, private: { wallet } }) => [
    PARTNER.key(partner),
    CONVERSION.key(toHex(conversion)),
    WALLET.key(toHex(wallet)),
    RESERVE.key(toHex(wallet)),
    PARAMETER.key("RESERVE_DAYS"),
  ],
  apply(view, { public: { partner: name, conversion: id }, private: { wallet } }, block) {
    const conversionKey = CONVERSION.key(toHex(id));
    const conversion = view.get(conversionKey);
    const partner = view.get(PARTNER.key(name));
    if (conversion?.partner !== name || partner === null) return "UNKNOWN_CONVERSION";
    if (conversion.wallet === null) return "CONVERSION_CLOSED";
    if (!equalBytes(conversion.wallet, wallet)) return "UNKNOWN_CONVERSION";
    if (conversion.answerByMs < block.timestampMs) return "CONVERSION_LATE";
    // No card opens a closed wallet's reserve: the company rejects, and its customer keeps his units.
    if (view.get(WALLET.key(toHex(wallet)))?.status === "CLOSED") return "UNKNOWN_WALLET";
    const { amountPt } = conversion;
    const key = RESERVE.key(toHex(wallet));
    const restsUntil = addDays(block.today, parameterOn(view, "RESERVE_DAYS", block.today));
    const entry = { partner: name, amountPt, restsUntil };
    const entries = addToReserve(view.get(key)?.entries ?? [], entry);
    if (entries === null) return "LIMIT_EXCEEDED";

    view.put(key, { entries });
    view.put(conversionKey, { ...conversion, wallet: null, status: "CONFIRMED" });
    view.put(PARTNER.key(name), {
      ...partner,
      pendingYen: partner.pendingYen - amountPt,
      convertedYen: partner.convertedYen + amountPt,
      supportPt: partner.supportPt + amountPt,
    });
    return [
      posting(`partner-issue/${name}`, supportAsset(name), -amountPt),
      posting(key.text, supportAsset(name), amountPt),
    ];
  },
});
