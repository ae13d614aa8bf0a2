import { toHex } from "../../ledger/bytes.ts";
import { list, record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { eachOnce, walletHandle } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { STATUS_LIST, WALLET } from "../state/state-records.ts";
import {
  ATTESTATION_FAULTS,
  attestationFault,
  STATUS_AGE,
  STATUS_LIST_SUSPENDED_MAX,
  statusAsOfMs,
} from "./card-status.ts";

/**
 * STATUS_LIST_ATTEST: the verifier has gone through all cards of the municipality with the issuer's list. Those that
 * the list names are suspended in the same step, so that there is no moment in which they count as attested. The state
 * does not say why a wallet is suspended.
 */
export const statusListAttest = defineTransaction({
  type: "STATUS_LIST_ATTEST",
  since: 1,
  title: { ja: "失効リストによる確認", en: "Attest cards by the list" },
  summary: {
    ja: "検証者が失効リストの時点を記録し、載っているカードのウォレットを止めます。証明書の情報は含みません。",
    en: "A verifier attests as of when all other cards are not revoked, and suspends those that are.",
  },
  public: record({ municipality: municipalityCode, asOfMs: statusAsOfMs }),
  private: record({ suspended: eachOnce(list(walletHandle, STATUS_LIST_SUSPENDED_MAX), toHex) }),
  validity: "organisation",
  signers: [officer("municipality", "verifier")],
  faults: [...ATTESTATION_FAULTS, "UNKNOWN_WALLET"],
  keys: ({ public: { municipality }, private: { suspended } }) => [
    STATUS_AGE,
    STATUS_LIST.key(municipality),
    ...suspended.map((handle) => WALLET.key(toHex(handle))),
  ],
  apply(view, { public: { municipality, asOfMs }, private: { suspended } }, block) {
    const key = STATUS_LIST.key(municipality);
    const fault = attestationFault(view, asOfMs, view.get(key), block);
    if (fault !== null) return fault;
    for (const handle of suspended) {
      const walletKey = WALLET.key(toHex(handle));
      const wallet = view.get(walletKey);
      if (wallet?.municipality !== municipality || wallet.status === "CLOSED") {
        return "UNKNOWN_WALLET";
      }
      view.put(walletKey, { ...wallet, status: "SUSPENDED" });
    }
    view.put(key, { asOfMs });
    return [];
  },
});
