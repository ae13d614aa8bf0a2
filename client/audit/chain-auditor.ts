/**
 * Follows a chain from its genesis, block by block, and trusts nothing but arithmetic: every link, every
 * signature, every certificate, every rule executed again.
 *
 * Blocks whose witness is destroyed cannot be executed. Of them and of all before a state that is at hand everything else
 * is examined; that their transactions were right is the word of those who signed the certificates (rule A5).
 */

import { type CheckedTransaction, checkTransaction } from "../../contracts/check-transaction.ts";
import { RecentIdSet } from "../../contracts/duplicates.ts";
import { executeBlock } from "../../contracts/execute-block.ts";
import { type CivilDate, civilDateAt } from "../../contracts/fields/dates.ts";
import { genesisState } from "../../contracts/genesis-state.ts";
import { type AccountTotal, checkInvariants } from "../../contracts/invariants.ts";
import { isNextMembership, wishIn } from "../../contracts/nodes/next-membership.ts";
import type { Posting } from "../../contracts/points/accounts.ts";
import type { MemoryState } from "../../contracts/state/state.ts";
import { type Block, decodeBlock, decodeCertificate, resultsRootOf } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import {
  type Certificate,
  type SignatureContext,
  verifyCertificate,
} from "../../ledger/certificate.ts";
import { advanceTip, type ChainTip, genesisTip, verifyLink } from "../../ledger/chain.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { CARD_VALIDITY_MS_MAX } from "../../ledger/limits.ts";
import { decodeStored, isPruned } from "../../ledger/pruning.ts";
import type { VerifySignature } from "../../ledger/signature.ts";
import {
  decodeTransaction,
  type PrunedTransaction,
  signaturesOf,
  type Transaction,
} from "../../ledger/transaction.ts";
import { BlockMarks } from "./block-marks.ts";
import { Tally } from "./tally.ts";

/** Ids that ran out are forgotten every so many blocks: looking at all of them each time costs more. */
const FORGET_EVERY_BLOCKS = 256;

/** A block that was found right, and what it did. */
export interface AuditedBlock {
  readonly height: number;
  /** Its date in Japan. */
  readonly date: CivilDate;
  /** Those that are whole. */
  readonly transactions: readonly CheckedTransaction[];
  /** Of each of these. */
  readonly results: readonly string[];
  /** Of each of these; none for those refused, and none in a block that was not executed. */
  readonly postings: readonly (readonly Posting[])[];
}

/** Examines the blocks of one chain in order. After a throw it is of no further use. */
export class ChainAuditor {
  readonly tally = new Tally();
  readonly #signatures: SignatureContext;
  #state: MemoryState;
  readonly #onBlock: (block: AuditedBlock) => void;
  readonly #marks = new BlockMarks();
  readonly #recentIds = new RecentIdSet();
  #tip: ChainTip;
  /** Root of the state after the last block, by its header. */
  #stateRoot: Hash;
  /** Until then, ms, the id of a payment whose witness is destroyed could come again. */
  #prunedIdsEndMs = 0;

  /** @param onBlock hears of each block that was found right. */
  constructor(
    genesis: Genesis,
    verify: VerifySignature,
    onBlock: (block: AuditedBlock) => void = () => undefined,
  ) {
    this.#onBlock = onBlock;
    this.#signatures = { networkId: networkIdOf(genesis), verify };
    this.#state = genesisState(genesis);
    this.#stateRoot = this.#state.tree.root;
    this.#tip = genesisTip(genesis);
  }

  /** Height of the last block that was found right. */
  get height(): number {
    return this.#tip.height;
  }

  /** The records after the last block that was executed. */
  get state(): MemoryState {
    return this.#state;
  }

  /** Examines and executes the next block. @throws LedgerFault naming the rule that it breaks. */
  accept(blockBytes: Uint8Array): void {
    const block = decodeBlock(blockBytes);
    const { height } = block.header;
    if (block.transactions.some(isPruned)) throw new LedgerFault("WITNESS_DESTROYED", { height });
    const transactions = block.transactions.map(decodeTransaction);
    this.#verifyLink(block, transactions);
    this.#verifyMembershipChange(block);
    for (const transaction of transactions) this.#verifySignatures(transaction);
    this.#execute(block, transactions);
    this.#advance(block);
  }

  /** Examines the next block, whole or pruned, without executing it. @throws LedgerFault as `accept`. */
  attest(blockBytes: Uint8Array): void {
    const block = decodeBlock(blockBytes);
    const stored = block.transactions.map(decodeStored);
    this.#verifyLink(block, stored);
    verifyResults(block, stored, block.results);
    const results: string[] = [];
    const transactions: CheckedTransaction[] = [];
    for (const [i, one] of stored.entries()) {
      if (!("auth" in one)) {
        this.#passPruned(one);
        continue;
      }
      this.#verifySignatures(one);
      transactions.push(checkTransaction(one, this.#signatures.networkId));
      results.push(block.results[i] ?? "");
    }
    this.#recentIds.add(transactions);
    this.#heard(block, { transactions, results, postings: transactions.map(() => []) });
    this.#advance(block);
  }

  /**
   * Rule A5: goes on from a state whose root is in the last block's header, though it is not known how it came about.
   * @throws LedgerFault `STATE_ROOT_MISMATCH`; `WITNESS_DESTROYED` when blocks that are too young were pruned: ids of
   *   theirs could come again.
   */
  begin(state: MemoryState): void {
    const { height, timestampMs } = this.#tip;
    if (!equalBytes(state.tree.root, this.#stateRoot)) {
      throw new LedgerFault("STATE_ROOT_MISMATCH", { height });
    }
    if (this.#prunedIdsEndMs >= timestampMs) throw new LedgerFault("WITNESS_DESTROYED", { height });
    this.#state = state;
  }

  /**
   * Examines the certificate of the last block, and the books as a whole.
   * @returns what each kind of account holds of each asset.
   * @throws LedgerFault `CERTIFICATE_INVALID`, `INVARIANT_BROKEN`.
   */
  finish(certificateBytes: Uint8Array): readonly AccountTotal[] {
    const certificate = decodeCertificate(certificateBytes);
    if (certificate.height !== this.height) {
      throw new LedgerFault("CERTIFICATE_INVALID", {
        height: this.height,
        reason: `it is for height ${certificate.height}, not for the last block`,
      });
    }
    this.#verifyCertificate(certificate);
    return checkInvariants(this.state.records());
  }

  #verifyLink(block: Block, stored: readonly { readonly leaf: Hash }[]): void {
    const leaves = stored.map(({ leaf }) => leaf);
    verifyLink(this.#tip, block, leaves, this.#signatures);
    const { lastCertificate } = block.control;
    // Rule A2: a certificate inside a block proves one of its ancestors.
    if (lastCertificate !== null) this.#verifyCertificate(lastCertificate);
  }

  /** Rule A1: the membership changes as those who govern wish, one step at a time. */
  #verifyMembershipChange({ header: { height }, control }: Block): void {
    const { membershipChange } = control;
    if (membershipChange === null) return;
    const current = this.#tip.memberships.nextAfter(control);
    const wish = wishIn((key) => this.state.get(key));
    if (!isNextMembership(membershipChange, current, wish)) {
      throw new LedgerFault("MEMBERSHIP_CHANGE_INVALID", { height });
    }
  }

  #verifyCertificate(certificate: Certificate): void {
    const { height, term, blockHash } = certificate;
    const mark = this.#marks.at(height);
    if (mark === undefined || mark.term !== term || !equalBytes(mark.hash, blockHash)) {
      throw new LedgerFault("CERTIFICATE_INVALID", { height, reason: "no block of this chain" });
    }
    const membership = this.#tip.memberships.at(height);
    verifyCertificate(certificate, { ...this.#signatures, membership });
    this.tally.countVotes(certificate.votes.length);
  }

  /** Rule A3: every signature of every transaction is valid. */
  #verifySignatures(transaction: Transaction): void {
    for (const [i, signed] of signaturesOf(transaction).entries()) {
      if (!this.#signatures.verify(signed)) {
        throw new LedgerFault("SIGNATURE_INVALID", { id: transaction.id, signer: i });
      }
    }
    this.tally.countTransaction(transaction);
  }

  #passPruned({ envelope: { createdAtMs } }: PrunedTransaction): void {
    this.#prunedIdsEndMs = Math.max(this.#prunedIdsEndMs, createdAtMs + CARD_VALIDITY_MS_MAX);
    this.tally.countPruned();
  }

  /** Rule A4: executing the block again gives its results and the state that its header names. */
  #execute(block: Block, transactions: readonly Transaction[]): void {
    const { header, results } = block;
    const { height, timestampMs } = header;
    const { networkId } = this.#signatures;
    const checked: CheckedTransaction[] = transactions.map((transaction) =>
      checkTransaction(transaction, networkId),
    );
    const context = { height, timestampMs, networkId };
    const executed = executeBlock(this.state, context, checked, this.#recentIds);
    const differs = executed.results.findIndex((result, i) => result !== results[i]);
    if (differs >= 0) {
      const says = results[differs] ?? "";
      const is = executed.results[differs] ?? "";
      throw new LedgerFault("RESULTS_ROOT_MISMATCH", { height, index: differs, says, is });
    }
    verifyResults(block, transactions, executed.results);
    if (!equalBytes(executed.stateRoot, header.stateRoot)) {
      throw new LedgerFault("STATE_ROOT_MISMATCH", { height });
    }
    this.state.commit(executed);
    this.#recentIds.add(checked);
    const { results: found, postings } = executed;
    this.#heard(block, { transactions: checked, results: found, postings });
  }

  #heard(
    { header: { height, timestampMs } }: Block,
    did: Pick<AuditedBlock, "transactions" | "results" | "postings">,
  ): void {
    this.#onBlock({ height, date: civilDateAt(timestampMs), ...did });
    if (height % FORGET_EVERY_BLOCKS === 0) this.#recentIds.forget(timestampMs);
  }

  #advance(block: Block): void {
    this.#marks.append({ hash: block.hash, term: block.header.term });
    this.#tip = advanceTip(this.#tip, block);
    this.#stateRoot = block.header.stateRoot;
  }
}

function verifyResults(
  { header }: Block,
  transactions: readonly Pick<Transaction, "envelope">[],
  results: readonly string[],
): void {
  const ids = transactions.map(({ envelope }) => envelope.id);
  if (equalBytes(resultsRootOf(ids, results), header.resultsRoot)) return;
  throw new LedgerFault("RESULTS_ROOT_MISMATCH", { height: header.height });
}
