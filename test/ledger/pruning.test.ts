import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TRANSACTION_TYPES } from "../../contracts/registry.ts";
import { decodeStored, hasWitness, isPruned, prunedTransaction } from "../../ledger/pruning.ts";
import { decodeTransaction, peekTransactionId } from "../../ledger/transaction.ts";
import { expectFault } from "../support/expect-fault.ts";
import { LedgerWorld } from "../support/ledger-world.ts";

describe("a pruned transaction", () => {
  const world = new LedgerWorld();

  for (const { type, private: schema, signers } of TRANSACTION_TYPES) {
    it(`keeps id and leaf, and nothing that is private: ${type}`, () => {
      const bytes = world.sample(type);
      const whole = decodeTransaction(bytes);
      const left = prunedTransaction(bytes);
      const isPrivate = schema !== null || signers.some(({ kind }) => kind === "card");
      assert.equal(hasWitness(bytes), isPrivate);
      assert.equal(isPruned(left), isPrivate);
      assert.equal(hasWitness(left), false);
      const { id, leaf, envelope } = decodeStored(left);
      assert.deepEqual([id, leaf, envelope], [whole.id, whole.leaf, whole.envelope]);
      assert.equal(peekTransactionId(left), whole.id);
      assert.deepEqual(prunedTransaction(left), left);
      if (!isPrivate) assert.deepEqual(left, bytes);
    });
  }

  it("is no transaction for whoever would execute it", () => {
    expectFault("INVALID_FIELD", () => decodeTransaction(prunedTransaction(world.sample("PAY"))));
  });
});
