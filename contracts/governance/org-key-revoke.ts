import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { ed25519Key, shortName } from "../fields/fields.ts";
import { KEY } from "../state/state-records.ts";

/** ORG_KEY_REVOKE: a key that is lost or stolen signs no more, at once and on the word of one person. */
export const orgKeyRevoke = defineTransaction({
  type: "ORG_KEY_REVOKE",
  since: 1,
  title: { ja: "担当者の鍵の失効", en: "Revoke an officer's key" },
  summary: {
    ja: "紛失・盗難などの鍵を、所属団体が直ちに失効させます。",
    en: "An organisation revokes a key of its own that is lost or stolen.",
  },
  public: record({ organisation: shortName, publicKey: ed25519Key }),
  private: null,
  validity: "organisation",
  signers: [officer("organisation", "governor")],
  faults: ["UNKNOWN_KEY"],
  keys: ({ public: { publicKey } }) => [KEY.key(toHex(publicKey))],
  apply(view, { public: { organisation, publicKey } }) {
    const key = KEY.key(toHex(publicKey));
    const held = view.get(key);
    if (held?.organisation !== organisation || held.status !== "ACTIVE") return "UNKNOWN_KEY";
    view.put(key, { ...held, status: "REVOKED" });
    return [];
  },
});
