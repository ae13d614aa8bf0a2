import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, makerAndChecker } from "../declaration.ts";
import { walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { WALLET } from "../state/state-records.ts";

/** WALLET_FREEZE: a municipality stops payments from a wallet. No card and no hotline lifts it. */
export const walletFreeze = defineTransaction({
  type: "WALLET_FREEZE",
  since: 1,
  title: { ja: "ウォレットの凍結", en: "Freeze a wallet" },
  summary: {
    ja: "不正の疑いなどのとき、二人の職員の署名でウォレットからの利用を止めます。ポイントはそのままです。",
    en: "Stops payments from a wallet, on suspicion of fraud for instance. Two officers sign; its points stay.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({ wallet: walletHandle }),
  validity: "organisation",
  signers: makerAndChecker("municipality"),
  faults: ["UNKNOWN_WALLET", "WALLET_SUSPENDED"],
  keys: ({ private: { wallet } }) => [WALLET.key(toHex(wallet))],
  apply(view, { public: { municipality }, private: { wallet: handle } }) {
    const key = WALLET.key(toHex(handle));
    const wallet = view.get(key);
    if (wallet?.municipality !== municipality) return "UNKNOWN_WALLET";
    if (wallet.isFrozen) return "WALLET_SUSPENDED";
    view.put(key, { ...wallet, isFrozen: true });
    return [];
  },
});
