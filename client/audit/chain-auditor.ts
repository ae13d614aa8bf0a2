/**
 * Follows a chain from its genesis, block by block, and trusts nothing but arithmetic: every link, every
 * signature, every certificate, every rule executed again.
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
import type { VerifySignature } from "../../ledger/signature.ts";
import { decodeTransaction, signaturesOf, type Transaction } from "../../ledger/transaction.ts";
import { BlockMarks } from "./block-marks.ts";
import { Tally } from "./tally.ts";

/** Ids that ran out are forgotten every so many blocks: looking at all of them each time costs more. */
const FORGET_EVERY_BLOCKS = 256;

/** A block that was found right, and what it did. */
export interface AuditedBlock {
  readonly height: number;
  /** Its date in Japan. */
  readonly date: CivilDate;
  readonly transactions: readonly CheckedTransaction[];
  readonly results: readonly string[];
  /** Of each transaction; none for those refused. */
  readonly postings: readonly (readonly Posting[])[];
}

/** Examines the blocks of one chain in order. After a throw it is of no further use. */
export class ChainAuditor {
  readonly tally = new Tally();
  readonly #signatures: SignatureContext;
  /** The records after the last block that was found right. */
  readonly state: MemoryState;
  readonly #onBlock: (block: AuditedBlock) => void;
  readonly #marks = new BlockMarks();
  readonly #recentIds = new RecentIdSet();
  #tip: ChainTip;

  /** @param onBlock hears of each block that was found right. */
  constructor(
    genesis: Genesis,
    verify: VerifySignature,
    onBlock: (block: AuditedBlock) => void = () => undefined,
  ) {
    this.#onBlock = onBlock;
    this.#signatures = { networkId: networkIdOf(genesis), verify };
    this.state = genesisState(genesis);
    this.#tip = genesisTip(genesis);
  }

  /** Height of the last block that was found right. */
  get height(): number {
    return this.#tip.height;
  }

  /** Examines the next block. @throws LedgerFault naming the rule that it breaks. */
  accept(blockBytes: Uint8Array): void {
    const block = decodeBlock(blockBytes);
    const transactions = block.transactions.map(decodeTransaction);
    const leaves = transactions.map(({ leaf }) => leaf);
    verifyLink(this.#tip, block, leaves, this.#signatures);
    this.#verifyControl(block);
    for (const transaction of transactions) this.#verifySignatures(transaction);
    this.#execute(block, transactions);
    this.#marks.append({ hash: block.hash, term: block.header.term });
    this.#tip = advanceTip(this.#tip, block);
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

  #verifyControl({ header: { height }, control }: Block): void {
    const { membershipChange } = control;
    const current = this.#tip.memberships.nextAfter(control);
    // Rule A1: the membership changes as those who govern wish, one step at a time.
    if (membershipChange !== null) {
      const wish = wishIn((key) => this.state.get(key));
      if (!isNextMembership(membershipChange, current, wish)) {
        throw new LedgerFault("MEMBERSHIP_CHANGE_INVALID", { height });
      }
    }
    // Rule A2: a certificate inside a block proves one of its ancestors.
    if (control.lastCertificate !== null) this.#verifyCertificate(control.lastCertificate);
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

  /** Rule A4: executing the block again gives its results and the state that its header names. */
  #execute({ header, results }: Block, transactions: readonly Transaction[]): void {
    const { height, timestampMs } = header;
    const { networkId } = this.#signatures;
    const checked: CheckedTransaction[] = transactions.map((transaction) =>
      checkTransaction(transaction, networkId),
    );
    const block = { height, timestampMs, networkId };
    const executed = executeBlock(this.state, block, checked, this.#recentIds);
    const ids = transactions.map(({ envelope }) => envelope.id);
    const differs = executed.results.findIndex((result, i) => result !== results[i]);
    if (differs >= 0) {
      const says = results[differs] ?? "";
      const is = executed.results[differs] ?? "";
      throw new LedgerFault("RESULTS_ROOT_MISMATCH", { height, index: differs, says, is });
    }
    if (!equalBytes(resultsRootOf(ids, executed.results), header.resultsRoot)) {
      throw new LedgerFault("RESULTS_ROOT_MISMATCH", { height });
    }
    if (!equalBytes(executed.stateRoot, header.stateRoot)) {
      throw new LedgerFault("STATE_ROOT_MISMATCH", { height });
    }
    this.state.commit(executed);
    this.#recentIds.add(checked);
    const { results: found, postings } = executed;
    const date = civilDateAt(timestampMs);
    this.#onBlock({ height, date, transactions: checked, results: found, postings });
    if (height % FORGET_EVERY_BLOCKS === 0) this.#recentIds.forget(timestampMs);
  }
}
