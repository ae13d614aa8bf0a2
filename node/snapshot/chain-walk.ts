/**
 * Follows a chain from a block that this node has to the block of a snapshot, without executing anything: hash by hash,
 * blocks without their witness for the most part, or bare ones. Whether it is the network's chain is decided at its end, by the certificate.
 *
 * Blocks whose ids could still be replayed must be whole: execution needs their ids (docs/decisions/0003).
 */
import { type Block, resultsRootOf } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { type SignatureContext, verifyCertificate } from "../../ledger/certificate.ts";
import { advanceTip, type ChainTip } from "../../ledger/chain.ts";
import { type FaultCode, LedgerFault } from "../../ledger/faults.ts";
import type { Hash } from "../../ledger/hash.ts";
import { membershipHash } from "../../ledger/membership.ts";
import { merkleRoot } from "../../ledger/merkle.ts";
import { decodeStored, isPruned } from "../../ledger/pruning.ts";
import { hasBody } from "../storage/bare-block.ts";

/** Blocks between one that names a membership and the certificate that puts it in force: a leader makes none. */
const PENDING_BLOCKS_MAX = 65_536;

/** A walk, from one tip upwards. */
export class ChainWalk {
  readonly #wholeSinceMs: number;
  readonly #signatures: SignatureContext;
  readonly #from: number;
  /** Hashes of the blocks since a membership was named that is not in force yet. */
  readonly #pending = new Map<number, Hash>();
  #tip: ChainTip;

  /** @param wholeSinceMs from this time on, of blocks, bodies are demanded. */
  constructor(tip: ChainTip, wholeSinceMs: number, signatures: SignatureContext) {
    this.#tip = tip;
    this.#from = tip.height;
    this.#wholeSinceMs = wholeSinceMs;
    this.#signatures = signatures;
  }

  /** How far it has come. */
  get tip(): ChainTip {
    return this.#tip;
  }

  /** Goes on by some blocks, all or none. @throws LedgerFault when one does not follow, or lacks a part. */
  follow(blocks: readonly Block[]): void {
    let tip = this.#tip;
    for (const block of blocks) {
      this.#verify(tip, block);
      tip = advanceTip(tip, block);
      if (tip.memberships.pending === null) this.#pending.clear();
      else this.#pending.set(tip.height, tip.hash);
    }
    this.#tip = tip;
  }

  #verify(tip: ChainTip, block: Block): void {
    const { header } = block;
    const { height } = header;
    const demand = (holds: boolean, code: FaultCode) => {
      if (!holds) throw new LedgerFault(code, { height });
    };
    // Rules C1, C2, C5 and C6 of ledger/chain.ts. All others were checked by those who certified the last block.
    demand(height === tip.height + 1, "HEIGHT_MISMATCH");
    demand(equalBytes(header.previousHash, tip.hash), "PREVIOUS_HASH_MISMATCH");
    demand(equalBytes(header.controlHash, block.controlHash), "CONTROL_HASH_MISMATCH");
    demand(equalBytes(header.historyRoot, tip.history.root()), "HISTORY_ROOT_MISMATCH");
    demand(this.#pending.size <= PENDING_BLOCKS_MAX, "MEMBERSHIP_CHANGE_INVALID");
    const membership = tip.memberships.nextAfter(block.control);
    demand(equalBytes(header.membershipHash, membershipHash(membership)), "MEMBERSHIP_MISMATCH");
    if (membership !== tip.memberships.current) this.#verifyActivation(tip, block.control);
    const mustBeWhole = header.timestampMs >= this.#wholeSinceMs;
    const isAsDemanded = !mustBeWhole || (hasBody(block) && !block.transactions.some(isPruned));
    demand(isAsDemanded, "TRANSACTIONS_ROOT_MISMATCH");
    if (hasBody(block)) verifyBody(block);
    else demand(block.results.length === 0, "RESULTS_ROOT_MISMATCH");
  }

  /**
   * A membership comes into force by a certificate of the one before it, for a block of this very chain: else whoever
   * makes up a chain could name its members too. Up to where the walk began the chain is this node's own.
   */
  #verifyActivation({ memberships }: ChainTip, { lastCertificate }: Block["control"]): void {
    if (lastCertificate === null) return;
    const { height, blockHash } = lastCertificate;
    const hash = height <= this.#from ? blockHash : this.#pending.get(height);
    if (hash === undefined || !equalBytes(hash, blockHash)) {
      throw new LedgerFault("CERTIFICATE_INVALID", { height, reason: "no block of this chain" });
    }
    const membership = memberships.at(height);
    verifyCertificate(lastCertificate, { ...this.#signatures, membership });
  }
}

function verifyBody({ header, transactions, results }: Block): void {
  const { height } = header;
  const decoded = transactions.map((bytes) => decodeStored(bytes));
  const root = merkleRoot(decoded.map(({ leaf }) => leaf));
  if (!equalBytes(header.transactionsRoot, root)) {
    throw new LedgerFault("TRANSACTIONS_ROOT_MISMATCH", { height });
  }
  const ids = decoded.map(({ envelope }) => envelope.id);
  const isComplete = results.length === ids.length;
  if (!isComplete || !equalBytes(header.resultsRoot, resultsRootOf(ids, results))) {
    throw new LedgerFault("RESULTS_ROOT_MISMATCH", { height });
  }
}
