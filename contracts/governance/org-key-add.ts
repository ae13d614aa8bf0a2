import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER, holder } from "../declaration.ts";
import { ed25519Key, keyRoles, shortName } from "../fields/fields.ts";
import { KEY, ORGANISATION } from "../state/state-records.ts";
import { isUsedKey, keysOfPublicKey } from "./public-keys.ts";

/**
 * ORG_KEY_ADD: another officer signs for an organisation. Whoever could do that alone could be maker and
 * checker in one, so those who govern decide it.
 */
export const orgKeyAdd = defineTransaction({
  type: "ORG_KEY_ADD",
  since: 1,
  title: { ja: "担当者の鍵の追加", en: "Add an officer's key" },
  summary: {
    ja: "参加団体の担当者の鍵を追加します。その鍵でも署名します。",
    en: "Adds the key of an officer of an organisation, which signs too.",
  },
  public: record({ organisation: shortName, publicKey: ed25519Key, roles: keyRoles }),
  private: null,
  validity: "organisation",
  signers: [holder("publicKey"), GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_ORGANISATION", "KEY_USED"],
  keys: ({ public: { organisation, publicKey } }) => [
    ORGANISATION.key(organisation),
    ...keysOfPublicKey(publicKey),
  ],
  apply(view, { public: { organisation, publicKey, roles } }) {
    if (view.get(ORGANISATION.key(organisation)) === null) return "UNKNOWN_ORGANISATION";
    if (isUsedKey(view, publicKey)) return "KEY_USED";
    view.put(KEY.key(toHex(publicKey)), { organisation, roles, status: "ACTIVE" });
    return [];
  },
});
