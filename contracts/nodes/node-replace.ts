import { toHex } from "../../ledger/bytes.ts";
import { nodeNumber } from "../../ledger/membership.ts";
import { flag, record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER, holder } from "../declaration.ts";
import { ed25519Key } from "../fields/fields.ts";
import { nodeAddress } from "../fields/node-address.ts";
import { keysOfPublicKey } from "../governance/public-keys.ts";
import { NODE_KEY, WISHED_NODES } from "../state/state-records.ts";
import { newcomerFault, wishedNode, wishOf } from "./node-rules.ts";

/**
 * NODE_REPLACE: a node whose disk or key is lost goes, and a new one of the same organisation takes its role.
 * The new node's key signs too.
 */
export const nodeReplace = defineTransaction({
  type: "NODE_REPLACE",
  since: 1,
  title: { ja: "ノードの交代", en: "Replace a node" },
  summary: {
    ja: "ディスクや鍵を失ったノードを外し、同じ団体の新しいノードに役割を引き継ぎます。",
    en: "Retires a node and gives its role to a new node of the same organisation.",
  },
  public: record({
    number: nodeNumber,
    newNumber: nodeNumber,
    publicKey: ed25519Key,
    address: nodeAddress,
    force: flag,
  }),
  private: null,
  validity: "organisation",
  signers: [holder("publicKey"), GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_NODE", "LIMIT_EXCEEDED", "NODE_NUMBER_MISMATCH", "KEY_USED"],
  keys: ({ public: { publicKey } }) => [WISHED_NODES, ...keysOfPublicKey(publicKey)],
  apply(view, { public: { number, newNumber, publicKey, address, force } }) {
    const { members } = wishOf(view);
    const node = wishedNode(wishOf(view), number);
    if (node === undefined) return "UNKNOWN_NODE";
    const newcomer = { ...node, number: newNumber, publicKey, address };
    const fault = newcomerFault(view, newcomer);
    if (fault !== null) return fault;
    view.put(NODE_KEY.key(toHex(publicKey)), { number: newNumber });
    view.put(WISHED_NODES, {
      members: [...members.filter((other) => other !== node), newcomer],
      lastNumber: newNumber,
      force,
    });
    return [];
  },
});
