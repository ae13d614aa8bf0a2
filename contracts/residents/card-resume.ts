import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { CARD, defineTransaction, officer, signingKey } from "../declaration.ts";
import { cardSalt, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { STATUS_LIST, WALLET } from "../state/state-records.ts";
import { commitToCard } from "./card-commitment.ts";
import { ATTESTATION_FAULTS, attestationFault, STATUS_AGE, statusAsOfMs } from "./card-status.ts";

/**
 * CARD_RESUME: the card was found again. Whatever it was suspended for, the card itself signs, with its PIN, and the
 * verifier attests that it is not revoked: no office lifts a suspension without its resident.
 */
export const cardResume = defineTransaction({
  type: "CARD_RESUME",
  since: 1,
  title: { ja: "カードの一時停止の解除", en: "Resume a card" },
  summary: {
    ja: "見つかったカードの署名と、有効性の確認により、ウォレットをまた使えるようにします。",
    en: "Makes a suspended wallet usable again, signed by its card, which the verifier attests.",
  },
  public: record({ municipality: municipalityCode }),
  private: record({ wallet: walletHandle, cardSalt, statusAsOfMs }),
  validity: "card",
  signers: [CARD, officer("municipality", "registrar"), officer("municipality", "verifier")],
  faults: [...ATTESTATION_FAULTS, "UNKNOWN_WALLET", "CARD_MISMATCH", "NOT_SUSPENDED"],
  keys: ({ public: { municipality }, private: { wallet } }) => [
    STATUS_AGE,
    STATUS_LIST.key(municipality),
    WALLET.key(toHex(wallet)),
  ],
  apply(view, content, block) {
    const { municipality } = content.public;
    const { wallet: handle, cardSalt: salt, statusAsOfMs: asOfMs } = content.private;
    const fault = attestationFault(view, asOfMs, view.get(STATUS_LIST.key(municipality)), block);
    if (fault !== null) return fault;
    const key = WALLET.key(toHex(handle));
    const wallet = view.get(key);
    if (wallet?.municipality !== municipality) return "UNKNOWN_WALLET";
    const opened = commitToCard(salt, signingKey(content, "card"));
    if (!equalBytes(opened, wallet.cardCommit)) return "CARD_MISMATCH";
    if (wallet.status !== "SUSPENDED") return "NOT_SUSPENDED";
    view.put(key, { ...wallet, status: "ACTIVE", statusAsOfMs: asOfMs });
    return [];
  },
});
