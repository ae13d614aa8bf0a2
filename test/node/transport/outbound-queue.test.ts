import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { framedBytes } from "../../../node/transport/framing.ts";
import { OutboundQueue } from "../../../node/transport/outbound-queue.ts";

const message = fc.uint8Array({ minLength: 1, maxLength: 40 });

describe("outbound queue", () => {
  it("never holds more than its limits, and keeps the newest in order", () => {
    fc.assert(
      fc.property(fc.array(message), fc.integer({ min: 1, max: 9 }), (messages, messagesMax) => {
        const limits = { bytesMax: 100, messagesMax };
        const queue = new OutboundQueue(limits);
        let dropped = 0;
        for (const next of messages) {
          dropped += queue.push(next);
          assert(queue.length <= limits.messagesMax && queue.bytes <= limits.bytesMax);
        }
        assert.equal(dropped + queue.length, messages.length);
        assert.deepEqual(queue.takeBatch(Number.POSITIVE_INFINITY), messages.slice(dropped));
        assert.equal(queue.bytes, 0);
      }),
    );
  });

  it("drops no more than it must", () => {
    const queue = new OutboundQueue({ bytesMax: 30, messagesMax: 10 });
    assert.equal(queue.push(new Uint8Array(6)), 0);
    assert.equal(queue.push(new Uint8Array(16)), 0);
    assert.equal(queue.bytes, 30);
    assert.equal(queue.push(new Uint8Array(1)), 1);
    assert.equal(queue.bytes, 25);
  });

  it("gives batches that fit, in order, and a large message alone", () => {
    fc.assert(
      fc.property(fc.array(message), fc.integer({ min: 1, max: 60 }), (messages, batchBytes) => {
        const queue = new OutboundQueue({ bytesMax: 1e6, messagesMax: 1e6 });
        for (const next of messages) queue.push(next);
        const taken: Uint8Array[] = [];
        while (queue.length > 0) {
          const batch = queue.takeBatch(batchBytes);
          assert(batch.length > 0);
          const bytes = batch.reduce((sum, next) => sum + framedBytes(next), 0);
          assert(batch.length === 1 || bytes <= batchBytes);
          taken.push(...batch);
        }
        assert.deepEqual(taken, messages);
        assert.equal(queue.bytes, 0);
      }),
    );
  });

  it("gives nothing when it is empty", () => {
    const queue = new OutboundQueue({ bytesMax: 30, messagesMax: 10 });
    assert.deepEqual(queue.takeBatch(100), []);
  });
});
