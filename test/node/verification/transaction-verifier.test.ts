import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import { decodeTransaction, type Transaction } from "../../../ledger/transaction.ts";
import { TransactionVerifier } from "../../../node/verification/transaction-verifier.ts";
import { withSignaturesOf } from "../../support/cluster.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";

describe("the transaction verifier", function () {
  this.timeout(20_000);
  const world = new LedgerWorld();
  const verifier = new TransactionVerifier();
  after(() => verifier.close());

  const payment = (amountPt: number) => world.pay(amountPt);
  const forged = () => decodeTransaction(withSignaturesOf(payment(2), payment(1)));

  it("gives each transaction its own verdict, in order, over many batches", async () => {
    const organisational = decodeTransaction(world.sample("ISSUER_OPEN"));
    const transactions: Transaction[] = [];
    const expected: boolean[] = [];
    for (let i = 0; i < 100; i++) {
      const isRight = i % 7 !== 3;
      transactions.push(isRight ? decodeTransaction(payment(1)) : forged());
      expected.push(isRight);
    }
    transactions.push(organisational);
    expected.push(true);
    assert.deepEqual(await verifier.verify(transactions), expected);
  });

  it("refuses a transaction without signatures, and one of two wrong", async () => {
    const right = decodeTransaction(payment(3));
    const [card, terminal] = right.auth;
    assert.ok(card && terminal);
    const wrong = { ...terminal, signature: terminal.signature.map((byte) => byte ^ 1) };
    const variants = [
      { ...forged(), auth: [] },
      { ...right, leaf: forged().leaf, auth: [card, wrong] },
    ];
    assert.deepEqual(await verifier.verify(variants), [false, false]);
  });

  it("verifies once what is asked for twice at a time, and keeps no verdict", async () => {
    const right = decodeTransaction(payment(4));
    const wrong = forged();
    const before = verifier.verifiedTransactions;
    const asked = [verifier.verify([right, wrong, right]), verifier.verify([right], "admission")];
    assert.deepEqual(await Promise.all(asked), [[true, false, true], [true]]);
    assert.equal(verifier.verifiedTransactions, before + 1);
    assert.deepEqual(await verifier.verify([right, wrong]), [true, false]);
    assert.equal(verifier.verifiedTransactions, before + 2);
  });

  it("does not take one transaction for another of the same id", async () => {
    const right = payment(5);
    const wrong = withSignaturesOf(right, payment(1));
    const both = [right, wrong].map((bytes) => decodeTransaction(bytes));
    assert.deepEqual(await verifier.verify(both), [true, false]);
  });
});
