import { toHex } from "../../ledger/bytes.ts";
import { WALLETS_LISTED_MAX } from "../../ledger/limits.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName, walletHandles } from "../fields/fields.ts";
import { WITNESS, witnessKeptFrom } from "../governance/witness.ts";
import { WALLET } from "../state/state-records.ts";
import { forgetPayments } from "./recent-payments.ts";

/**
 * PAYMENTS_FORGET: wallets forget the payments whose witness is destroyed. Days and amounts of what nobody can take back
 * any more would serve nobody but him who wants to know where it was spent. Any organisation may send it, every day.
 */
export const paymentsForget = defineTransaction({
  type: "PAYMENTS_FORGET",
  since: 1,
  title: { ja: "支払いの記憶の消去", en: "Forget old payments" },
  summary: {
    ja: "秘匿部分を廃棄した日より前の支払いを、ウォレットの控えから消します。どの参加団体でも送れます。",
    en: "Takes payments whose witness is destroyed out of wallets' memory. Any organisation may send it.",
  },
  public: record({ organisation: shortName }),
  private: record({ wallets: walletHandles(WALLETS_LISTED_MAX) }),
  validity: "organisation",
  signers: [officer("organisation", "clerk")],
  faults: ["NOTHING_TO_FORGET"],
  keys: ({ private: { wallets } }) => [
    WITNESS,
    ...wallets.map((handle) => WALLET.key(toHex(handle))),
  ],
  apply(view, { private: { wallets } }, { today }) {
    const keptFrom = witnessKeptFrom(view.get(WITNESS), today);
    let hasForgotten = false;
    for (const handle of wallets) {
      const key = WALLET.key(toHex(handle));
      const wallet = view.get(key);
      const after = wallet === null ? null : forgetPayments(wallet, keptFrom);
      if (after === null || after === wallet) continue;
      view.put(key, after);
      hasForgotten = true;
    }
    return hasForgotten ? [] : "NOTHING_TO_FORGET";
  },
});
