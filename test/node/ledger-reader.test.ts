import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { verifyReceipt } from "../../ledger/receipt.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { Ledger } from "../../node/ledger-reader.ts";
import { bytes32 } from "../support/chain-builder.ts";
import { expectFault } from "../support/expect-fault.ts";
import { LedgerWorld } from "../support/ledger-world.ts";
import { StillNode } from "../support/still-node.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

describe("a reader of the ledger", () => {
  const newDirectory = temporaryDirectories();

  it("gives no receipt by members that the applied chain does not prove yet", async () => {
    const world = new LedgerWorld();
    const node = await StillNode.open(world, newDirectory());
    await node.add();
    await node.add(world.setUp());
    const payment = world.pay(1);
    await node.add([payment]);
    const { id } = decodeTransaction(payment);
    const { certified } = node.opened.certifier;
    assert.ok(certified);
    verifyReceipt(node.ledger.receipt(id), world.genesis, verifySignature);
    const ofLater = { ...certified, height: 5, membershipHash: bytes32("after a change") };
    const ledger = new Ledger({ ...node.opened, certifier: { certified: ofLater } });
    expectFault("PENDING", () => ledger.receipt(id));
    await node.close();
  });
});
