import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runCommand } from "../support/run-command.ts";

describe("the demonstration", function () {
  this.timeout(120_000);

  it("ends with three equal nodes, a verified payment and a verified chain", async () => {
    const { code, stdout, stderr } = await runCommand(["demo", "--once", "--json"]);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    const { nodes, payment, ...proof } = JSON.parse(stdout);
    assert.deepEqual(
      nodes.map(({ id, organisation }: { id: number; organisation: string }) => [id, organisation]),
      [
        [1, "131164"],
        [2, "072028"],
        [3, "sample-card"],
      ],
    );
    const [{ id: _, organisation: __, ...first }] = nodes;
    for (const { id, organisation, ...head } of nodes) assert.deepEqual(head, first);
    assert.match(first.blockHash, /^[0-9a-f]{64}$/);
    assert.match(first.stateRoot, /^[0-9a-f]{64}$/);
    assert.ok(payment.height > 1 && payment.height <= first.height);
    assert.deepEqual([payment.status, payment.amountPt], ["committed", 350]);
    assert.deepEqual(proof, {
      signatureVerifiedBy: 3,
      receiptVerified: true,
      audit: { ok: true, height: proof.audit.height, transactions: 9, cardSignatures: 2 },
    });
    assert.ok(proof.audit.height >= payment.height);
  });
});
