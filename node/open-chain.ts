/**
 * Opens what a node's directory holds: checks that it belongs here, rebuilds the state tree, finds where the
 * chain was, and executes again what the log holds above it.
 */
import { decodeCertificate } from "../ledger/block.ts";
import { equalBytes } from "../ledger/bytes.ts";
import type { SignatureContext } from "../ledger/certificate.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { type Genesis, genesisMembership } from "../ledger/genesis.ts";
import { HASH_SIZE_BYTES, type Hash } from "../ledger/hash.ts";
import { type Membership, nodeNumber, votersOf } from "../ledger/membership.ts";
import { bytes, fromBytes, record, toBytes, uint } from "../ledger/schema.ts";
import { Certifier } from "./chain/certifier.ts";
import { confStateOf } from "./chain/conf-change.ts";
import type { Identity } from "./chain/identity.ts";
import { LedgerChain, type VerifyTransactions } from "./chain/ledger-chain.ts";
import { Memberships } from "./chain/memberships.ts";
import { openState } from "./derived-state.ts";
import { Tail } from "./driver/tail.ts";
import type { LogFacts } from "./logger.ts";
import { readRecentIds } from "./recent-ids.ts";
import { BlockLog } from "./storage/block-log.ts";
import { KEYS } from "./storage/buckets.ts";
import type { Database } from "./storage/database.ts";
import { EvidenceStore } from "./storage/evidence-store.ts";
import { encodePromise, NOTHING_PROMISED } from "./storage/promise.ts";
import { StorageError, type StorageErrorCode } from "./storage/record.ts";
import { isChainWhole, isSuspect } from "./storage/scrub.ts";
import { StateStore } from "./storage/state-store.ts";
import { storedStart } from "./storage/stored-blocks.ts";

/**
 * Version of the directory's layout: in the second, blocks lie in segments (storage/value-log.ts). A directory of the first is
 * read, and goes on in the second, which builds that know only the first refuse.
 */
const DIRECTORY_FORMAT = 2;
const identitySchema = record({
  format: uint(DIRECTORY_FORMAT, 1),
  networkId: bytes(HASH_SIZE_BYTES),
  node: nodeNumber,
});

/** What an operator reads about a repair. */
const CUT =
  "blocks on this node's disk were damaged or missing: those from this height on are fetched again";
const REBUILT =
  "the state on this node's disk was damaged: it is rebuilt by executing the blocks again";

/** What reading everything, and repairing it, may help against. */
const DAMAGES: readonly StorageErrorCode[] = ["RECORD_DAMAGED", "RECORD_MISSING", "STATE_DAMAGED"];

/** What is needed to open a directory. */
export interface OpenChainParts {
  readonly database: Database;
  readonly genesis: Genesis;
  readonly signatures: SignatureContext;
  readonly identity: Identity;
  readonly verifyTransactions: VerifyTransactions;
  readonly nowMs: () => number;
  /** How much is read: everything, unless a scrub follows (scrub.ts), which leaves a note when it finds damage. */
  readonly check?: "all" | "recent";
  /** Told of what was damaged and is repaired. */
  readonly notice?: (code: string, facts: LogFacts) => void;
}

/** An opened directory. */
export interface OpenedChain {
  readonly database: Database;
  readonly blocks: BlockLog;
  readonly store: StateStore;
  readonly chain: LedgerChain;
  readonly tail: Tail;
  readonly certifier: Certifier;
  readonly memberships: Memberships;
  readonly evidence: EvidenceStore;
}

/** Opens or makes a node's directory. @throws StorageError saying what is wrong with it. */
export async function openChain(parts: OpenChainParts): Promise<OpenedChain> {
  const { database, signatures, identity } = parts;
  await claimDirectory(database, signatures.networkId, identity.number);
  if (parts.check === "recent" && !isSuspect(database)) {
    try {
      return await openChecked(parts, false);
    } catch (error) {
      if (!(error instanceof StorageError && DAMAGES.includes(error.code))) throw error;
    }
  }
  return openChecked(parts, true);
}

/** @param isThorough all is read, and repaired; else what was applied long ago is believed to be whole. */
async function openChecked(parts: OpenChainParts, isThorough: boolean): Promise<OpenedChain> {
  const { database, genesis, signatures, identity, notice } = parts;
  const { networkId } = signatures;
  const store = new StateStore(database);
  if (isThorough) await demandSettled(database, storedStart(database));
  const isSoleVoter = votersOf(lastMembership(store, genesis)).length === 1;
  const trusted = isThorough ? 0 : store.appliedHeight();
  const blocks = await BlockLog.open(database, isSoleVoter, trusted);
  if (blocks.cutFrom !== null) notice?.("LOG_CUT", { height: blocks.cutFrom, text: CUT });
  const { tip, tree, block, isReset } = await openState(store, blocks, genesis, isThorough);
  if (isReset) notice?.("STATE_REBUILT", { height: blocks.hardState.commit, text: REBUILT });
  const recentIds = readRecentIds(tip, networkId, (height) => blocks.block(height));
  const { verifyTransactions, nowMs } = parts;
  const chain = new LedgerChain(
    { store, signatures, identity, verifyTransactions, nowMs },
    { block, tip, tree, recentIds },
  );
  const tail = new Tail(chain, blocks);
  const memberships = new Memberships(signatures, () => tail.last.tip.memberships);
  const certifier = new Certifier(signatures, identity, memberships);
  await replayTail(chain, tail, blocks, isReset ? blocks.hardState.commit : 0);
  adoptStored(certifier, tail, blocks);
  const { applied } = chain;
  blocks.beginFrom(
    Math.max(applied.tip.height, certifier.certifiedHeight),
    confStateOf(applied.tip.memberships.pending?.membership ?? applied.tip.memberships.current),
  );
  repeatVotes(certifier, tail, blocks);
  if (isSuspect(database)) await database.batch().del(KEYS.suspect).write({ sync: true });
  const evidence = await EvidenceStore.open(database);
  return { database, blocks, store, chain, tail, certifier, memberships, evidence };
}

/** Blocks whose bodies are gone cannot be had one by one. @throws StorageError `DATABASE_DAMAGED`. */
async function demandSettled(database: Database, height: number): Promise<void> {
  if (await isChainWhole({ database, height, rest: async () => true })) return;
  throw StorageError.beyondRepair("blocks that are not kept whole are damaged");
}

/** The membership that this directory knew last; that of the genesis when nothing can be read. */
function lastMembership(store: StateStore, genesis: Genesis): Membership {
  try {
    return store.applied()?.memberships.current ?? genesisMembership(genesis);
  } catch (error) {
    const isDamage = error instanceof StorageError || error instanceof LedgerFault;
    if (!isDamage) throw error;
    return genesisMembership(genesis);
  }
}

/** The highest certificate that is stored: by itself, or in the last block. */
function adoptStored(certifier: Certifier, tail: Tail, blocks: BlockLog): void {
  const stored = blocks.storedCertificate();
  const inLastBlock = tail.last.block?.control.lastCertificate ?? null;
  if (stored !== undefined) certifier.adopt(decodeCertificate(stored), tail.blockAt);
  if (inLastBlock !== null) certifier.adopt(inLastBlock, tail.blockAt);
}

/** A directory belongs to one node of one network for ever. */
async function claimDirectory(database: Database, networkId: Hash, node: number): Promise<void> {
  const stored = database.get(KEYS.identity);
  const isPromised = database.promise() !== undefined;
  const own = toBytes(identitySchema, { format: DIRECTORY_FORMAT, networkId, node });
  if (stored === undefined) {
    // The database of a node with promises is empty when it was set aside.
    const isEmpty = (await database.lastKey("", "~")) === undefined;
    if (!isEmpty) throw withoutOwner(isPromised);
    const batch = database.batch().put(KEYS.identity, own);
    if (!isPromised) batch.promise(encodePromise(NOTHING_PROMISED));
    await batch.write({ sync: true });
    return;
  }
  if (!isPromised) throw StorageError.lost("PROMISES_LOST", "no record of promises can be read");
  const identity = fromBytes(identitySchema, stored, 256);
  if (!equalBytes(identity.networkId, networkId) || identity.node !== node) {
    throw new StorageError(
      "WRONG_DIRECTORY",
      `the data directory belongs to node ${identity.node} of another network or member; use another`,
    );
  }
  if (identity.format === DIRECTORY_FORMAT) return;
  await database.batch().put(KEYS.identity, own).write({ sync: true });
}

/** LevelDB makes a new database of the remains when it does not find the old one's root. */
function withoutOwner(isPromised: boolean): StorageError {
  return isPromised
    ? StorageError.beyondRepair("the database is incomplete")
    : StorageError.lost("PROMISES_LOST", "no record of promises can be read");
}

/**
 * Blocks of the log above the applied one, committed or not: they were checked before they were written.
 * @param commit up to which height they are applied at once.
 */
async function replayTail(
  chain: LedgerChain,
  tail: Tail,
  blocks: BlockLog,
  commit: number,
): Promise<void> {
  for (let height = chain.applied.tip.height + 1; height <= blocks.lastIndex(); height++) {
    try {
      const link = await chain.replay(tail.last, blocks.block(height));
      tail.put(link);
      if (height > commit) continue;
      await chain.apply(link);
      tail.applied(height);
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
