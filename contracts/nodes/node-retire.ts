import { nodeNumber } from "../../ledger/membership.ts";
import { flag, record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER } from "../declaration.ts";
import { WISHED_NODES } from "../state/state-records.ts";
import { hasVoter, wishedNode, wishOf } from "./node-rules.ts";

/** NODE_RETIRE: a node shall leave the network. Its number and key never come back. */
export const nodeRetire = defineTransaction({
  type: "NODE_RETIRE",
  since: 1,
  title: { ja: "ノードの離脱", en: "Retire a node" },
  summary: {
    ja: "ノードをネットワークから外します。番号と鍵は二度と使えません。",
    en: "Takes a node out of the network. Its number and key are never used again.",
  },
  public: record({ number: nodeNumber, force: flag }),
  private: null,
  validity: "organisation",
  signers: [GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_NODE", "LAST_VOTER"],
  keys: () => [WISHED_NODES],
  apply(view, { public: { number, force } }) {
    const wish = wishOf(view);
    if (wishedNode(wish, number) === undefined) return "UNKNOWN_NODE";
    const members = wish.members.filter((node) => node.number !== number);
    if (!hasVoter(members)) return "LAST_VOTER";
    view.put(WISHED_NODES, { ...wish, members, force });
    return [];
  },
});
