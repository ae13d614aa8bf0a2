import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { WALLET } from "../state/state-records.ts";

/** WALLET_UNFREEZE: what WALLET_FREEZE stopped may go on. */
export const walletUnfreeze = defineTransaction({
  type: "WALLET_UNFREEZE",
  since: 1,
  title: { ja: "ウォレットの凍結の解除", en: "Unfreeze a wallet" },
  summary: {
    ja: "二人の職員の署名で、ウォレットの凍結を解きます。",
    en: "Lifts the freezing of a wallet. Two officers sign.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({ wallet: walletHandle }),
  validity: "organisation",
  signers: makerAndChecker("municipality"),
  faults: ["UNKNOWN_WALLET", "NOT_SUSPENDED"],
  keys: ({ private: { wallet } }) => [WALLET.key(toHex(wallet))],
  apply(view, { public: { municipality }, private: { wallet: handle } }) {
    const key = WALLET.key(toHex(handle));
    const wallet = view.get(key);
    if (wallet?.municipality !== municipality) return "UNKNOWN_WALLET";
    if (!wallet.isFrozen) return "NOT_SUSPENDED";
    view.put(key, { ...wallet, isFrozen: false });
    return [];
  },
});
