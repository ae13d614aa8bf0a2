import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  assertFrameable,
  encodeFrames,
  FrameDecoder,
  FrameError,
  framedBytes,
} from "../../../node/transport/framing.ts";

const message = fc.uint8Array({ minLength: 1, maxLength: 300 });

/** Cuts bytes at the given places, whatever their order. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...places].map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [...sorted, bytes.length].map((end, i) => bytes.subarray(sorted[i - 1] ?? 0, end));
}

function decodeAll(decoder: FrameDecoder, chunks: readonly Uint8Array[]): Uint8Array[] {
  return chunks.flatMap((chunk) => [...decoder.decode([chunk])]);
}

describe("framing", () => {
  it("decodes any frames, however the stream is chunked, to the same messages", () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, places) => {
        const decoder = new FrameDecoder();
        assert.deepEqual(decodeAll(decoder, cut(encodeFrames(messages), places)), messages);
        decoder.end();
      }),
    );
  });

  it("decodes many chunks given at once like the same chunks one by one", () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, places) => {
        const decoder = new FrameDecoder();
        assert.deepEqual([...decoder.decode(cut(encodeFrames(messages), places))], messages);
      }),
    );
  });

  it("writes the length as u32, big-endian, before the bytes", () => {
    const frames = encodeFrames([Uint8Array.of(7), new Uint8Array(258).fill(9)]);
    assert.deepEqual(frames.subarray(0, 10), Uint8Array.of(0, 0, 0, 1, 7, 0, 0, 1, 2, 9));
    assert.equal(frames.length, framedBytes(Uint8Array.of(7)) + 4 + 258);
  });

  it("gives each message memory of its own", () => {
    const stream = encodeFrames([Uint8Array.of(1, 2, 3)]);
    const [decoded] = new FrameDecoder().decode([stream]);
    stream.fill(0xff);
    assert.deepEqual(decoded, Uint8Array.of(1, 2, 3));
    assert.equal(decoded?.buffer.byteLength, 3);
  });

  it("stops between two messages when its reader does, and goes on from there", () => {
    const messages = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
    const reader = new FrameDecoder().decode([encodeFrames(messages)]);
    assert.deepEqual(reader.next().value, Uint8Array.of(1));
    assert.deepEqual(reader.next().value, Uint8Array.of(2));
    assert.deepEqual(reader.next().value, Uint8Array.of(3));
    assert.equal(reader.next().done, true);
  });

  const header = (sizeBytes: number): Uint8Array => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, sizeBytes);
    return bytes;
  };

  const refused = [
    { id: "one byte more than the limit", sizeBytes: 17, code: "FRAME_TOO_LARGE" },
    { id: "the largest length there is", sizeBytes: 0xff_ff_ff_ff, code: "FRAME_TOO_LARGE" },
    { id: "the sign bit", sizeBytes: 0x80_00_00_00, code: "FRAME_TOO_LARGE" },
    { id: "zero", sizeBytes: 0, code: "FRAME_EMPTY" },
  ];
  for (const { id, sizeBytes, code } of refused) {
    it(`refuses a length as soon as it is read: ${id}`, () => {
      const decoder = new FrameDecoder(16);
      assert.throws(() => [...decoder.decode([header(sizeBytes)])], { name: "FrameError", code });
    });
  }

  it("takes a frame of exactly the limit", () => {
    const largest = new Uint8Array(16).fill(1);
    assert.deepEqual([...new FrameDecoder(16).decode([encodeFrames([largest])])], [largest]);
  });

  it("hands over what came before a bad frame", () => {
    const decoder = new FrameDecoder(16);
    const reader = decoder.decode([encodeFrames([Uint8Array.of(5)]), header(0)]);
    assert.deepEqual(reader.next().value, Uint8Array.of(5));
    assert.throws(() => reader.next(), { code: "FRAME_EMPTY" });
  });

  it("refuses a stream that ends within a frame, wherever that is", () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1 }), fc.nat(), (messages, place) => {
        const stream = encodeFrames(messages);
        const boundaries = messages.map((_, i) => encodeFrames(messages.slice(0, i)).length);
        const end = place % stream.length;
        const decoder = new FrameDecoder();
        decodeAll(decoder, [stream.subarray(0, end)]);
        if (boundaries.includes(end)) decoder.end();
        else assert.throws(() => decoder.end(), { code: "FRAME_TRUNCATED" });
      }),
    );
  });

  it("says how many bytes are missing, as far as it can know", () => {
    const missing = (bytes: Uint8Array): number => {
      const decoder = new FrameDecoder();
      assert.equal([...decoder.decode([bytes])].length, 0);
      try {
        decoder.end();
      } catch (error) {
        assert(error instanceof FrameError && error.fault.code === "FRAME_TRUNCATED");
        return error.fault.missingBytes;
      }
      return 0;
    };
    assert.equal(missing(Uint8Array.of()), 0);
    assert.equal(missing(Uint8Array.of(0, 0)), 2);
    assert.equal(missing(header(10)), 10);
    assert.equal(missing(Uint8Array.of(0, 0, 0, 10, 1, 2, 3)), 7);
  });

  it("tells which messages can be a frame", () => {
    assertFrameable(new Uint8Array(1), 16);
    assertFrameable(new Uint8Array(16), 16);
    assert.throws(() => assertFrameable(new Uint8Array(0), 16), RangeError);
    assert.throws(() => assertFrameable(new Uint8Array(17), 16), RangeError);
  });

  it("survives any bytes: messages within the limit, or a typed refusal", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const decoder = new FrameDecoder(32);
        try {
          for (const decoded of decoder.decode(chunks)) {
            assert(decoded.length > 0 && decoded.length <= 32);
          }
          decoder.end();
        } catch (error) {
          assert(error instanceof FrameError);
        }
      }),
    );
  });
});
