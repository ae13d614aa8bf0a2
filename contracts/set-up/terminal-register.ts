import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName, terminalAlgorithm, terminalKey } from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { MERCHANT, TERMINAL } from "../state/state-records.ts";

/** TERMINAL_REGISTER: the key of a merchant's terminal. */
export const terminalRegister = defineTransaction({
  type: "TERMINAL_REGISTER",
  since: 1,
  title: { ja: "端末の登録", en: "Register a terminal" },
  summary: {
    ja: "加盟店の窓口端末が署名に使う鍵を登録します。",
    en: "Registers the key with which a merchant's terminal signs.",
  },
  public: record({
    issuer: municipalityCode,
    merchant: shortName,
    terminal: shortName,
    algorithm: terminalAlgorithm,
    publicKey: terminalKey,
  }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "clerk")],
  faults: ["UNKNOWN_MERCHANT", "ALREADY_EXISTS"],
  keys: ({ public: { merchant, terminal } }) => [MERCHANT.key(merchant), TERMINAL.key(terminal)],
  apply(view, { public: { issuer, terminal, ...device } }) {
    // The clerk of one municipality registers nothing at the merchants of another.
    if (view.get(MERCHANT.key(device.merchant))?.issuer !== issuer) return "UNKNOWN_MERCHANT";
    if (view.get(TERMINAL.key(terminal)) !== null) return "ALREADY_EXISTS";
    view.put(TERMINAL.key(terminal), { ...device, status: "ACTIVE" });
    return [];
  },
});
