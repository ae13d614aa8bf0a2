/**
 * What a node needs that joins a running network, in one folder of its own:
 *
 *     DIR/genesis.json                        which network it is
 *     DIR/node.json, DIR/node.key             the node and its key
 *     DIR/node-admit.transaction              or node-replace: what those who govern sign and submit
 *
 * Who the members are is the asked node's word. It is a hint and no more: governance is asked to sign what the
 * folder says, and the new node believes nobody before it has the proof (node/membership-gossip.ts).
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, genesisText, networkIdOf } from "../../ledger/genesis.ts";
import { newSeed, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { keyFileText, writeNewFile } from "../files.ts";
import type { NetworkMembership } from "../sdk/answers.ts";
import { type PartlySigned, readPartlySigned } from "../sdk/countersign.ts";
import { type Draft, officer, signDraft } from "../sdk/transaction-builder.ts";
import { writeNodeFile } from "./node-file.ts";

/** How a node comes in. */
export type Entry =
  | { readonly organisation: string; readonly role: "voter" | "learner" }
  /** In the place of a node of this number, with its organisation and its role. */
  | { readonly replaces: number };

/** Who joins which network. */
export interface NewNode {
  readonly genesis: Genesis;
  readonly membership: NetworkMembership;
  readonly entry: Entry;
  /** Where the other members dial it. */
  readonly address: string;
  readonly peerListen: string;
  readonly apiHost: string;
  readonly apiPort: number;
  /** Whether it comes in although the voters in reach would be no quorum afterwards. */
  readonly force: boolean;
}

/** What was made. */
export interface JoiningNode {
  readonly number: number;
  readonly nodeFile: string;
  readonly transactionFile: string;
  /** Signed with the new node's key. */
  readonly transaction: PartlySigned;
}

/**
 * Makes the folder of a node that joins.
 * @throws ClientError `FILE_EXISTS` when there is a node in it; LedgerFault `UNKNOWN_NODE` when it replaces none,
 *   `INVALID_FIELD` for an address or organisation that cannot be.
 */
export async function joinNetwork(directory: string, node: NewNode): Promise<JoiningNode> {
  const { genesis, membership, entry, address, force, peerListen, apiHost, apiPort } = node;
  const nodeFile = join(directory, "node.json");
  if (existsSync(nodeFile)) throw new ClientError("FILE_EXISTS", { file: nodeFile });
  const seed = newSeed();
  const signer = signerOfSeed(seed);
  const number = membership.nextNumber;
  const newcomer = { publicKey: toHex(signer.publicKey), address, force };
  const draft = draftOf(entry, membership, { ...newcomer, number });
  const networkId = networkIdOf(genesis);
  const context = { networkId, nowMs: Date.now() };
  const { bytes } = await signDraft(draft, [officer(signer)], context);
  const transactionFile = join(
    directory,
    `${draft.type.toLowerCase().replace("_", "-")}.transaction`,
  );

  writeNewFile(join(directory, "genesis.json"), genesisText(genesis));
  writeNewFile(join(directory, "node.key"), keyFileText(seed), "secret");
  writeNewFile(transactionFile, bytes);
  writeNodeFile(nodeFile, {
    genesisFile: "genesis.json",
    nodeNumber: number,
    keyFile: "node.key",
    peerListen,
    apiHost,
    apiPort,
    contacts: contactsIn(membership, entry),
  });
  const transaction = readPartlySigned(bytes, networkId);
  return { number, nodeFile, transactionFile, transaction };
}

/** The members that can be asked: neither those who leave, nor the one that is replaced. */
function contactsIn({ inForce }: NetworkMembership, entry: Entry) {
  const replaced = "replaces" in entry ? entry.replaces : null;
  return inForce
    .filter(({ number, role }) => role !== "leaving" && number !== replaced)
    .map(({ number, publicKey, address }) => ({ number, publicKey: toHex(publicKey), address }));
}

function draftOf(
  entry: Entry,
  { wished }: NetworkMembership,
  { number, ...newcomer }: { readonly number: number; readonly [field: string]: JsonValue },
): Draft {
  if (!("replaces" in entry)) {
    return { type: "NODE_ADMIT", public: { ...entry, number, ...newcomer }, private: null };
  }
  if (!wished.some((node) => node.number === entry.replaces)) {
    throw new LedgerFault("UNKNOWN_NODE", {
      number: entry.replaces,
      nodes: wished.map((node) => node.number).join(", "),
    });
  }
  const fields = { number: entry.replaces, newNumber: number, ...newcomer };
  return { type: "NODE_REPLACE", public: fields, private: null };
}
