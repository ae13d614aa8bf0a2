import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Membership } from "../../ledger/membership.ts";
import { signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { AloneWatch, isOutOfReach, type OwnKey, ownSeed } from "../../node/own-key.ts";
import { seedOf } from "../support/ledger-world.ts";

const [OLD, NEXT, LATER] = ["old", "next", "later"].map(seedOf);

/** Node 4 under that key, and nobody else. */
function membership(seed: Uint8Array | undefined): Membership {
  assert.ok(seed !== undefined);
  const node = { number: 4, organisation: "131164", address: "/dns4/node.example/tcp/7101" };
  const { publicKey } = signerOfSeed(seed);
  return { members: [{ ...node, role: "voter", publicKey }], outgoing: [] };
}

describe("the key under which a node is in reach", () => {
  const rows: readonly {
    readonly id: string;
    readonly seeds: readonly (Uint8Array | undefined)[];
    readonly known: readonly (Uint8Array | undefined)[];
    readonly key: OwnKey;
    readonly expected: Uint8Array | undefined;
  }[] = [
    { id: "no member yet", seeds: [OLD], known: [], key: "in force", expected: OLD },
    { id: "as the chain has it", seeds: [OLD, NEXT], known: [OLD], key: "in force", expected: OLD },
    { id: "rotated", seeds: [OLD, NEXT], known: [OLD, NEXT], key: "in force", expected: NEXT },
    { id: "tries the next", seeds: [OLD, NEXT], known: [OLD], key: "other", expected: NEXT },
    { id: "tries the old", seeds: [OLD, NEXT], known: [OLD, NEXT], key: "other", expected: OLD },
    { id: "has but one", seeds: [OLD], known: [OLD], key: "other", expected: OLD },
  ];
  for (const { id, seeds, known, key, expected } of rows) {
    it(id, () => {
      const config = { nodeNumber: 4, seeds: seeds.filter((seed) => seed !== undefined) };
      assert.equal(ownSeed(config, known.map(membership), key), expected);
    });
  }

  it("is none when the chain names a key that the node does not have", () => {
    assert.ok(OLD !== undefined);
    const config = { nodeNumber: 4, seeds: [OLD] };
    assert.throws(() => ownSeed(config, [membership(LATER)], "in force"), {
      code: "INVALID_FIELD",
    });
  });

  it("is out of reach alone among others, or when they know the node by another key", () => {
    assert.ok(OLD !== undefined && NEXT !== undefined);
    const { publicKey } = signerOfSeed(OLD);
    const [old, next] = [membership(OLD), membership(NEXT)];
    const withOther = {
      ...old,
      members: old.members.flatMap((one) => [one, { ...one, number: 5 }]),
    };
    const alone = new Set([4]);
    const isOut = (inForce: Membership, connected: ReadonlySet<number>) =>
      isOutOfReach({ self: 4, publicKey, inForce, connected });
    assert.equal(isOut(old, alone), false);
    assert.equal(isOut(withOther, alone), true);
    assert.equal(isOut(withOther, new Set([4, 5])), false);
    assert.equal(isOut(next, new Set([4, 5])), true);
    // Not a member yet, and its key was rotated meanwhile: the one other member lets nobody of the old key in.
    const other = { ...old, members: old.members.map((one) => ({ ...one, number: 5 })) };
    assert.equal(isOut(other, alone), true);
  });

  it("is out of reach without another voter, whoever else lets it in; a sole voter without anybody", () => {
    assert.ok(OLD !== undefined);
    const { publicKey } = signerOfSeed(OLD);
    const roles = { 4: "learner", 5: "voter", 6: "leaving" } as const;
    const members = [4, 5, 6].flatMap((number) =>
      membership(OLD).members.map((one) => ({ ...one, number, role: roles[number as 4 | 5 | 6] })),
    );
    const isOut = (self: number, connected: readonly number[]) => {
      const inForce = { members, outgoing: [] };
      return isOutOfReach({ self, publicKey, inForce, connected: new Set(connected) });
    };
    assert.equal(isOut(4, [4, 5]), false);
    assert.equal(isOut(4, [4, 6]), true);
    assert.equal(isOut(5, [5, 6]), false);
    assert.equal(isOut(5, [5]), true);
  });

  it("is another one after ten election timeouts alone, in a row; members wait differently long", () => {
    let isAlone = true;
    let told = 0;
    const onAlone = () => {
      told += 1;
    };
    const watch = new AloneWatch(7, 3, { isOut: () => isAlone, onAlone });
    const ticks = (count: number) => {
      for (let i = 0; i < count; i++) watch.tick();
    };
    ticks(29);
    isAlone = false;
    ticks(1);
    isAlone = true;
    ticks(29);
    assert.equal(told, 0);
    ticks(100);
    assert.equal(told, 1);
    const waits = [1, 2, 3, 4, 5].map((self) => {
      let isTold = false;
      const other = new AloneWatch(self, 3, { isOut: () => true, onAlone: () => (isTold = true) });
      for (let count = 0; ; count += 1) {
        if (isTold) return count;
        other.tick();
      }
    });
    assert.equal(new Set(waits).size, waits.length);
  });
});
