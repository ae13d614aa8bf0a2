import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { readBlocks, sequenceItem } from "../../../client/audit/block-sequence.ts";
import { concatBytes, fromHex } from "../../../ledger/bytes.ts";

async function* inPieces(bytes: Uint8Array, sizesBytes: readonly number[]) {
  let offset = 0;
  for (let i = 0; offset < bytes.length; i += 1) {
    const sizeBytes = sizesBytes[i % sizesBytes.length] ?? 1;
    yield bytes.slice(offset, offset + sizeBytes);
    offset += sizeBytes;
  }
}

async function read(bytes: Uint8Array, sizesBytes: readonly number[] = [7]): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  for await (const block of readBlocks(inPieces(bytes, sizesBytes))) blocks.push(block);
  return blocks;
}

describe("a sequence of blocks", () => {
  it("gives the same blocks however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 5 }),
        async (blocks, sizesBytes) => {
          const joined = concatBytes(...blocks.map(sequenceItem));
          assert.deepEqual(await read(joined, sizesBytes), blocks);
        },
      ),
    );
  });

  it("reads lengths of every form", async () => {
    for (const sizeBytes of [0, 23, 24, 255, 256, 65_535, 65_536]) {
      const block = new Uint8Array(sizeBytes).fill(1);
      assert.deepEqual(await read(sequenceItem(block), [4096]), [block]);
    }
  });

  const wrong = [
    { id: "text instead of bytes", hex: "6161" },
    { id: "an array", hex: "80" },
    { id: "a length in a longer form than needed (1 byte)", hex: `5817${"00".repeat(23)}` },
    { id: "a length in a longer form than needed (2 bytes)", hex: `5900ff${"00".repeat(255)}` },
    { id: "a length in a longer form than needed (4 bytes)", hex: `5a000000ff${"00".repeat(255)}` },
    { id: "a length of 8 bytes", hex: "5b0000000000000001ff" },
    { id: "an indefinite length", hex: "5f4100ff" },
    { id: "a reserved length form", hex: "5c00" },
    { id: "an end inside a block", hex: "4200" },
    { id: "an end inside a length", hex: "5901" },
  ];
  for (const { id, hex } of wrong) {
    it(`refuses ${id}`, async () => {
      await assert.rejects(read(fromHex(hex)), { code: "MALFORMED" });
    });
  }

  it("refuses a block above the limit before it is there", async () => {
    await assert.rejects(read(fromHex("5a7fffffff00")), { code: "TOO_LARGE" });
  });
});
