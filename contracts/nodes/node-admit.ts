import { toHex } from "../../ledger/bytes.ts";
import { nodeNumber } from "../../ledger/membership.ts";
import { flag, oneOf, record } from "../../ledger/schema.ts";
import { defineTransaction, GOVERNORS_TOGETHER, holder } from "../declaration.ts";
import { ed25519Key, shortName } from "../fields/fields.ts";
import { nodeAddress } from "../fields/node-address.ts";
import { keysOfPublicKey } from "../governance/public-keys.ts";
import { NODE_KEY, ORGANISATION, WISHED_NODES } from "../state/state-records.ts";
import { newcomerFault, wishOf } from "./node-rules.ts";

/** NODE_ADMIT: another node shall run the network. Its key signs too: no slip of the pen is admitted. */
export const nodeAdmit = defineTransaction({
  type: "NODE_ADMIT",
  since: 1,
  title: { ja: "ノードの参加", en: "Admit a node" },
  summary: {
    ja: "参加団体のノードを、投票権のあるノードまたは閲覧専用のノードとして加えます。",
    en: "Takes a node of an organisation into the network, as a voter or as a learner.",
  },
  public: record({
    organisation: shortName,
    number: nodeNumber,
    publicKey: ed25519Key,
    address: nodeAddress,
    role: oneOf(["voter", "learner"]),
    force: flag,
  }),
  private: null,
  validity: "organisation",
  signers: [holder("publicKey"), GOVERNORS_TOGETHER],
  faults: ["UNKNOWN_ORGANISATION", "LIMIT_EXCEEDED", "NODE_NUMBER_MISMATCH", "KEY_USED"],
  keys: ({ public: { organisation, publicKey } }) => [
    ORGANISATION.key(organisation),
    WISHED_NODES,
    ...keysOfPublicKey(publicKey),
  ],
  apply(view, { public: { force, ...node } }) {
    if (view.get(ORGANISATION.key(node.organisation)) === null) return "UNKNOWN_ORGANISATION";
    const fault = newcomerFault(view, node);
    if (fault !== null) return fault;
    const { number, publicKey } = node;
    view.put(NODE_KEY.key(toHex(publicKey)), { number });
    const members = [...wishOf(view).members, node];
    view.put(WISHED_NODES, { members, lastNumber: number, force });
    return [];
  },
});
