import { nodeNumber } from "../../ledger/membership.ts";
import { flag, record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER } from "../declaration.ts";
import { WISHED_NODES } from "../state/state-records.ts";
import { hasVoter, wishedNode, wishOf, withNode } from "./node-rules.ts";

/** NODE_DEMOTE: a node shall follow the chain without a vote. */
export const nodeDemote = defineTransaction({
  type: "NODE_DEMOTE",
  since: 1,
  title: { ja: "ノードの投票権の取消し", en: "Demote a node" },
  summary: {
    ja: "ノードの投票権を取り消し、閲覧専用にします。",
    en: "Takes a node's vote away; it goes on as a learner.",
  },
  public: record({ number: nodeNumber, force: flag }),
  private: null,
  validity: "organisation",
  signers: [GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_NODE", "LAST_VOTER"],
  keys: () => [WISHED_NODES],
  apply(view, { public: { number, force } }) {
    const wish = wishOf(view);
    const node = wishedNode(wish, number);
    if (node === undefined) return "UNKNOWN_NODE";
    const members = withNode(wish, { ...node, role: "learner" });
    if (!hasVoter(members)) return "LAST_VOTER";
    view.put(WISHED_NODES, { ...wish, members, force });
    return [];
  },
});
