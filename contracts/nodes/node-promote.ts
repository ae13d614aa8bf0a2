import { nodeNumber } from "../../ledger/membership.ts";
import { flag, record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER } from "../declaration.ts";
import { WISHED_NODES } from "../state/state-records.ts";
import { wishedNode, wishOf, withNode } from "./node-rules.ts";

/** NODE_PROMOTE: a node shall vote. Asked for again it changes nothing but `force`. */
export const nodePromote = defineTransaction({
  type: "NODE_PROMOTE",
  since: 1,
  title: { ja: "ノードへの投票権の付与", en: "Promote a node" },
  summary: {
    ja: "ノードに投票権を与えます。",
    en: "Gives a node a vote.",
  },
  public: record({ number: nodeNumber, force: flag }),
  private: null,
  validity: "organisation",
  signers: [GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_NODE"],
  keys: () => [WISHED_NODES],
  apply(view, { public: { number, force } }) {
    const wish = wishOf(view);
    const node = wishedNode(wish, number);
    if (node === undefined) return "UNKNOWN_NODE";
    const members = withNode(wish, { ...node, role: "voter" });
    view.put(WISHED_NODES, { ...wish, members, force });
    return [];
  },
});
