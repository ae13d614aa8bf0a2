import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction, officer, signingKey } from "../declaration.ts";
import { cardCommit, cardSalt, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { CARD_ANCHORS, ISSUER, NO_MEMORY, STATUS_LIST, WALLET } from "../state/state-records.ts";
import { CERTIFICATE_FAULTS, cardCertificate, certificateFault } from "./card-certificate.ts";
import { commitToCard } from "./card-commitment.ts";
import { ATTESTATION_FAULTS, attestationFault, STATUS_AGE, statusAsOfMs } from "./card-status.ts";

/**
 * WALLET_OPEN: a resident opens a wallet with a municipality, under a pseudonym. The registrar attests that
 * it is his only one, the verifier that his certificate is valid; nothing of the certificate is here.
 */
export const walletOpen = defineTransaction({
  type: "WALLET_OPEN",
  since: 1,
  title: { ja: "ウォレットの開設", en: "Open a wallet" },
  summary: {
    ja: "本人の申込みにより、カードに結び付いたウォレットを仮名で開きます。",
    en: "Opens a wallet bound to the resident's card, under a pseudonym, at his own request.",
  },
  public: record({ municipality: municipalityCode, handle: walletHandle, cardCommit }),
  private: record({ cardSalt, statusAsOfMs, certificate: cardCertificate }),
  validity: "card",
  signers: [CARD, officer("municipality", "registrar"), officer("municipality", "verifier")],
  faults: [
    ...ATTESTATION_FAULTS,
    ...CERTIFICATE_FAULTS,
    "UNKNOWN_ISSUER",
    "CARD_MISMATCH",
    "ALREADY_EXISTS",
  ],
  keys: ({ public: { municipality, handle } }) => [
    STATUS_AGE,
    CARD_ANCHORS,
    ISSUER.key(municipality),
    STATUS_LIST.key(municipality),
    WALLET.key(toHex(handle)),
  ],
  apply(view, content, block) {
    const { municipality, handle, cardCommit: commitment } = content.public;
    const cardKey = signingKey(content, "card");
    const { certificate, statusAsOfMs: asOfMs } = content.private;
    const list = view.get(STATUS_LIST.key(municipality));
    const fault =
      attestationFault(view, asOfMs, list, block) ??
      certificateFault(certificate, view.get(CARD_ANCHORS), cardKey, block.timestampMs);
    if (fault !== null) return fault;
    if (view.get(ISSUER.key(municipality)) === null) return "UNKNOWN_ISSUER";
    const opened = commitToCard(content.private.cardSalt, cardKey);
    if (!equalBytes(opened, commitment)) return "CARD_MISMATCH";
    const key = WALLET.key(toHex(handle));
    if (view.get(key) !== null) return "ALREADY_EXISTS";
    view.put(key, {
      municipality,
      cardCommit: commitment,
      status: "ACTIVE",
      isFrozen: false,
      statusAsOfMs: asOfMs,
      nextLot: 1,
      lots: [],
      ...NO_MEMORY,
    });
    return [];
  },
});
