/** Rows of the table of all rules: test/contracts/transactions.test.ts. */
import assert from "node:assert/strict";
import type { StateKey } from "../../contracts/state/key-space.ts";
import type { LedgerRun } from "./ledger-run.ts";
import type { Bodies, Overrides } from "./ledger-world.ts";

/** One way in which a transaction is right or wrong. */
export interface RuleRow {
  /** In words. */
  readonly id: string;
  readonly type: string;
  /** Its result. */
  readonly code: string;
  /** Fields that differ from the sample's. */
  readonly public?: Bodies["public"];
  readonly private?: Bodies["public"];
  readonly overrides?: Overrides;
  /** What is different in the state. */
  readonly arrange?: (run: LedgerRun) => void;
  /** The time of the block; AT_MS when left out. */
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
