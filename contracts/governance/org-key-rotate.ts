import { toHex } from "../../ledger/bytes.ts";
import { record } from "../../ledger/schema.ts";
import { defineTransaction, holder } from "../declaration.ts";
import { ed25519Key } from "../fields/fields.ts";
import { KEY } from "../state/state-records.ts";
import { isUsedKey, keysOfPublicKey } from "./public-keys.ts";

/** ORG_KEY_ROTATE: an officer hands his roles over to a new key, his own or his successor's. Both sign. */
export const orgKeyRotate = defineTransaction({
  type: "ORG_KEY_ROTATE",
  since: 1,
  title: { ja: "担当者の鍵の引継ぎ", en: "Rotate an officer's key" },
  summary: {
    ja: "担当者の権限を新しい鍵に引き継ぎ、古い鍵を失効させます。両方の鍵で署名します。",
    en: "Hands an officer's roles over to a new key and revokes the old one. Both keys sign.",
  },
  public: record({ publicKey: ed25519Key, newPublicKey: ed25519Key }),
  private: null,
  validity: "organisation",
  signers: [holder("publicKey"), holder("newPublicKey")],
  faults: ["UNKNOWN_KEY", "KEY_USED"],
  keys: ({ public: { publicKey, newPublicKey } }) => [
    KEY.key(toHex(publicKey)),
    ...keysOfPublicKey(newPublicKey),
  ],
  apply(view, { public: { publicKey, newPublicKey } }) {
    const key = KEY.key(toHex(publicKey));
    const old = view.get(key);
    if (old?.status !== "ACTIVE") return "UNKNOWN_KEY";
    if (isUsedKey(view, newPublicKey)) return "KEY_USED";
    view.put(key, { ...old, status: "REVOKED" });
    view.put(KEY.key(toHex(newPublicKey)), old);
    return [];
  },
});
