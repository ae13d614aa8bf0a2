/**
 * Opens what a node's directory holds: checks that it belongs here, rebuilds the state tree, finds where the
 * chain was, and executes again what the log holds above it.
 */
import { checkTransaction } from "../contracts/check-transaction.ts";
import { RecentIdSet } from "../contracts/duplicates.ts";
import { genesisState } from "../contracts/genesis-state.ts";
import { StateTree } from "../contracts/state-tree.ts";
import { decodeCertificate } from "../ledger/block.ts";
import { equalBytes } from "../ledger/bytes.ts";
import type { CertificateContext } from "../ledger/certificate.ts";
import { type ChainTip, genesisTip } from "../ledger/chain.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Genesis } from "../ledger/genesis.ts";
import { HASH_SIZE_BYTES, type Hash } from "../ledger/hash.ts";
import {
  BLOCK_TIMESTAMP_AHEAD_MS_MAX,
  CARD_VALIDITY_MS_MAX,
  CREATED_AHEAD_MS_MAX,
} from "../ledger/limits.ts";
import { nodeNumber, votersOf } from "../ledger/membership.ts";
import type { Signer } from "../ledger/native/ed25519-signer.ts";
import { bytes, fromBytes, record, toBytes, uint } from "../ledger/schema.ts";
import { decodeTransaction } from "../ledger/transaction.ts";
import { Certifier } from "./chain/certifier.ts";
import { LedgerChain, type VerifyTransactions } from "./chain/ledger-chain.ts";
import { Tail } from "./driver/tail.ts";
import { BlockLog } from "./storage/block-log.ts";
import { KEYS } from "./storage/buckets.ts";
import type { Database } from "./storage/database.ts";
import { StorageError } from "./storage/record.ts";
import { StateStore } from "./storage/state-store.ts";

/** Version of the directory's layout. */
const DIRECTORY_FORMAT = 1;
const identitySchema = record({
  format: uint(DIRECTORY_FORMAT, DIRECTORY_FORMAT),
  networkId: bytes(HASH_SIZE_BYTES),
  node: nodeNumber,
});

/** What is needed to open a directory. */
export interface OpenChainParts {
  readonly database: Database;
  readonly genesis: Genesis;
  readonly context: CertificateContext;
  readonly self: { readonly number: number; readonly signer: Signer };
  readonly verifyTransactions: VerifyTransactions;
  readonly nowMs: () => number;
}

/** An opened directory. */
export interface OpenedChain {
  readonly blocks: BlockLog;
  readonly store: StateStore;
  readonly chain: LedgerChain;
  readonly tail: Tail;
  readonly certifier: Certifier;
}

/** Opens or makes a node's directory. @throws StorageError saying what is wrong with it. */
export async function openChain(parts: OpenChainParts): Promise<OpenedChain> {
  const { database, genesis, context, self } = parts;
  await claimDirectory(database, context.networkId, self.number);
  const blocks = await BlockLog.open(database, {
    voters: votersOf(context.membership),
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  });
  const store = new StateStore(database);
  const tip = store.applied() ?? (await writeGenesis(store, genesis));
  blocks.wasApplied(tip.height);
  const applied = tip.height === 0 ? null : blocks.block(tip.height);
  const tree = await readTree(store);
  if (applied !== null && !equalBytes(tree.root, applied.header.stateRoot)) {
    throw StorageError.lost("STATE_DAMAGED", `the state is not that after block ${tip.height}`);
  }
  const recentIds = readRecentIds(blocks, tip, context.networkId);
  const { verifyTransactions, nowMs } = parts;
  const chain = new LedgerChain(
    { store, context, self, verifyTransactions, nowMs },
    { block: applied, tip, tree, recentIds },
  );
  const tail = new Tail(chain, blocks);
  const certifier = new Certifier(context, self.number, self.signer);
  const stored = blocks.storedCertificate();
  await replayTail(chain, tail, blocks);
  if (stored !== undefined) certifier.adopt(decodeCertificate(stored), tail.blockAt);
  repeatVotes(certifier, tail, blocks);
  return { blocks, store, chain, tail, certifier };
}

/** A directory belongs to one node of one network for ever. */
async function claimDirectory(database: Database, networkId: Hash, node: number): Promise<void> {
  const stored = database.get(KEYS.identity);
  if (stored === undefined) {
    const identity = toBytes(identitySchema, { format: DIRECTORY_FORMAT, networkId, node });
    await database.batch().put(KEYS.identity, identity).write({ sync: true });
    return;
  }
  const identity = fromBytes(identitySchema, stored, 256);
  if (!equalBytes(identity.networkId, networkId) || identity.node !== node) {
    throw new StorageError(
      "WRONG_DIRECTORY",
      `the data directory belongs to node ${identity.node} of another network or member; use another`,
    );
  }
}

async function writeGenesis(store: StateStore, genesis: Genesis): Promise<ChainTip> {
  const tip = genesisTip(genesis);
  await store.apply(tip, genesisState(genesis).records(), []);
  return tip;
}

async function readTree(store: StateStore): Promise<StateTree> {
  const records: (readonly [string, Uint8Array])[] = [];
  for await (const entry of store.entries()) records.push(entry);
  return StateTree.of(records);
}

/** Ids that could still be replayed: in blocks as old as a card-signed transaction's life can be. */
function readRecentIds(blocks: BlockLog, tip: ChainTip, networkId: Hash): RecentIdSet {
  const recentIds = new RecentIdSet();
  const lifeMs = CARD_VALIDITY_MS_MAX + CREATED_AHEAD_MS_MAX + BLOCK_TIMESTAMP_AHEAD_MS_MAX;
  let first = tip.height + 1;
  while (first > 1 && blocks.block(first - 1).header.timestampMs >= tip.timestampMs - lifeMs) {
    first -= 1;
  }
  for (let height = first; height <= tip.height; height++) {
    const { transactions } = blocks.block(height);
    recentIds.add(transactions.map((item) => checkTransaction(decodeTransaction(item), networkId)));
  }
  return recentIds;
}

/** Blocks of the log above the applied one, committed or not: they were checked before they were written. */
async function replayTail(chain: LedgerChain, tail: Tail, blocks: BlockLog): Promise<void> {
  for (let height = chain.applied.tip.height + 1; height <= blocks.lastIndex(); height++) {
    try {
      tail.put(await chain.replay(tail.last, blocks.block(height)));
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
      throw StorageError.lost("STATE_DAMAGED", `block ${height} does not follow`, { cause: error });
    }
  }
}

/**
 * Votes are not stored, they follow from the log: given again after a restart, or acknowledgements of these
 * blocks would lack them.
 */
function repeatVotes(certifier: Certifier, tail: Tail, blocks: BlockLog): void {
  const { term } = blocks.hardState;
  for (let height = certifier.certifiedHeight + 1; height <= blocks.lastIndex(); height++) {
    const block = tail.blockAt(height);
    if (block?.term === term) certifier.vote(block);
  }
}
