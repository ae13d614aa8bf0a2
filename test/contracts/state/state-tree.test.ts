import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { genesisState } from "../../../contracts/genesis-state.ts";
import { stateProofSchema, verifyStateProof } from "../../../contracts/state/state-proof.ts";
import { StateTree, type StateWrite } from "../../../contracts/state/state-tree.ts";
import { compareBytes, concatBytes, toHex, utf8 } from "../../../ledger/bytes.ts";
import { hash } from "../../../ledger/hash.ts";
import { fromBytes, toBytes } from "../../../ledger/schema.ts";
import { LedgerWorld } from "../../support/ledger-world.ts";

type Entry = readonly [string, Uint8Array];

function entries(count: number, from = 0): Entry[] {
  return Array.from({ length: count }, (_, i) => [`key/${from + i}`, utf8(`value ${from + i}`)]);
}

/** The root by the definition alone, without a tree: for comparison. */
function naiveRoot(records: readonly Entry[], depth = 0): Uint8Array {
  const hashed = records
    .map(([key, value]) => [hash("state-key", utf8(key)), hash("state-value", value)] as const)
    .sort(([a], [b]) => compareBytes(a, b));
  return naiveNode(hashed, depth);
}

function naiveNode(
  sorted: readonly (readonly [Uint8Array, Uint8Array])[],
  depth: number,
): Uint8Array {
  if (sorted.length === 0) return new Uint8Array(32);
  if (sorted.length <= 16) {
    return hash("state-bucket", Uint8Array.of(sorted.length), concatBytes(...sorted.flat()));
  }
  const digits = [..."0123456789abcdef"];
  const children = digits.map((digit) =>
    naiveNode(
      sorted.filter(([keyHash]) => toHex(keyHash)[depth] === digit),
      depth + 1,
    ),
  );
  return hash("state-branch", concatBytes(...children));
}

describe("the state tree", () => {
  for (const count of [0, 1, 2, 15, 16, 17, 100, 300, 2000]) {
    it(`of ${count} records has the root of the definition`, () => {
      const tree = StateTree.of(entries(count));
      assert.deepEqual(tree.root, naiveRoot(entries(count)));
      assert.equal(tree.size, count);
    });
  }

  it("depends on the records alone, never on how they came to be", () => {
    const key = fc.integer({ min: 0, max: 120 }).map((n) => `key/${n}`);
    const value = fc.option(fc.uint8Array({ minLength: 1, maxLength: 3 }), { nil: null });
    const batch = fc.uniqueArray(fc.tuple(key, value), { selector: ([k]) => k, maxLength: 60 });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
        const records = new Map<string, Uint8Array>();
        let tree = StateTree.of([]);
        for (const writes of batches) {
          tree = tree.update(writes);
          for (const [k, v] of writes) {
            if (v === null) records.delete(k);
            else records.set(k, v);
          }
          assert.deepEqual(tree.root, naiveRoot([...records]));
          assert.equal(tree.size, records.size);
        }
        assert.deepEqual(tree.root, StateTree.of([...records]).root);
      }),
    );
  });

  it("gives one root for one batch and for its writes one by one", () => {
    const start = StateTree.of(entries(500));
    const writes: StateWrite[] = [
      ...entries(40, 480).map(([key]): StateWrite => [key, utf8("new")]),
      ...entries(30, 100).map(([key]): StateWrite => [key, null]),
    ];
    const oneByOne = [...writes].reverse().reduce((tree, write) => tree.update([write]), start);
    assert.deepEqual(start.update(writes).root, oneByOne.root);
  });

  it("grows out of a bucket and back into one at 16 records", () => {
    const all = entries(20);
    let tree = StateTree.of(all);
    for (let left = 19; left >= 0; left--) {
      tree = tree.update([[`key/${left}`, null]]);
      assert.deepEqual(tree.root, naiveRoot(all.slice(0, left)), `${left} records`);
    }
    for (const [i, record] of all.entries()) {
      tree = tree.update([record]);
      assert.deepEqual(tree.root, naiveRoot(all.slice(0, i + 1)), `${i + 1} records`);
    }
  });

  it("shrinks to the empty tree", () => {
    const all = entries(400);
    const emptied = StateTree.of(all).update(all.map(([key]): StateWrite => [key, null]));
    assert.deepEqual(emptied.root, new Uint8Array(32));
    assert.equal(emptied.size, 0);
  });

  it("leaves the tree before an update as it was", () => {
    const before = StateTree.of(entries(200));
    const root = before.root.slice();
    before.update([
      ["key/3", utf8("changed")],
      ["key/4", null],
      ["key/999", utf8("new")],
    ]);
    assert.deepEqual(before.root, root);
    assert.deepEqual(before.root, naiveRoot(entries(200)));
    assert.ok(verifyStateProof(root, "key/3", utf8("value 3"), before.prove("key/3")));
  });

  it("removes what is not there without a trace", () => {
    const tree = StateTree.of(entries(50));
    assert.deepEqual(tree.update([["nothing", null]]).root, tree.root);
  });

  it("refuses a key twice", () => {
    const [first] = entries(1);
    assert.ok(first);
    assert.throws(() => StateTree.of([first, first]), RangeError);
    assert.throws(() => StateTree.of([]).update([first, first]), RangeError);
  });
});

describe("roots that must never change", () => {
  it("of 300 records", () => {
    const expected = "4f7f0c4138c1870e4144c82e1a52b3f610af193fbdf9a232af099516551f76d0";
    assert.equal(toHex(StateTree.of(entries(300)).root), expected);
  });

  it("of a genesis", () => {
    const expected = "208d1319e7626e6350874e6d9ec8bb8081f151561aaee7ce5e96921e7b7d45e3";
    assert.equal(toHex(genesisState(new LedgerWorld().genesis).tree.root), expected);
  });
});

describe("state proofs", () => {
  const records = entries(300);
  const tree = StateTree.of(records);
  const absent = entries(50, 1000);

  it("prove what is there and what is not, also in their encoded form", () => {
    for (const [key, value] of records) {
      const encoded = toBytes(stateProofSchema, tree.prove(key));
      const proof = fromBytes(stateProofSchema, encoded, 64 * 1024);
      assert.ok(verifyStateProof(tree.root, key, value, proof));
      assert.ok(!verifyStateProof(tree.root, key, null, proof));
      assert.ok(!verifyStateProof(tree.root, key, utf8("other"), proof));
    }
    for (const [key, value] of absent) {
      const proof = tree.prove(key);
      assert.ok(verifyStateProof(tree.root, key, null, proof));
      assert.ok(!verifyStateProof(tree.root, key, value, proof));
    }
  });

  it("prove absence where there is no subtree at all", () => {
    const few = StateTree.of(entries(17));
    const lost = entries(200, 5000).find(([key]) => few.prove(key).bucket.length === 0);
    assert.ok(lost);
    assert.ok(verifyStateProof(few.root, lost[0], null, few.prove(lost[0])));
    const empty = StateTree.of([]);
    assert.ok(verifyStateProof(empty.root, "any", null, empty.prove("any")));
  });

  it("are worth nothing for another root or another way", () => {
    const proof = tree.prove("key/7");
    const value = utf8("value 7");
    const later = tree.update([["key/8", utf8("changed")]]);
    assert.ok(!verifyStateProof(later.root, "key/7", value, proof));
    assert.ok(verifyStateProof(later.root, "key/7", value, later.prove("key/7")));
    const strangers = records.filter(([key]) => {
      const bucketOf = (k: string) => toHex(tree.prove(k).bucket);
      return bucketOf(key) !== bucketOf("key/7");
    });
    assert.ok(strangers.length > 0);
    for (const [key] of strangers) assert.ok(!verifyStateProof(tree.root, key, null, proof));
  });

  it("do not survive a changed bit", () => {
    const proof = tree.prove("key/7");
    const parts = [...proof.siblings, proof.bucket];
    fc.assert(
      fc.property(fc.nat(parts.length - 1), fc.nat(1_000_000), fc.nat(7), (part, at, bit) => {
        const copies = parts.map((bytes) => bytes.slice());
        const changed = copies[part];
        assert.ok(changed);
        const index = at % changed.length;
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        const forged = { siblings: copies.slice(0, -1), bucket: copies.at(-1) ?? changed };
        assert.ok(!verifyStateProof(tree.root, "key/7", utf8("value 7"), forged));
        assert.ok(!verifyStateProof(tree.root, "key/7", null, forged));
      }),
    );
  });

  it("of a wrong form are false, not an error", () => {
    const { siblings, bucket } = tree.prove("key/7");
    const forms = [
      { siblings: siblings.slice(1), bucket },
      { siblings: [...siblings, ...siblings], bucket },
      { siblings: siblings.map((hashes) => hashes.subarray(1)), bucket },
      { siblings, bucket: bucket.subarray(1) },
      { siblings, bucket: concatBytes(bucket, bucket.subarray(0, 64)) },
      { siblings, bucket: new Uint8Array(0) },
      { siblings, bucket: new Uint8Array(17 * 64) },
      { siblings: Array<Uint8Array>(65).fill(new Uint8Array(480)), bucket },
    ];
    for (const form of forms) {
      assert.ok(!verifyStateProof(tree.root, "key/7", utf8("value 7"), form));
    }
  });
});
