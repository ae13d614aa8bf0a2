import { equalBytes, toHex } from "../../ledger/bytes.ts";
import { nodeNumber } from "../../ledger/membership.ts";
import { flag, record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER, holder } from "../declaration.ts";
import { ed25519Key } from "../fields/fields.ts";
import { nodeAddress } from "../fields/node-address.ts";
import { isUsedKey, keysOfPublicKey } from "../governance/public-keys.ts";
import { NODE_KEY, WISHED_NODES } from "../state/state-records.ts";
import { wishedNode, wishOf, withNode } from "./node-rules.ts";

/**
 * NODE_KEY_ROTATE: a node that has its disk signs with a new key from now on, or is dialled elsewhere (then
 * the key is the one that it has). That key signs too.
 */
export const nodeKeyRotate = defineTransaction({
  type: "NODE_KEY_ROTATE",
  since: 1,
  title: { ja: "ノードの鍵・アドレスの変更", en: "Rotate a node's key" },
  summary: {
    ja: "ノードの鍵またはアドレスを変更します。番号とデータはそのままです。",
    en: "Changes the key or the address of a node, which keeps its number and its data.",
  },
  public: record({
    number: nodeNumber,
    publicKey: ed25519Key,
    address: nodeAddress,
    force: flag,
  }),
  private: null,
  validity: "organisation",
  signers: [holder("publicKey"), GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_NODE", "KEY_USED"],
  keys: ({ public: { publicKey } }) => [WISHED_NODES, ...keysOfPublicKey(publicKey)],
  apply(view, { public: { number, publicKey, address, force } }) {
    const wish = wishOf(view);
    const node = wishedNode(wish, number);
    if (node === undefined) return "UNKNOWN_NODE";
    const keepsKey = equalBytes(node.publicKey, publicKey);
    if (!keepsKey && isUsedKey(view, publicKey)) return "KEY_USED";
    view.put(NODE_KEY.key(toHex(publicKey)), { number });
    const members = withNode(wish, { ...node, publicKey, address });
    view.put(WISHED_NODES, { ...wish, members, force });
    return [];
  },
});
