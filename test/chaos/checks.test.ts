/** The checks of a chaos run see what is planted: one that sees nothing would look like success. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { NodeStatus } from "../../client/sdk/answers.ts";
import { seededRandom } from "../../consensus/random.ts";
import { Observer } from "./observer.ts";
import type { Fate, PaymentRecord } from "./payer.ts";
import { FAULT_KINDS, planFaults } from "./schedule.ts";
import { compareAnswers } from "./verdict.ts";

describe("a chaos run", () => {
  describe("looks at every node", () => {
    const sights: readonly (readonly [string, number, Parameters<typeof statusOf>, number])[] = [
      ["another block at a height", 1, [{ number: 2, hash: 9 }], 1],
      ["a second leader of a term", 1, [{ number: 2, role: "leader" }], 1],
      ["a term that goes back", 1, [{ term: 3 }], 2],
      ["a height that goes back", 1, [{ height: 6 }], 1],
      ["a height applied again in the next life", 0, [{ height: 6 }], 2],
      ["the same once more", 0, [{}], 1],
      ["the next block", 0, [{ height: 8, hash: 8 }], 1],
    ];
    for (const [what, violations, [seen], life] of sights) {
      it(`and ${violations === 0 ? "has nothing against" : "finds"} ${what}`, () => {
        const found: string[] = [];
        const observer = new Observer((violation) => found.push(violation));
        observer.see(statusOf({ role: "leader" }), 1);
        observer.see(statusOf(seen), life);
        assert.equal(found.length, violations, found.join());
      });
    }
  });

  describe("compares what clients were told with what nodes say", () => {
    const committed = "committed OK 7/0";
    const rows: readonly (readonly [string, Fate, string, string, number])[] = [
      ["the truth", decided(), committed, committed, 0],
      ["a lost payment", decided(), "absent", "absent", 1],
      ["another result", decided(), "refused BALANCE_INSUFFICIENT 7/0", committed, 2],
      ["two fates of an unheard one", { kind: "unknown" }, "absent", committed, 1],
      ["an unheard one that came in", { kind: "unknown" }, committed, committed, 0],
      ["one turned away and taken", { kind: "turned away", code: "X" }, committed, committed, 1],
      ["one turned away", { kind: "turned away", code: "X" }, "absent", "absent", 0],
    ];
    for (const [what, fate, one, two, violations] of rows) {
      it(what, () => {
        const found: string[] = [];
        const payments: PaymentRecord[] = [
          { id: "aa", wallet: "w", amountPt: 1, fate, waitedMs: 1 },
        ];
        const ledgers = new Map([one, two].map((says, i) => [i + 1, new Map([["aa", says]])]));
        compareAnswers(payments, ledgers, (violation) => found.push(violation));
        assert.equal(found.length, violations, found.join());
      });
    }
  });

  it("plans the same for the same seed, never hits a majority, and leaves no kind out", () => {
    const planOf = (seed: number) => {
      const plan = planFaults(seededRandom(seed), 5);
      return Array.from({ length: 1 + Object.keys(FAULT_KINDS).length }, () => plan.next().value);
    };
    assert.deepEqual(planOf(7), planOf(7));
    assert.notDeepEqual(planOf(7), planOf(8));
    assert.ok(planOf(7).every(({ victims }) => victims === 1 || victims === 2));
    const kinds = planOf(7).map(({ kind }) => kind);
    assert.equal(kinds[0], "kill");
    assert.deepEqual(new Set(kinds), new Set(Object.keys(FAULT_KINDS)));
  });
});

function decided(): Fate {
  const receipt = new Uint8Array();
  const place = { height: 7, index: 0, timestampMs: 0, stateRoot: new Uint8Array(32), receipt };
  return { kind: "decided", decision: { id: "aa", status: "committed", result: "OK", ...place } };
}

function statusOf(plan: {
  readonly number?: number;
  readonly role?: NodeStatus["role"];
  readonly term?: number;
  readonly height?: number;
  readonly hash?: number;
}): NodeStatus {
  const { number = 1, role = "follower", term = 4, height = 7, hash = height } = plan;
  return {
    node: { number, organisation: "131164", nameJa: "豊島区", nameEn: "Toshima City" },
    role,
    term,
    leader: null,
    lastHeight: height,
    certifiedHeight: height,
    appliedHeight: height,
    blockHash: Uint8Array.of(hash),
    stateRoot: Uint8Array.of(hash),
    timestampMs: 0,
    signaturesVerified: 0,
    members: [],
    quorum: { needed: 2, reachable: 3, missing: [], reason: null },
  };
}
