import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { YamuxFrameGuard } from "../../../node/transport/yamux-frame-guard.ts";

/** A yamux frame: data (type 0) brings its bytes along, other types have a length only. */
function frame(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(12 + (type === 0 ? length : 0)).fill(0xff, 12);
  bytes[1] = type;
  new DataView(bytes.buffer).setUint32(8, length);
  return bytes;
}

function chunked(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

const legal = fc.oneof(
  fc.tuple(fc.constant(0), fc.integer({ min: 0, max: 50 })),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 0xff_ff_ff_ff })),
);

describe("yamux frame guard", () => {
  it("lets all frames within the window pass, and stops the first beyond it", () => {
    fc.assert(
      fc.property(fc.array(legal), fc.integer({ min: 1, max: 70 }), (frames, chunkBytes) => {
        const guard = new YamuxFrameGuard(50);
        const stream = Buffer.concat(frames.map(([type, length]) => frame(type, length)));
        guard.check(chunked(stream, chunkBytes));
        const announced = frame(0, 51).subarray(0, 12);
        assert.throws(() => guard.check([announced]), { name: "YamuxFrameError" });
      }),
    );
  });

  it("stops a frame of four gigabytes at its header", () => {
    const header = frame(1, 0xff_ff_ff_ff);
    header[1] = 0;
    const guard = new YamuxFrameGuard(50);
    guard.check([header.subarray(0, 11)]);
    assert.throws(() => guard.check([header.subarray(11)]), { name: "YamuxFrameError" });
  });
});
