import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { encodeVpcdMessage, VpcdDecoder } from "../../../../client/card/vpcd/vpcd-message.ts";

describe("messages of the virtual reader", () => {
  it("carry their length in front, big-endian", () => {
    assert.deepEqual(encodeVpcdMessage(Uint8Array.of(4)), Uint8Array.of(0, 1, 4));
    assert.deepEqual(encodeVpcdMessage(new Uint8Array(258)).subarray(0, 2), Uint8Array.of(1, 2));
    assert.throws(() => encodeVpcdMessage(new Uint8Array(65_536)), RangeError);
  });

  it("come out as they went in, however the stream is cut", () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 50 }), (sent, pieceBytes) => {
        const stream = Buffer.concat(sent.map(encodeVpcdMessage));
        const decoder = new VpcdDecoder();
        const received: Uint8Array[] = [];
        for (let at = 0; at < stream.length; at += pieceBytes) {
          received.push(...decoder.push(stream.subarray(at, at + pieceBytes)));
        }
        assert.deepEqual(received, sent);
      }),
    );
  });
});
