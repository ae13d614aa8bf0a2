import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { cardCommit, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { WALLET } from "../state/state-records.ts";
import { ATTESTATION_FAULTS, attestationFault, STATUS_AGE, statusAsOfMs } from "./card-status.ts";

/**
 * STATUS_ATTEST: the verifier has just asked the issuer about one card, as a large payment wants it. It names the
 * card's commitment: said of the old card, it is worth nothing for the new one.
 */
export const statusAttest = defineTransaction({
  type: "STATUS_ATTEST",
  since: 1,
  title: { ja: "カード一枚の有効性の確認", en: "Attest one card" },
  summary: {
    ja: "検証者が一枚のカードの有効性を発行元に確かめた時点を記録します。高額の利用の前に必要です。",
    en: "A verifier attests as of when one card is not revoked; needed before a large payment.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({ wallet: walletHandle, cardCommit, statusAsOfMs }),
  validity: "organisation",
  signers: [officer("municipality", "verifier")],
  faults: [...ATTESTATION_FAULTS, "UNKNOWN_WALLET", "CARD_MISMATCH"],
  keys: ({ private: { wallet } }) => [STATUS_AGE, WALLET.key(toHex(wallet))],
  apply(view, { public: { municipality }, private: attested }, block) {
    const fault = attestationFault(view, attested.statusAsOfMs, null, block);
    if (fault !== null) return fault;
    const key = WALLET.key(toHex(attested.wallet));
    const wallet = view.get(key);
    if (wallet?.municipality !== municipality) return "UNKNOWN_WALLET";
    if (!equalBytes(wallet.cardCommit, attested.cardCommit)) return "CARD_MISMATCH";
    if (attested.statusAsOfMs < wallet.statusAsOfMs) return "STATUS_SUPERSEDED";
    view.put(key, { ...wallet, statusAsOfMs: attested.statusAsOfMs });
    return [];
  },
});
