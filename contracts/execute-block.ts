/**
 * Execution of a block: the same parent state, block and transactions give the same results, writes and root
 * on every machine, in every year. What a rule refuses is a result that stands in the block for ever; what
 * makes the block itself wrong is thrown.
 */

import { ACCEPTED } from "../ledger/block.ts";
import { equalBytes } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Hash } from "../ledger/hash.ts";
import { CREATED_AHEAD_MS_MAX } from "../ledger/limits.ts";
import type { CheckedTransaction } from "./check-transaction.ts";
import type { BlockContext } from "./declaration.ts";
import { type RecentIds, repeatedIds, usedIdKey } from "./duplicates.ts";
import { civilDateAt } from "./fields/dates.ts";
import { RULE_VERSION_KEY, ruleVersionOn } from "./governance/rule-version.ts";
import type { Posting } from "./points/accounts.ts";
import { assertDoubleEntry } from "./points/double-entry.ts";
import { keysOfClaims, signersFault } from "./signers.ts";
import type { State, StateChange } from "./state/state.ts";
import { BlockView, TransactionView } from "./state/view.ts";

/** What execution needs of a block's header. */
export interface BlockToExecute {
  readonly height: number;
  readonly timestampMs: number;
  readonly networkId: Hash;
}

/** What a block does. */
export interface ExecutedBlock extends StateChange {
  /** `OK` or a fault code for each transaction. */
  readonly results: readonly string[];
  readonly stateRoot: Hash;
  /** The postings of each transaction; none for those refused. */
  readonly postings: readonly (readonly Posting[])[];
}

/** The result of one transaction. */
interface Executed {
  readonly result: string;
  readonly postings: readonly Posting[];
}

/** Every state key that the transactions read or write, each once: what to fetch before execution. */
export function keysOf(transactions: readonly CheckedTransaction[]): string[] {
  const keys = new Set(transactions.length > 0 ? [RULE_VERSION_KEY.text] : []);
  for (const transaction of transactions) {
    for (const { text } of transaction.ruleKeys) keys.add(text);
    for (const { text } of keysOfClaims(transaction.claims)) keys.add(text);
    const idKey = usedIdKey(transaction);
    if (idKey !== null) keys.add(idKey.text);
  }
  return [...keys];
}

/**
 * Executes a block on the state of its parent.
 * @param recentIds ids of the ancestors' transactions (duplicates.ts).
 * @throws LedgerFault `DUPLICATE_IN_BLOCK` when an id is used again; `EXPIRED`, `NOT_YET_VALID`; `WRONG_NETWORK`;
 *   `RULES_UNKNOWN`; `INVARIANT_BROKEN` when a rule breaks the books, which is a bug.
 */
export function executeBlock(
  parent: State,
  block: BlockToExecute,
  transactions: readonly CheckedTransaction[],
  recentIds: RecentIds,
): ExecutedBlock {
  const { height, timestampMs, networkId } = block;
  const repeated = repeatedIds(parent, block, transactions, recentIds);
  if (repeated.size > 0) {
    throw new LedgerFault("DUPLICATE_IN_BLOCK", { height, index: Math.min(...repeated) });
  }
  const context = { height, timestampMs, today: civilDateAt(timestampMs) };
  const ruleVersion = transactions.length === 0 ? 0 : versionOn(parent, context);
  const view = new BlockView(parent);
  const executed = transactions.map((transaction, index) => {
    if (!equalBytes(transaction.source.envelope.networkId, networkId)) {
      throw new LedgerFault("WRONG_NETWORK", { height, index });
    }
    assertInTime(transaction, timestampMs, { height, index });
    return executeTransaction(view, transaction, { ...context, ruleVersion });
  });
  const writes = view.writes();
  const tree = parent.tree.update(writes);
  return {
    results: executed.map(({ result }) => result),
    postings: executed.map(({ postings }) => postings),
    writes,
    tree,
    stateRoot: tree.root,
  };
}

function executeTransaction(
  view: BlockView,
  transaction: CheckedTransaction,
  { ruleVersion, ...context }: BlockContext & { readonly ruleVersion: number },
): Executed {
  const idKey = usedIdKey(transaction);
  if (idKey !== null) view.write(idKey, { height: context.height });
  // Rule V2.
  if (transaction.declaration.since > ruleVersion) {
    return { result: "RULES_NOT_IN_FORCE", postings: [] };
  }
  const fault = signersFault(view, transaction.claims);
  if (fault !== null) return { result: fault, postings: [] };

  const { declaration, content, ruleKeys } = transaction;
  const transactionView = new TransactionView(view, ruleKeys);
  const outcome = declaration.apply(transactionView, content, context);
  if (typeof outcome === "string") return { result: outcome, postings: [] };
  assertDoubleEntry(outcome, transactionView.changes());
  transactionView.commit();
  return { result: ACCEPTED, postings: outcome };
}

/** Rule V3. */
function versionOn(parent: State, { today }: BlockContext): number {
  return ruleVersionOn(parent.get(RULE_VERSION_KEY.text), today);
}

/** A transaction stands in no block before or after its time: leaders hold it back, or let it go. */
function assertInTime(
  { source: { envelope } }: CheckedTransaction,
  timestampMs: number,
  place: { readonly height: number; readonly index: number },
): void {
  if (timestampMs > envelope.notAfterMs) throw new LedgerFault("EXPIRED", place);
  if (envelope.createdAtMs > timestampMs + CREATED_AHEAD_MS_MAX) {
    throw new LedgerFault("NOT_YET_VALID", place);
  }
}
