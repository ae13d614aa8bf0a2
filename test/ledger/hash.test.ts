import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, it } from "mocha";
import { fromHex, toHex, utf8 } from "../../ledger/bytes.ts";
import { HASH_TAGS, type HashTag, hash, sha256, tagged, useSha256 } from "../../ledger/hash.ts";
import { nativeSha256 } from "../../ledger/native/sha256.ts";
import { readVectors } from "../support/files.ts";

interface Row {
  readonly tag: HashTag;
  readonly parts: readonly string[];
  readonly message: string;
  readonly hash: string;
}

describe("hash", () => {
  const rows = readVectors<readonly Row[]>("hash");

  for (const row of rows) {
    it(`${row.tag} over ${row.parts.length} parts`, () => {
      const parts = row.parts.map(fromHex);
      assert.equal(toHex(tagged(row.tag, ...parts)), row.message);
      assert.equal(toHex(hash(row.tag, ...parts)), row.hash);
    });
  }

  it("has a vector for every tag", () => {
    assert.deepEqual(
      rows.map(({ tag }) => tag),
      HASH_TAGS,
    );
  });

  it("is SHA-256 over name, zero byte and parts, and nothing else", () => {
    fc.assert(
      fc.property(fc.constantFrom(...HASH_TAGS), fc.array(fc.uint8Array()), (tag, parts) => {
        const plain = createHash("sha256")
          .update(`mykey-ledger/v1/${tag}`)
          .update(Uint8Array.of(0));
        for (const part of parts) plain.update(part);
        assert.equal(toHex(hash(tag, ...parts)), plain.digest("hex"));
      }),
    );
  });

  it("no tag is the beginning of another", () => {
    const heads = HASH_TAGS.map((tag) => toHex(tagged(tag)));
    for (const head of heads) {
      assert.deepEqual(
        heads.filter((other) => other.startsWith(head)),
        [head],
      );
    }
  });

  it("no tagged message can be a node or leaf of a Merkle tree", () => {
    for (const tag of HASH_TAGS) assert.ok((tagged(tag)[0] ?? 0) > 1);
  });

  describe("another implementation", () => {
    afterEach(() => useSha256(nativeSha256));

    it("is used once it has proved itself", () => {
      let calls = 0;
      useSha256((bytes) => {
        calls += 1;
        return nativeSha256(bytes);
      });
      calls = 0;
      assert.equal(toHex(sha256(utf8("abc"))), toHex(nativeSha256(utf8("abc"))));
      assert.equal(calls, 1);
    });

    it("is refused when it is wrong, and the one before stays", () => {
      assert.throws(() => useSha256(() => new Uint8Array(32)));
      assert.throws(() => useSha256((bytes) => nativeSha256(bytes).subarray(0, 31)));
      assert.equal(toHex(sha256(utf8("abc"))), toHex(nativeSha256(utf8("abc"))));
    });
  });
});
