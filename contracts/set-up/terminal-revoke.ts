import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { MERCHANT, TERMINAL } from "../state/state-records.ts";

/**
 * TERMINAL_REVOKE: a terminal that is lost or stolen, at once and on the word of one person. It is for ever: a key that
 * was out of hand is not trusted again, and the shop registers another terminal.
 */
export const terminalRevoke = defineTransaction({
  type: "TERMINAL_REVOKE",
  since: 1,
  title: { ja: "端末の失効", en: "Revoke a terminal" },
  summary: {
    ja: "紛失・盗難などの端末を直ちに使えなくします。元には戻せません。別の端末を登録してください。",
    en: "Revokes a terminal that is lost or stolen, for ever. The shop registers another one.",
  },
  public: record({ issuer: municipalityCode, merchant: shortName, terminal: shortName }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "clerk")],
  faults: ["UNKNOWN_MERCHANT", "UNKNOWN_TERMINAL", "TERMINAL_REVOKED"],
  keys: ({ public: { merchant, terminal } }) => [MERCHANT.key(merchant), TERMINAL.key(terminal)],
  apply(view, { public: { issuer, merchant, terminal } }) {
    if (view.get(MERCHANT.key(merchant))?.issuer !== issuer) return "UNKNOWN_MERCHANT";
    const key = TERMINAL.key(terminal);
    const device = view.get(key);
    if (device?.merchant !== merchant) return "UNKNOWN_TERMINAL";
    if (device.status === "REVOKED") return "TERMINAL_REVOKED";
    view.put(key, { ...device, status: "REVOKED" });
    return [];
  },
});
