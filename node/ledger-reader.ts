/** Answers questions about applied blocks: where a transaction is, what became of it, its receipt. */
import { TRANSACTION_ID } from "../contracts/state/state-records.ts";
import { type Block, blockHash, encodeControl, resultLeaves } from "../ledger/block.ts";
import { equalBytes } from "../ledger/bytes.ts";
import type { Certificate } from "../ledger/certificate.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Finality } from "../ledger/finality.ts";
import type { Hash } from "../ledger/hash.ts";
import { CARD_VALIDITY_MS_MAX } from "../ledger/limits.ts";
import { membershipHash } from "../ledger/membership.ts";
import type { MembershipStep } from "../ledger/membership-proof.ts";
import { merklePath } from "../ledger/merkle.ts";
import { decodeStored, isPruned } from "../ledger/pruning.ts";
import type { Receipt } from "../ledger/receipt.ts";
import type { PrunedTransaction, Transaction } from "../ledger/transaction.ts";
import { paymentTimeMs } from "../ledger/transaction-id.ts";
import type { Certifier } from "./chain/certifier.ts";
import type { LedgerChain } from "./chain/ledger-chain.ts";
import { type Decision, DISPLACED, decisionOf } from "./mempool.ts";
import { hasBody } from "./storage/bare-block.ts";
import type { BlockLog } from "./storage/block-log.ts";
import type { StateStore } from "./storage/state-store.ts";

/** A transaction of an applied block. */
export interface FoundTransaction {
  readonly transaction: Transaction | PrunedTransaction;
  readonly leaf: Hash;
  readonly block: Block;
  readonly index: number;
  readonly decision: Decision;
}

/** How many certificates a receipt may be looked for in: the blocks after a transaction's own. */
const CERTIFICATE_SEARCH_BLOCKS_MAX = 64;

/** Reads the applied chain. */
export class Ledger {
  readonly #blocks: BlockLog;
  readonly #store: StateStore;
  readonly #chain: LedgerChain;
  readonly #certifier: Pick<Certifier, "certified">;

  constructor(parts: {
    readonly blocks: BlockLog;
    readonly store: StateStore;
    readonly chain: LedgerChain;
    readonly certifier: Pick<Certifier, "certified">;
  }) {
    this.#blocks = parts.blocks;
    this.#store = parts.store;
    this.#chain = parts.chain;
    this.#certifier = parts.certifier;
  }

  /** Height of the last applied block. */
  get height(): number {
    return this.#chain.applied.tip.height;
  }

  /** An applied block with its body, whole or pruned. @throws LedgerFault `NOT_FOUND`; `BODY_DROPPED` when its transactions are not kept here. */
  block(height: number): Block {
    if (height < 1 || height > this.height) throw new LedgerFault("NOT_FOUND", { height });
    const block = this.#blocks.block(height);
    if (!hasBody(block)) throw new LedgerFault("BODY_DROPPED", { height, keptFrom: this.keptFrom });
    return block;
  }

  /** From this height on all blocks have their bodies, whole or pruned. */
  get keptFrom(): number {
    return this.#blocks.stored.bodiesFrom;
  }

  /**
   * A transaction of an applied block, by its hexadecimal id; null when there is none.
   * @throws LedgerFault `BODY_DROPPED` when it is, or may be, in a block whose transactions are not kept here.
   */
  find(id: string): FoundTransaction | null {
    const place = this.#store.place(id);
    // A snapshot that is not in use yet may have brought its places.
    if (place === undefined || place.height > this.height) {
      if (this.#mayBeForgotten(id)) {
        throw new LedgerFault("BODY_DROPPED", { id, keptFrom: this.keptFrom });
      }
      return null;
    }
    const block = this.block(place.height);
    const transaction = decodeStored(itemAt(block.transactions, place.index));
    const result = itemAt(block.results, place.index);
    const decision = decisionOf(result, place.height, place.index);
    return { transaction, leaf: transaction.leaf, block, index: place.index, decision };
  }

  /**
   * What a committed block decided about a transaction; null when none holds its id. Another transaction of
   * that id is refused for ever.
   */
  decisionOn({ id, leaf }: Pick<Transaction, "id" | "leaf">): Decision | null {
    const found = this.find(id);
    if (found === null) return null;
    return equalBytes(found.leaf, leaf) ? found.decision : DISPLACED;
  }

  /**
   * The receipt of a transaction.
   * @throws LedgerFault `NOT_FOUND`; `PENDING` before it is certified; `WITNESS_DESTROYED` when only who kept its receipt
   *   has all of it.
   */
  receipt(id: string): Receipt {
    const found = this.find(id);
    if (found === null) throw new LedgerFault("NOT_FOUND", { id });
    const { block, index } = found;
    const transactionBytes = itemAt(block.transactions, index);
    if (isPruned(transactionBytes)) throw new LedgerFault("WITNESS_DESTROYED", { id });
    const transactions = block.transactions.map((bytes) => decodeStored(bytes));
    const ids = transactions.map(({ envelope }) => envelope.id);
    const certificate = this.#certificateFor(block.header.height);
    const provenBefore = this.#chain.applied.tip.memberships.periods.filter(
      ({ provenHeight }) => provenHeight < certificate.height,
    );
    return {
      version: 1,
      transaction: transactionBytes,
      index,
      count: transactions.length,
      path: merklePath(
        transactions.map(({ leaf }) => leaf),
        index,
      ),
      result: itemAt(block.results, index),
      resultPath: merklePath(resultLeaves(ids, block.results), index),
      ...this.#finality(block, certificate),
      memberships: this.membershipSteps(1, provenBefore.length - 1),
    };
  }

  /** The proof of memberships of the applied chain: of at most `count`, from that many on. */
  membershipSteps(from: number, count: number): MembershipStep[] {
    const { periods } = this.#chain.applied.tip.memberships;
    const inForce = periods.map(({ changeHeight, fromHeight }) => ({
      changeHeight,
      certificate: () => this.#blocks.block(fromHeight).control.lastCertificate,
    }));
    const start = Math.max(1, from);
    const asked = [...inForce, ...this.#provenNext()].slice(start, start + count);
    return asked.map(({ changeHeight, certificate }) => {
      const shown = certificate();
      if (shown === null) throw new Error("a membership is proven by a certificate");
      const block = this.#blocks.block(changeHeight);
      return { ...this.#finality(block, shown), control: encodeControl(block.control) };
    });
  }

  /**
   * The change that the next block brings into force, once it is certified. Whoever is to elect that block's leader
   * may have to learn of it from here: without a leader he gets no block.
   */
  #provenNext() {
    const { pending, current } = this.#chain.applied.tip.memberships;
    const { certified } = this.#certifier;
    const isProven =
      pending !== null &&
      certified !== null &&
      certified.height >= pending.changeHeight &&
      certified.height <= this.height &&
      equalBytes(certified.membershipHash, membershipHash(current));
    return isProven ? [{ changeHeight: pending.changeHeight, certificate: () => certified }] : [];
  }

  #finality({ header: { height }, headerBytes }: Block, certificate: Certificate): Finality {
    const isOwn = certificate.height === height;
    return {
      header: headerBytes,
      certificate,
      certifiedHeader: isOwn ? null : this.#blocks.block(certificate.height).headerBytes,
      historyPath: isOwn ? [] : this.#historyPath(height, certificate.height),
    };
  }

  /**
   * A snapshot brings the places of the payments that are as young as their longest life, and the ids of all other
   * transactions; what became of older payments it does not say.
   */
  #mayBeForgotten(id: string): boolean {
    const start = this.keptFrom - 1;
    if (start === 0) return false;
    const timeMs = paymentTimeMs(id);
    if (timeMs === null) return this.#store.get(TRANSACTION_ID.key(id).text) !== undefined;
    return timeMs < this.#blocks.block(start).header.timestampMs - CARD_VALIDITY_MS_MAX;
  }

  #historyPath(height: number, laterHeight: number): Hash[] {
    const hashOf = (at: number) => blockHash(this.#blocks.block(at).headerBytes);
    return this.#store.historyPath(height, laterHeight, hashOf);
  }

  /** The lowest certificate at hand that covers a height: from the blocks after it, or the latest. */
  #certificateFor(height: number): Certificate {
    const latest = this.#certifier.certified;
    if (latest === null || latest.height < height) throw new LedgerFault("PENDING", { height });
    const end = Math.min(this.height, height + CERTIFICATE_SEARCH_BLOCKS_MAX);
    for (let above = height + 1; above <= end; above++) {
      const { lastCertificate } = this.#blocks.block(above).control;
      if (lastCertificate !== null && lastCertificate.height >= height) return lastCertificate;
    }
    if (this.#knowsMembersOf(latest)) return latest;
    throw new LedgerFault("PENDING", { height });
  }

  /** Above the applied block others may have signed than the applied chain can prove to be members. */
  #knowsMembersOf({ height, membershipHash: signedUnder }: Certificate): boolean {
    const { current } = this.#chain.applied.tip.memberships;
    return height <= this.height || equalBytes(signedUnder, membershipHash(current));
  }
}

function itemAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`no item ${index} of ${items.length}`);
  return item;
}
