import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction, officer, signingKey } from "../declaration.ts";
import { cardCommit, cardSalt, evidenceHash, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { CARD_ANCHORS, STATUS_LIST, WALLET } from "../state/state-records.ts";
import { CERTIFICATE_FAULTS, cardCertificate, certificateFault } from "./card-certificate.ts";
import { commitToCard } from "./card-commitment.ts";
import { ATTESTATION_FAULTS, attestationFault, STATUS_AGE, statusAsOfMs } from "./card-status.ts";

/**
 * CARD_REBIND: the resident has a new card and keeps his wallet. The new card signs; the verifier attests that it
 * is not revoked and that it follows the old one, and commits to the evidence that he keeps, so that an auditor can ask
 * for it. The old card is dead from this block on, and a suspension, which was the old card's, is over.
 */
export const cardRebind = defineTransaction({
  type: "CARD_REBIND",
  since: 1,
  title: { ja: "カードの切替え", en: "Bind a new card" },
  summary: {
    ja: "更新・再発行されたカードにウォレットを引き継ぎます。古いカードは直ちに使えなくなります。",
    en: "Hands a wallet over to the resident's new card. The old one is dead at once.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({
    wallet: walletHandle,
    /** Of the old card: whoever attests says of which card the new one is the successor. */
    oldCardCommit: cardCommit,
    cardCommit,
    cardSalt,
    statusAsOfMs,
    evidenceHash,
    certificate: cardCertificate,
  }),
  validity: "card",
  signers: [CARD, officer("municipality", "registrar"), officer("municipality", "verifier")],
  faults: [...ATTESTATION_FAULTS, ...CERTIFICATE_FAULTS, "UNKNOWN_WALLET", "CARD_MISMATCH"],
  keys: ({ public: { municipality }, private: { wallet } }) => [
    STATUS_AGE,
    CARD_ANCHORS,
    STATUS_LIST.key(municipality),
    WALLET.key(toHex(wallet)),
  ],
  apply(view, content, block) {
    const { municipality } = content.public;
    const rebinding = content.private;
    const list = view.get(STATUS_LIST.key(municipality));
    const cardKey = signingKey(content, "card");
    const fault =
      attestationFault(view, rebinding.statusAsOfMs, list, block) ??
      certificateFault(rebinding.certificate, view.get(CARD_ANCHORS), cardKey, block.timestampMs);
    if (fault !== null) return fault;
    const key = WALLET.key(toHex(rebinding.wallet));
    const wallet = view.get(key);
    if (wallet?.municipality !== municipality || wallet.status === "CLOSED") {
      return "UNKNOWN_WALLET";
    }
    if (!equalBytes(wallet.cardCommit, rebinding.oldCardCommit)) return "CARD_MISMATCH";
    const opened = commitToCard(rebinding.cardSalt, cardKey);
    if (!equalBytes(opened, rebinding.cardCommit)) return "CARD_MISMATCH";
    view.put(key, {
      ...wallet,
      cardCommit: rebinding.cardCommit,
      status: "ACTIVE",
      statusAsOfMs: rebinding.statusAsOfMs,
    });
    return [];
  },
});
