/** Random governance: whatever is decided in whatever order, the wish is one that the chain can reach. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { nextMembership } from "../../contracts/nodes/next-membership.ts";
import type { Wish } from "../../contracts/nodes/wish.ts";
import { WISHED_NODES } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { genesisMembership } from "../../ledger/genesis.ts";
import { type Membership, votersOf } from "../../ledger/membership.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import { GOVERNORS, keyOf, LedgerWorld, TOSHIMA } from "../support/ledger-world.ts";

const world = new LedgerWorld();

/** One decision about a node. Numbers and keys are few, so that they meet again. */
const decision = fc.record({
  type: fc.constantFrom(
    "NODE_ADMIT",
    "NODE_PROMOTE",
    "NODE_DEMOTE",
    "NODE_KEY_ROTATE",
    "NODE_REPLACE",
    "NODE_RETIRE",
  ),
  number: fc.integer({ min: 1, max: 6 }),
  /** Usually the next free number. */
  newNumber: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 2 }),
  key: fc.integer({ min: 1, max: 6 }),
  role: fc.constantFrom("voter", "learner"),
  force: fc.boolean(),
  /** How many steps the network takes before the next decision. */
  steps: fc.nat(3),
});
type Decision = typeof decision extends fc.Arbitrary<infer T> ? T : never;

function decide(run: LedgerRun, wish: Wish, made: Decision): string | undefined {
  const { type, number, role, force } = made;
  const newNumber = made.newNumber ?? wish.lastNumber + 1;
  const newKey = keyOf(`walk ${made.key}`);
  const place = { publicKey: newKey.publicKey, address: "/dns4/node.example/tcp/7101", force };
  const bodies = {
    NODE_ADMIT: { organisation: TOSHIMA, number: newNumber, ...place, role },
    NODE_PROMOTE: { number, force },
    NODE_DEMOTE: { number, force },
    NODE_RETIRE: { number, force },
    NODE_KEY_ROTATE: { number, ...place },
    NODE_REPLACE: { number, newNumber, ...place },
  };
  const inPublic = bodies[type];
  const signers = "publicKey" in inPublic ? [newKey, ...GOVERNORS] : GOVERNORS;
  return run.result(world.transaction(type, { public: inPublic, private: null }, { signers }));
}

function assertSound({ members, lastNumber }: Wish): void {
  const numbers = members.map(({ number }) => number);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
  );
  assert.ok(Math.max(...numbers) <= lastNumber);
  assert.equal(new Set(members.map(({ publicKey }) => toHex(publicKey))).size, members.length);
  assert.ok(members.some(({ role }) => role === "voter"));
}

describe("governance, at random", () => {
  it("leaves a wish that is sound and that the network reaches, never without a voter", () => {
    const seen = new Set<string | undefined>();
    fc.assert(
      fc.property(fc.array(decision, { minLength: 1, maxLength: 12 }), (decisions) => {
        const run = new LedgerRun(world);
        const wishNow = () => run.read(WISHED_NODES) ?? assert.fail("no wish");
        let membership = genesisMembership(world.genesis);
        const step = (): Membership | null => {
          const next = nextMembership(membership, wishNow().members);
          if (next !== null) membership = next;
          assert.ok(votersOf(membership).length > 0);
          return next;
        };
        let lastNumber = 0;
        for (const made of decisions) {
          seen.add(decide(run, wishNow(), made));
          assertSound(wishNow());
          assert.ok(wishNow().lastNumber >= lastNumber, "a number could come again");
          lastNumber = wishNow().lastNumber;
          for (let i = 0; i < made.steps; i++) step();
        }
        while (step() !== null);
        assert.deepEqual(membership, { members: wishNow().members, outgoing: [] });
      }),
      // The same runs every time: they meet all results that this is about.
      { numRuns: 60, seed: 7 },
    );
    for (const result of ["OK", "UNKNOWN_NODE", "NODE_NUMBER_MISMATCH", "KEY_USED"]) {
      assert.ok(seen.has(result), `${result} was never met`);
    }
  });
});
