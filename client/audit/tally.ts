/** What an audit has checked, counted. */
import type { Transaction } from "../../ledger/transaction.ts";

/** Counts of an audit. */
export interface AuditCounts {
  readonly transactions: number;
  /** Transactions whose witness is destroyed: their signatures are attested by certificates alone. */
  readonly prunedTransactions: number;
  readonly cardSignatures: number;
  readonly organisationSignatures: number;
  readonly terminalSignatures: number;
  /** Votes of nodes in certificates. */
  readonly votes: number;
}

/** Counts as the audit goes on. */
export class Tally {
  #transactions = 0;
  #prunedTransactions = 0;
  #votes = 0;
  readonly #signatures = { card: 0, organisation: 0, terminal: 0 };

  /** A transaction whose signatures were all found valid. */
  countTransaction({ auth }: Transaction): void {
    this.#transactions += 1;
    for (const { kind } of auth) this.#signatures[kind] += 1;
  }

  /** A transaction that is in the chain, and whose signatures are not. */
  countPruned(): void {
    this.#transactions += 1;
    this.#prunedTransactions += 1;
  }

  /** Votes that were found valid. */
  countVotes(votes: number): void {
    this.#votes += votes;
  }

  /** The counts so far. */
  get counts(): AuditCounts {
    return {
      transactions: this.#transactions,
      prunedTransactions: this.#prunedTransactions,
      cardSignatures: this.#signatures.card,
      organisationSignatures: this.#signatures.organisation,
      terminalSignatures: this.#signatures.terminal,
      votes: this.#votes,
    };
  }
}
