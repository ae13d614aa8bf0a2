/**
 * The chain as executed: the applied state on disk, and above it every block that was built or validated
 * but is not applied yet, each with its writes as an overlay.
 *
 * Invariants:
 * - A link is made only for a block that this node executed itself, with the same roots as its header.
 * - Overlays are captured before anything is awaited: the applied state may move on meanwhile, the
 *   captured writes cover whatever it moved over.
 */
import { type CheckedTransaction, checkTransaction } from "../../contracts/check-transaction.ts";
import { type RecentIdSet, type RecentIds, repeatedIds } from "../../contracts/duplicates.ts";
import { type ExecutedBlock, executeBlock, keysOf } from "../../contracts/execute-block.ts";
import type { State } from "../../contracts/state/state.ts";
import {
  BLOCK_VERSION,
  type Block,
  type BlockControl,
  blockHash,
  controlHashOf,
  decodeBlock,
  encodeBlock,
  encodeHeader,
  proposalMessage,
  resultsRootOf,
} from "../../ledger/block.ts";
import { equalBytes, toHex } from "../../ledger/bytes.ts";
import type { SignatureContext } from "../../ledger/certificate.ts";
import { verifyLink } from "../../ledger/chain.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { BLOCK_TIMESTAMP_AHEAD_MS_MAX } from "../../ledger/limits.ts";
import { membershipHash } from "../../ledger/membership.ts";
import { merkleRoot } from "../../ledger/merkle.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import type { StateStore } from "../storage/state-store.ts";
import { type ChainBase, type ChainLink, linkOf, overlaysOf, settledLink } from "./chain-link.ts";
import type { Identity } from "./identity.ts";
import { assertStep } from "./membership-steps.ts";

/** Checks the signatures of transactions; true for each that is right. */
export type VerifyTransactions = (
  transactions: readonly CheckedTransaction[],
) => Promise<readonly boolean[]>;

/** A transaction of exactly these bytes that this node has let in, if it still waits: its signatures are right. */
export type FindChecked = (transactionBytes: Uint8Array) => CheckedTransaction | undefined;

/** What a leader puts into the next block beside the header's computed fields. */
export interface Draft {
  readonly term: number;
  readonly timestampMs: number;
  readonly control: BlockControl;
  readonly transactions: readonly CheckedTransaction[];
}

/** The state after a parent, as far as a block on it reads: overlays, then what was fetched from disk. */
export interface Prefetched {
  readonly parent: ChainLink;
  readonly state: State;
}

/** What the chain is made with. */
export interface LedgerChainParts {
  readonly store: StateStore;
  readonly signatures: SignatureContext;
  readonly identity: Identity;
  readonly verifyTransactions: VerifyTransactions;
  readonly nowMs: () => number;
}

/** Builds, validates and applies blocks. */
export class LedgerChain {
  readonly #parts: LedgerChainParts;
  #recentIds: RecentIdSet;
  #findChecked: FindChecked = () => undefined;
  #applied: ChainLink;

  constructor(parts: LedgerChainParts, { recentIds, ...base }: ChainBase) {
    this.#parts = parts;
    this.#recentIds = recentIds;
    this.#applied = settledLink(base, parts.store);
  }

  /** Goes on from another block, whose state the store reads from now on: that of a snapshot. */
  restore({ recentIds, ...base }: ChainBase): void {
    this.#recentIds = recentIds;
    this.#applied = settledLink(base, this.#parts.store);
  }

  /** The last applied block. */
  get applied(): ChainLink {
    return this.#applied;
  }

  /** From now on what is found there is neither decoded nor checked nor verified again when its block comes. */
  findCheckedIn(findChecked: FindChecked): void {
    this.#findChecked = findChecked;
  }

  /** Reads from disk all that the transactions will touch, so that execution waits for nothing. */
  async prefetch(
    parent: ChainLink,
    transactions: readonly CheckedTransaction[],
  ): Promise<Prefetched> {
    const overlays = overlaysOf(parent);
    const keys = keysOf(transactions);
    const missing = keys.filter((key) => !overlays.some(({ writes }) => writes.has(key)));
    const values = await this.#parts.store.getMany(missing);
    const fromDisk = new Map(missing.map((key, i) => [key, values[i]]));
    const get = (key: string): Uint8Array | null => {
      for (const { writes } of overlays) {
        const value = writes.get(key);
        if (value !== undefined) return value;
      }
      if (!fromDisk.has(key)) throw new Error(`state key ${key} was not fetched`);
      return fromDisk.get(key) ?? null;
    };
    return { parent, state: { get, tree: parent.tree } };
  }

  /** What the blocks above the applied one, up to `parent`, hold: how many transactions, and which ids. */
  underWay(parent: ChainLink): { transactions: number; has: (id: string) => boolean } {
    const overlays = overlaysOf(parent);
    return {
      transactions: overlays.reduce((sum, { transactions }) => sum + transactions.length, 0),
      has: (id) => overlays.some(({ transactionIds }) => transactionIds.has(id)),
    };
  }

  /**
   * True when no applied block can hold the transaction's id, as far as memory alone can tell: what a card signed
   * is remembered as long as it could come again.
   */
  isSurelyNew({ declaration, source: { id }, idEndsMs }: CheckedTransaction): boolean {
    const { timestampMs } = this.#applied.tip;
    const isRemembered = declaration.validity === "card" && idEndsMs >= timestampMs;
    return isRemembered && !this.#recentIds.has(id, timestampMs);
  }

  /** The transactions that a block on the parent made at that time may hold: no id comes twice. */
  withoutRepeated(
    { parent, state }: Prefetched,
    timestampMs: number,
    transactions: readonly CheckedTransaction[],
  ): CheckedTransaction[] {
    const repeated = repeatedIds(state, { timestampMs }, transactions, this.#recentIdsOf(parent));
    return transactions.filter((_, index) => !repeated.has(index));
  }

  /** Ids in the ancestors of a block on `parent`: those applied, and those in overlays. */
  #recentIdsOf(parent: ChainLink): RecentIds {
    const overlays = overlaysOf(parent);
    return {
      has: (id, timestampMs) =>
        overlays.some(({ recentIds }) => (recentIds.get(id) ?? -1) >= timestampMs) ||
        this.#recentIds.has(id, timestampMs),
    };
  }

  /** Builds, executes and signs the next block on top of the prefetched parent. */
  build(draft: Draft, prefetched: Prefetched): ChainLink {
    const { parent } = prefetched;
    const { signatures, identity } = this.#parts;
    const membership = parent.tip.memberships.nextAfter(draft.control);
    const signer = identity.signerIn(membership);
    if (signer === null) throw new Error("this node has no key in the membership of the block");
    const height = parent.tip.height + 1;
    const timestampMs = Math.max(draft.timestampMs, parent.tip.timestampMs);
    const executed = this.#execute(prefetched, { height, timestampMs }, draft.transactions);
    const headerBytes = encodeHeader({
      version: BLOCK_VERSION,
      height,
      term: draft.term,
      previousHash: parent.tip.hash,
      timestampMs,
      proposer: identity.number,
      transactionsRoot: merkleRoot(draft.transactions.map(({ source }) => source.leaf)),
      resultsRoot: resultsRootOf(idsOf(draft.transactions), executed.results),
      stateRoot: executed.stateRoot,
      historyRoot: parent.tip.history.root(),
      membershipHash: membershipHash(membership),
      controlHash: controlHashOf(draft.control),
    });
    const message = proposalMessage(signatures.networkId, blockHash(headerBytes));
    const blockBytes = encodeBlock({
      headerBytes,
      proposalSignature: signer.sign(message),
      control: draft.control,
      transactions: draft.transactions.map(({ source }) => source.bytes),
      results: executed.results,
    });
    return linkOf(parent, decodeBlock(blockBytes), draft.transactions, executed);
  }

  /**
   * Checks another node's block completely: form, signatures, link, execution. It is executed while other threads
   * verify its signatures, which takes as long; without them it comes to nothing.
   * @throws LedgerFault naming a rule that it breaks.
   */
  async validate(parent: ChainLink, block: Block): Promise<ChainLink> {
    const ahead = block.header.timestampMs - this.#parts.nowMs();
    if (ahead > BLOCK_TIMESTAMP_AHEAD_MS_MAX) {
      throw new LedgerFault("TIMESTAMP_INVALID", { height: block.header.height, aheadMs: ahead });
    }
    const { transactions, unverified } = this.#readTransactions(block);
    const [verdicts, link] = await Promise.all([
      this.#parts.verifyTransactions(unverified),
      this.#examine(parent, block, transactions),
    ]);
    const wrong = unverified.find((_, i) => verdicts[i] !== true);
    if (wrong !== undefined) throw new LedgerFault("SIGNATURE_INVALID", { id: wrong.source.id });
    return link;
  }

  /** Executes a block of this node's own log again, after a restart: its signatures were checked before. */
  replay(parent: ChainLink, block: Block): Promise<ChainLink> {
    return this.#examine(parent, block, this.#readTransactions(block).transactions);
  }

  /** Applies a committed block to the state on disk. It must be the next one. */
  async apply(link: ChainLink): Promise<void> {
    if (link.parent !== this.#applied) throw new Error("blocks are applied in order");
    const ids = link.transactions.map(({ id }) => id);
    await this.#parts.store.apply(link.tip, link.writes, ids);
    this.#recentIds.addEnds(link.recentIds);
    this.#recentIds.forget(link.tip.timestampMs);
    link.parent = null;
    this.#applied = link;
  }

  /** A block's transactions in order, and those of them that this node has not let in itself. */
  #readTransactions(block: Block): Record<"transactions" | "unverified", CheckedTransaction[]> {
    const { networkId } = this.#parts.signatures;
    const unverified: CheckedTransaction[] = [];
    const transactions = block.transactions.map((bytes) => {
      const known = this.#findChecked(bytes);
      if (known !== undefined) return known;
      const checked = checkTransaction(decodeTransaction(bytes), networkId);
      unverified.push(checked);
      return checked;
    });
    return { transactions, unverified };
  }

  async #examine(
    parent: ChainLink,
    block: Block,
    transactions: readonly CheckedTransaction[],
  ): Promise<ChainLink> {
    const leaves = transactions.map(({ source }) => source.leaf);
    verifyLink(parent.tip, block, leaves, this.#parts.signatures);
    assertStep(parent, block);
    const prefetched = await this.prefetch(parent, transactions);
    const executed = this.#execute(prefetched, block.header, transactions);
    assertSameOutcome(block, transactions, executed);
    return linkOf(parent, block, transactions, executed);
  }

  /** What a transaction would do, alone in the next block; null when no such block may hold it. */
  async executeAlone(checked: CheckedTransaction, nowMs: number): Promise<ExecutedBlock | null> {
    const { tip } = this.#applied;
    const prefetched = await this.prefetch(this.#applied, [checked]);
    const at = { height: tip.height + 1, timestampMs: Math.max(nowMs, tip.timestampMs) };
    try {
      return this.#execute(prefetched, at, [checked]);
    } catch (error) {
      if (error instanceof LedgerFault) return null;
      throw error;
    }
  }

  #execute(
    prefetched: Prefetched,
    at: { readonly height: number; readonly timestampMs: number },
    transactions: readonly CheckedTransaction[],
  ): ExecutedBlock {
    const { parent, state } = prefetched;
    return executeBlock(
      state,
      {
        height: at.height,
        timestampMs: at.timestampMs,
        networkId: this.#parts.signatures.networkId,
      },
      transactions,
      this.#recentIdsOf(parent),
    );
  }
}

/** Rule C8: whoever executes the block gets the results and the state that its header names. */
function assertSameOutcome(
  block: Block,
  transactions: readonly CheckedTransaction[],
  executed: ExecutedBlock,
): void {
  const { header, results } = block;
  const { height } = header;
  const sameResults =
    executed.results.every((result, i) => result === results[i]) &&
    equalBytes(header.resultsRoot, resultsRootOf(idsOf(transactions), executed.results));
  if (!sameResults) throw new LedgerFault("RESULTS_ROOT_MISMATCH", { height });
  if (!equalBytes(header.stateRoot, executed.stateRoot)) {
    throw new LedgerFault("STATE_ROOT_MISMATCH", {
      height,
      expected: toHex(header.stateRoot),
      actual: toHex(executed.stateRoot),
    });
  }
}

function idsOf(transactions: readonly CheckedTransaction[]): Uint8Array[] {
  return transactions.map(({ source }) => source.envelope.id);
}
