/** One way for a transaction to be right or wrong, as a row of the tables that `transactions.test.ts` goes through. */
import assert from "node:assert/strict";
import type { StateKey } from "../../contracts/key-space.ts";
import type { LedgerRun } from "./ledger-run.ts";
import type { Bodies, Overrides } from "./ledger-world.ts";

/** A transaction that differs from its type's sample, on a state that differs from the set-up's, and its result. */
export interface RuleRow {
  readonly id: string;
  readonly type: string;
  readonly code: string;
  /** Fields that differ from the sample's. */
  readonly public?: Bodies["public"];
  readonly private?: Bodies["public"];
  readonly overrides?: Overrides;
  /** What is different in the state. */
  readonly arrange?: (run: LedgerRun) => void;
  readonly atMs?: number;
}

/** Changes fields of a record that the set-up made. */
export function change<T>(key: StateKey<T>, fields: Partial<T>): (run: LedgerRun) => void {
  return (run) => {
    const before = run.read(key);
    assert.ok(before !== null, key.text);
    run.plant(key, { ...before, ...fields });
  };
}
