/** The state before the first block: organisations, their keys, those who govern, and the nodes. */
import { toHex } from "../ledger/bytes.ts";
import type { Genesis } from "../ledger/genesis.ts";
import { governorsOf } from "./governance/governors.ts";
import type { WishedNode } from "./nodes/wish.ts";
import { assertAnchors } from "./residents/card-certificate.ts";
import type { StateKey } from "./state/key-space.ts";
import { MemoryState } from "./state/state.ts";
import {
  CARD_ANCHORS,
  GOVERNORS,
  KEY,
  NODE_KEY,
  ORGANISATION,
  WISHED_NODES,
} from "./state/state-records.ts";

/**
 * The state that block 1 is executed on. From here on governance, not the genesis, says who may sign.
 * @throws LedgerFault `INVALID_FIELD`, `MALFORMED` when the anchors are wrong.
 */
export function genesisState(genesis: Genesis): MemoryState {
  assertAnchors(genesis.cardAnchors);
  return new MemoryState([
    ...genesis.organisations.map((organisation) =>
      entry(ORGANISATION.key(organisation.id), organisation),
    ),
    ...genesis.keys.map(({ publicKey, organisation, roles }) =>
      entry(KEY.key(toHex(publicKey)), { organisation, roles, status: "ACTIVE" }),
    ),
    ...genesis.members.map(({ publicKey, number }) =>
      entry(NODE_KEY.key(toHex(publicKey)), { number }),
    ),
    entry(GOVERNORS, governorsOf(genesis)),
    entry(WISHED_NODES, {
      members: genesis.members.map(asWished),
      lastNumber: Math.max(...genesis.members.map(({ number }) => number)),
      force: false,
    }),
    ...(genesis.cardAnchors.length > 0
      ? [entry(CARD_ANCHORS, { certificates: genesis.cardAnchors })]
      : []),
  ]);
}

function asWished({ role, ...node }: Genesis["members"][number]): WishedNode {
  if (role === "leaving") throw new RangeError("nobody is leaving in a genesis");
  return { ...node, role };
}

function entry<T>(key: StateKey<T>, value: T): readonly [key: string, value: Uint8Array] {
  return [key.text, key.space.encode(value)];
}
