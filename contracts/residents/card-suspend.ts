import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { WALLET } from "../state/state-records.ts";

/** CARD_SUSPEND: the resident reports his card lost by telephone. It pays nothing from this block on. */
export const cardSuspend = defineTransaction({
  type: "CARD_SUSPEND",
  since: 1,
  title: { ja: "カードの一時停止", en: "Suspend a card" },
  summary: {
    ja: "紛失などの届出により、ウォレットからの利用を直ちに止めます。理由は記録しません。",
    en: "Stops payments from a wallet at once, when its card is reported lost. No reason is kept.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({ wallet: walletHandle }),
  validity: "organisation",
  signers: [officer("municipality", "registrar")],
  faults: ["UNKNOWN_WALLET", "WALLET_SUSPENDED"],
  keys: ({ private: { wallet } }) => [WALLET.key(toHex(wallet))],
  apply(view, { public: { municipality }, private: { wallet: handle } }) {
    const key = WALLET.key(toHex(handle));
    const wallet = view.get(key);
    if (wallet?.municipality !== municipality || wallet.status === "CLOSED") {
      return "UNKNOWN_WALLET";
    }
    if (wallet.status === "SUSPENDED") return "WALLET_SUSPENDED";
    view.put(key, { ...wallet, status: "SUSPENDED" });
    return [];
  },
});
