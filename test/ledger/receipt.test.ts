import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { encodeHeader } from "../../ledger/block.ts";
import { verifyEd25519 } from "../../ledger/ed25519.ts";
import type { FaultCode } from "../../ledger/faults.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeReceipt, encodeReceipt, type Receipt, verifyReceipt } from "../../ledger/receipt.ts";
import { bytes32, ChainBuilder, testGenesis, testTransaction } from "../support/chain-builder.ts";
import { expectFault, faultCodeOf } from "../support/expect-fault.ts";

/** Four blocks; the second has five transactions, of which the fourth was refused. */
function chainOfFour(): ChainBuilder {
  const chain = new ChainBuilder();
  const { networkId } = chain;
  const transactions = ["a", "b", "c", "d", "e"].map((label) =>
    testTransaction({ networkId, label, privateBody: [label], signers: ["clerk"] }),
  );
  chain.append();
  chain.append({ transactions, results: ["OK", "OK", "OK", "BALANCE_INSUFFICIENT", "OK"] });
  chain.append();
  chain.append({ term: 2, proposer: 2 });
  return chain;
}

function faultOf(receipt: Receipt): FaultCode | null {
  return faultCodeOf(() => verifyReceipt(receipt, testGenesis(), verifySignature));
}

describe("receipt", () => {
  const chain = chainOfFour();

  it("proves every transaction of a block, with its result", () => {
    for (const [index, result] of ["OK", "OK", "OK", "BALANCE_INSUFFICIENT", "OK"].entries()) {
      const receipt = chain.receipt(2, index);
      const proven = verifyReceipt(receipt, chain.genesis, verifySignature);
      assert.equal(proven.result, result);
      assert.equal(proven.header.height, 2);
      assert.deepEqual(proven.transaction.bytes, chain.blockAt(2).transactions[index]);
    }
  });

  it("proves it by the certificate of a later block, of a later term too", () => {
    for (const certifiedAt of [3, 4]) assert.equal(faultOf(chain.receipt(2, 3, certifiedAt)), null);
  });

  it("is checked by the portable arithmetic alone", () => {
    assert.equal(verifyReceipt(chain.receipt(2, 0, 3), chain.genesis, verifyEd25519).result, "OK");
  });

  it("comes back from its bytes", () => {
    for (const receipt of [chain.receipt(2, 4), chain.receipt(2, 4, 4)]) {
      assert.deepEqual(decodeReceipt(encodeReceipt(receipt)), receipt);
    }
  });

  for (const [id, receipt] of [
    ["certified at its own height", chain.receipt(2, 4)],
    ["certified by a later block", chain.receipt(2, 1, 4)],
  ] as const) {
    it(`${id}: no byte can be another one`, function noByteIsFree() {
      this.timeout(120_000);
      const right = encodeReceipt(receipt);
      right.forEach((byte, at) => {
        const wrong = right.with(at, byte ^ (1 << (at % 8)));
        const fault = faultCodeOf(() => {
          verifyReceipt(decodeReceipt(wrong), chain.genesis, verifySignature);
        });
        assert.notEqual(fault, null, `byte ${at} of ${right.length} does not count`);
      });
    });
  }

  describe("the place in the block is proven too", () => {
    const right = chain.receipt(2, 0);
    for (let count = 1; count <= 8; count++) {
      for (let index = 0; index < count; index++) {
        const isRight = count === 5 && index === 0;
        it(`index ${index} of ${count} is ${isRight ? "right" : "refused"}`, () => {
          assert.equal(faultOf({ ...right, index, count }), isRight ? null : "PATH_INVALID");
        });
      }
    }
  });

  const other = chain.receipt(2, 1);
  const later = chain.receipt(2, 0, 4);
  const rows: readonly {
    readonly id: string;
    readonly fault: FaultCode;
    readonly receipt: Receipt;
  }[] = [
    {
      id: "another transaction of the block",
      fault: "PATH_INVALID",
      receipt: { ...chain.receipt(2, 0), transaction: other.transaction },
    },
    {
      id: "another result",
      fault: "PATH_INVALID",
      receipt: { ...chain.receipt(2, 3), result: "OK" },
    },
    {
      id: "another transaction's result",
      fault: "PATH_INVALID",
      receipt: { ...chain.receipt(2, 3), result: "OK", resultPath: other.resultPath },
    },
    {
      id: "another header that holds the transaction (the middle is swapped)",
      fault: "CERTIFICATE_INVALID",
      receipt: { ...chain.receipt(2, 0), header: forgedHeader() },
    },
    {
      id: "another header under a later certificate (the middle is swapped)",
      fault: "PATH_INVALID",
      receipt: { ...later, header: forgedHeader() },
    },
    {
      id: "a certificate for another block",
      fault: "CERTIFICATE_INVALID",
      receipt: { ...chain.receipt(2, 0), certificate: chain.certificate(3) },
    },
    {
      id: "the certified header left out",
      fault: "CERTIFICATE_INVALID",
      receipt: { ...later, certifiedHeader: null },
    },
    {
      id: "a later certificate without its history",
      fault: "PATH_INVALID",
      receipt: { ...later, historyPath: [] },
    },
    {
      id: "a history path that nothing needs",
      fault: "PATH_INVALID",
      receipt: { ...chain.receipt(2, 0), historyPath: later.historyPath },
    },
    {
      id: "the block itself as the later one",
      fault: "PATH_INVALID",
      receipt: { ...chain.receipt(2, 0), certifiedHeader: chain.blockAt(2).headerBytes },
    },
    {
      id: "an earlier block as the later one",
      fault: "PATH_INVALID",
      receipt: {
        ...chain.receipt(2, 0),
        certifiedHeader: chain.blockAt(1).headerBytes,
        certificate: chain.certificate(1),
      },
    },
    ...[{ height: 3 }, { term: 2 }].map((lie) => ({
      id: `votes for the block under another ${Object.keys(lie)}`,
      fault: "CERTIFICATE_INVALID" as const,
      receipt: { ...chain.receipt(2, 0), certificate: chain.certificate(2, [1, 2, 3], lie) },
    })),
    {
      id: "a block of another membership, certified by the one of the genesis",
      fault: "CERTIFICATE_INVALID",
      receipt: otherMembership(),
    },
    {
      id: "too few votes",
      fault: "CERTIFICATE_INVALID",
      receipt: { ...chain.receipt(2, 0), certificate: chain.certificate(2, [1]) },
    },
  ];
  for (const { id, fault, receipt } of rows) {
    it(id, () => assert.equal(faultOf(receipt), fault));
  }

  function otherMembership(): Receipt {
    const elsewhere = new ChainBuilder();
    const transactions = [testTransaction({ networkId: elsewhere.networkId, label: "a" })];
    elsewhere.append({ transactions, header: { membershipHash: bytes32("another") } });
    return elsewhere.receipt(1, 0);
  }

  /** A header with the transactions of block 2 and another state. */
  function forgedHeader(): Uint8Array {
    return encodeHeader({ ...chain.blockAt(2).header, stateRoot: bytes32("forged") });
  }

  it("of another network", () => {
    const elsewhere = new ChainBuilder({ ...testGenesis(), name: "Another network" });
    const transaction = chain.receipt(2, 0).transaction;
    elsewhere.append({ transactions: [transaction] });
    const receipt = elsewhere.receipt(1, 0);
    expectFault("WRONG_NETWORK", () => verifyReceipt(receipt, elsewhere.genesis, verifySignature));
    assert.equal(faultOf(receipt), "CERTIFICATE_INVALID");
  });
});
