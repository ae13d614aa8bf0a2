/**
 * Executes blocks one after the other on a state in memory, as a node would: transactions are decoded, their
 * signatures verified, and execution sees no key but those that were fetched for the block.
 */
import assert from "node:assert/strict";
import { type CheckedTransaction, checkTransaction } from "../../contracts/check-transaction.ts";
import { RecentIdSet } from "../../contracts/duplicates.ts";
import { type ExecutedBlock, executeBlock, keysOf } from "../../contracts/execute-block.ts";
import { genesisState } from "../../contracts/genesis-state.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import type { MemoryState, State } from "../../contracts/state/state.ts";
import { STATUS_LIST } from "../../contracts/state/state-records.ts";
import type { StateTree } from "../../contracts/state/state-tree.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";
import { AT_MS, type LedgerWorld, TOSHIMA } from "./ledger-world.ts";

/** A chain's state without its chain. */
export class LedgerRun {
  readonly world: LedgerWorld;
  readonly state: MemoryState;
  readonly recentIds = new RecentIdSet();
  height = 0;

  constructor(world: LedgerWorld) {
    this.world = world;
    this.state = genesisState(world.genesis);
  }

  /** Decodes a transaction, verifies its signatures and checks it. */
  check(transactionBytes: Uint8Array): CheckedTransaction {
    const transaction = decodeTransaction(transactionBytes);
    assert.ok(signaturesOf(transaction).every(verifySignature), "a signature is wrong");
    return checkTransaction(transaction, this.world.networkId);
  }

  /** Executes transactions as the next block, without becoming its state. */
  tryBlock(checked: readonly CheckedTransaction[], timestampMs: number = AT_MS): ExecutedBlock {
    const { networkId } = this.world;
    const block = { height: this.height + 1, timestampMs, networkId };
    return executeBlock(fetched(this.state, keysOf(checked)), block, checked, this.recentIds);
  }

  /** Executes transactions as the next block. */
  block(transactions: readonly Uint8Array[], timestampMs: number = AT_MS): ExecutedBlock {
    const checked = transactions.map((bytes) => this.check(bytes));
    const executed = this.tryBlock(checked, timestampMs);
    this.state.commit(executed);
    this.recentIds.add(checked);
    this.height += 1;
    return executed;
  }

  /** The result of one transaction in a block of its own. */
  result(transactionBytes: Uint8Array, timestampMs: number = AT_MS): string | undefined {
    return this.block([transactionBytes], timestampMs).results[0];
  }

  /** Executes the world's set-up and asserts that all of it was accepted. */
  setUp(): void {
    const { results } = this.block(this.world.setUp());
    assert.deepEqual(new Set(results), new Set(["OK"]));
  }

  /** The record under a key, or null. */
  read<T>(key: StateKey<T>): T | null {
    const bytes = this.state.get(key.text);
    return bytes === null ? null : key.space.decode(bytes);
  }

  /** Puts a record into the state behind the rules' back: for what no transaction leads to yet. */
  plant<T>(key: StateKey<T>, value: T): void {
    const writes = [[key.text, key.space.encode(value)] as const];
    this.state.commit({ writes, tree: this.state.tree.update(writes) });
  }
}

/** The verifier has just gone through all cards: for payments long after the set-up. */
export function attestCards(asOfMs: number): (run: LedgerRun) => void {
  return (run) => run.plant(STATUS_LIST.key(TOSHIMA), { asOfMs });
}

/** The state as a node has it in memory: only what was fetched. */
function fetched(state: State, keys: readonly string[]): State {
  const values = new Map(keys.map((key) => [key, state.get(key)]));
  const tree: StateTree = state.tree;
  return {
    tree,
    get: (key) => {
      const value = values.get(key);
      if (value === undefined) throw new Error(`${key} was not fetched`);
      return value;
    },
  };
}
