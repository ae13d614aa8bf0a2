/**
 * Builds whole chains as a network would, with real keys and real execution, and lets a test lie at any
 * point: what is false is signed and certified all the same, so that one rule alone is broken.
 */
import { type CheckedTransaction, checkTransaction } from "../../contracts/check-transaction.ts";
import { RecentIdSet } from "../../contracts/duplicates.ts";
import { type ExecutedBlock, executeBlock } from "../../contracts/execute-block.ts";
import { genesisState } from "../../contracts/genesis-state.ts";
import {
  type Block,
  type BlockControl,
  type BlockHeader,
  blockHash,
  controlHashOf,
  decodeBlock,
  encodeBlock,
  encodeHeader,
  proposalMessage,
  resultsRootOf,
} from "../../ledger/block.ts";
import {
  type Certificate,
  grantMessage,
  type LeaderCertificate,
  voteMessage,
} from "../../ledger/certificate.ts";
import { advanceTip, type ChainTip, genesisTip } from "../../ledger/chain.ts";
import { genesisMembership } from "../../ledger/genesis.ts";
import { membershipHash } from "../../ledger/membership.ts";
import { merkleRoot } from "../../ledger/merkle.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { AT_MS, type LedgerWorld } from "./ledger-world.ts";

/** Where a block may be made to lie. */
export interface Lies {
  readonly term?: number;
  readonly timestampMs?: number;
  readonly proposer?: number;
  readonly control?: (honest: BlockControl) => BlockControl;
  readonly header?: (honest: BlockHeader) => BlockHeader;
  readonly results?: (honest: readonly string[]) => readonly string[];
  readonly proposalSignature?: (honest: Uint8Array) => Uint8Array;
  /** Skips execution: for transactions that no node would take. The results are then all `OK`. */
  readonly unexecuted?: boolean;
}

/** A chain and its state, growing at its end. Node 1 leads, all nodes vote. */
export class AuditChain {
  readonly world: LedgerWorld;
  /** Bytes of each block from height 1. */
  readonly blocks: Uint8Array[] = [];
  readonly #state;
  readonly #recentIds = new RecentIdSet();
  readonly #membershipHash;
  #tip: ChainTip;
  #lastCertificate: Certificate | null = null;

  constructor(world: LedgerWorld) {
    this.world = world;
    this.#state = genesisState(world.genesis);
    this.#tip = genesisTip(world.genesis);
    this.#membershipHash = membershipHash(genesisMembership(world.genesis));
  }

  /** The certificate of the last block. */
  get certificate(): Certificate {
    return this.certify(this.#tip);
  }

  /** Adds a block with these transactions. */
  append(transactions: readonly Uint8Array[] = [], lies: Lies = {}): Block {
    const term = lies.term ?? Math.max(this.#tip.term, 1);
    const timestampMs = lies.timestampMs ?? Math.max(this.#tip.timestampMs, AT_MS);
    const proposer = lies.proposer ?? 1;
    const decoded = transactions.map(decodeTransaction);
    const executed = lies.unexecuted ? null : this.#execute(transactions, timestampMs);
    const honestResults = executed?.results ?? transactions.map(() => "OK");
    const results = lies.results?.(honestResults) ?? honestResults;
    const honestControl: BlockControl = {
      lastCertificate: this.#lastCertificate,
      leaderCertificate: term === this.#tip.term ? null : this.elect(term, proposer),
      membershipChange: null,
    };
    const control = lies.control?.(honestControl) ?? honestControl;
    const ids = decoded.map(({ envelope }) => envelope.id);
    const honest: BlockHeader = {
      version: 1,
      height: this.#tip.height + 1,
      term,
      previousHash: this.#tip.hash,
      timestampMs,
      proposer,
      transactionsRoot: merkleRoot(decoded.map(({ leaf }) => leaf)),
      // A lie about the number of results is in the block; its root stays one over real places.
      resultsRoot: resultsRootOf(ids, results.slice(0, ids.length)),
      stateRoot: executed?.stateRoot ?? this.#state.tree.root,
      historyRoot: this.#tip.history.root(),
      membershipHash: this.#membershipHash,
      controlHash: controlHashOf(control),
    };
    const headerBytes = encodeHeader(lies.header?.(honest) ?? honest);
    const message = proposalMessage(this.world.networkId, blockHash(headerBytes));
    const signature = this.#signer(proposer).sign(message);
    const proposalSignature = lies.proposalSignature?.(signature) ?? signature;
    const parts = { headerBytes, proposalSignature, control, transactions, results };
    const block = decodeBlock(encodeBlock(parts));
    this.blocks.push(block.bytes);
    this.#tip = advanceTip(this.#tip, block);
    this.#lastCertificate = this.certificate;
    return block;
  }

  /** A certificate of all nodes for a block. */
  certify({ term, height, hash }: Pick<ChainTip, "term" | "height" | "hash">): Certificate {
    const claim = { term, height, blockHash: hash, membershipHash: this.#membershipHash };
    const message = voteMessage(this.world.networkId, claim);
    const votes = this.world.nodes.map((node, i) => ({
      voter: i + 1,
      signature: node.sign(message),
    }));
    return { ...claim, votes };
  }

  /** The proof that all nodes granted a candidate a term, on top of the last block. */
  elect(term: number, candidate: number): LeaderCertificate {
    const { term: lastTerm, height, hash } = this.#tip;
    const position = { term: lastTerm, height, hash };
    const claim = { term, candidate, position, membershipHash: this.#membershipHash };
    const grants = this.world.nodes.map((node, i) => {
      const grant = { voter: i + 1, position };
      const message = grantMessage(this.world.networkId, claim, grant);
      return { ...grant, signature: node.sign(message) };
    });
    return { ...claim, grants };
  }

  #signer(number: number): Signer {
    const signer = this.world.nodes[number - 1];
    if (signer === undefined) throw new RangeError(`no node ${number}`);
    return signer;
  }

  #execute(transactions: readonly Uint8Array[], timestampMs: number): ExecutedBlock {
    const { networkId } = this.world;
    const checked: CheckedTransaction[] = transactions.map((bytes) =>
      checkTransaction(decodeTransaction(bytes), networkId),
    );
    const block = { height: this.#tip.height + 1, timestampMs, networkId };
    const executed = executeBlock(this.#state, block, checked, this.#recentIds);
    this.#state.commit(executed);
    this.#recentIds.add(checked);
    return executed;
  }
}
