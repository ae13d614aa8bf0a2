import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { genesisState } from "../../../contracts/genesis-state.ts";
import {
  isNextMembership,
  nextMembership,
  wishIn,
} from "../../../contracts/nodes/next-membership.ts";
import type { WishedNode } from "../../../contracts/nodes/wish.ts";
import { MEMBERS_MAX } from "../../../ledger/limits.ts";
import { type Member, type Membership, voterOf, votersOf } from "../../../ledger/membership.ts";
import { changeByCore, confStateOf } from "../../support/conf-state.ts";
import { LedgerWorld, seedOf } from "../../support/ledger-world.ts";

function node<Role extends Member["role"]>(number: number, role: Role, key = `node ${number}`) {
  const address = `/ip4/127.0.0.1/tcp/${7100 + number}`;
  return { number, publicKey: seedOf(key), organisation: "131164", address, role };
}

/** `v1 l2 x3` as members: voter, learner, leaving. */
function nodes(short: string): Member[] {
  const roles = { v: "voter", l: "learner", x: "leaving" } as const;
  return short
    .split(" ")
    .map((word) => node(Number(word.slice(1)), roles[word[0] as keyof typeof roles]));
}

function membership(short: string, outgoing: readonly number[] = []): Membership {
  return { members: nodes(short), outgoing };
}

function wish(short: string): WishedNode[] {
  return nodes(short).map(({ role, ...rest }) => {
    assert.ok(role !== "leaving");
    return { ...rest, role };
  });
}

/** `v1 l2 x3`, with the outgoing voters behind a slash while joint. */
function shortOf({ members, outgoing }: Membership): string {
  const short = members.map(({ role, number }) => `${role === "leaving" ? "x" : role[0]}${number}`);
  return [short.join(" "), ...(outgoing.length > 0 ? [outgoing.join(" ")] : [])].join(" / ");
}

/** Every step from a membership to a wish. */
function stepsTo(current: Membership, wished: readonly WishedNode[]): Membership[] {
  const steps: Membership[] = [];
  let next = nextMembership(current, wished);
  while (next !== null) {
    steps.push(next);
    assert.ok(steps.length < 300, "the steps do not end");
    next = nextMembership(next, wished);
  }
  return steps;
}

const paths: readonly { id: string; from: Membership; wish: string; steps: readonly string[] }[] = [
  { id: "what is wished already", from: membership("v1 v2 v3"), wish: "v1 v2 v3", steps: [] },
  {
    id: "a fourth voter: as learner first",
    from: membership("v1 v2 v3"),
    wish: "v1 v2 v3 v4",
    steps: ["v1 v2 v3 l4", "v1 v2 v3 v4"],
  },
  {
    id: "an observer",
    from: membership("v1 v2 v3"),
    wish: "v1 v2 v3 l4",
    steps: ["v1 v2 v3 l4"],
  },
  {
    id: "a retirement",
    from: membership("v1 v2 v3"),
    wish: "v1 v2",
    steps: ["v1 v2 x3", "v1 v2"],
  },
  {
    id: "a replacement: by a joint phase",
    from: membership("v1 v2 v3"),
    wish: "v1 v2 v4",
    steps: ["v1 v2 v3 l4", "v1 v2 x3 v4 / 1 2 3", "v1 v2 x3 v4", "v1 v2 v4"],
  },
  {
    id: "a demotion",
    from: membership("v1 v2 v3"),
    wish: "v1 v2 l3",
    steps: ["v1 v2 l3"],
  },
  {
    id: "a joint phase that is under way when the wish changes",
    from: membership("v1 v2 x3 v4", [1, 2, 3]),
    wish: "v1 v2 v4 v5",
    steps: ["v1 v2 x3 v4", "v1 v2 x3 v4 l5", "v1 v2 x3 v4 v5", "v1 v2 v4 v5"],
  },
  {
    id: "other people altogether",
    from: membership("v1 v2 v3"),
    wish: "v4 v5 v6",
    steps: [
      "v1 v2 v3 l4 l5 l6 / 1 2 3",
      "v1 v2 v3 l4 l5 l6",
      "x1 x2 x3 v4 v5 v6 / 1 2 3",
      "x1 x2 x3 v4 v5 v6",
      "v4 v5 v6 / 4 5 6",
      "v4 v5 v6",
    ],
  },
];

describe("nextMembership", () => {
  for (const { id, from, wish: wished, steps } of paths) {
    it(`leads to ${id}`, () => {
      assert.deepEqual(stepsTo(from, wish(wished)).map(shortOf), steps);
    });
  }

  it("gives members their new keys and addresses in one step", () => {
    const wished = [node(1, "voter", "new key"), ...wish("v2 v3")];
    const [step, ...more] = stepsTo(membership("v1 v2 v3"), wished);
    assert.deepEqual(step, { members: wished, outgoing: [] });
    assert.deepEqual(more, []);
  });

  it("gives them together with newcomers, and no new roles", () => {
    const wished = [node(1, "learner", "new key"), ...wish("v2 v3 v4")];
    const [step] = stepsTo(membership("v1 v2 v3"), wished);
    const before = node(1, "voter", "new key");
    assert.deepEqual(step?.members, [before, ...nodes("v2 v3 l4")]);
  });

  it("makes room first in a network that is full, and keeps a voter", () => {
    const range = (from: number) =>
      Array.from({ length: MEMBERS_MAX - 1 }, (_, i) => node(from + i, "voter"));
    const current = { members: [...range(1), node(MEMBERS_MAX, "voter")], outgoing: [] };
    const wished = range(101);
    const steps = stepsTo(current, wished);
    assert.deepEqual(steps.at(-1), { members: wished, outgoing: [] });
    for (const { members } of steps) assert.ok(members.length <= MEMBERS_MAX);
    for (const step of steps) assert.ok(votersOf(step).length > 0);
  });
});

/** Numbers 1 to 7, each in one of the roles or not there. */
function someOf<const Role extends Member["role"]>(roles: readonly Role[]) {
  const one = fc.option(fc.record({ role: fc.constantFrom(...roles), key: fc.nat(1) }));
  return fc.array(one, { minLength: 7, maxLength: 7 }).map((slots) =>
    slots.flatMap((slot, i) => {
      return slot === null ? [] : [node(i + 1, slot.role, `key ${slot.key} of ${i + 1}`)];
    }),
  );
}

const hasVoter = (members: readonly { role: string }[]) =>
  members.some(({ role }) => role === "voter");

/** Any membership, joint or not. While joint, some of the old voters stay, go or become learners. */
const anyMembership: fc.Arbitrary<Membership> = someOf(["voter", "learner", "leaving"])
  .filter(hasVoter)
  .chain((members) =>
    fc.record({
      members: fc.constant(members),
      outgoing: fc.subarray(members.map(({ number }) => number)),
    }),
  );
const anyWish: fc.Arbitrary<WishedNode[]> = someOf(["voter", "learner"]).filter(hasVoter);

describe("the steps to any wish, from any membership", () => {
  it("end at the wish", () => {
    fc.assert(
      fc.property(anyMembership, anyWish, (current, wished) => {
        const last = stepsTo(current, wished).at(-1) ?? current;
        assert.deepEqual(last, { members: wished, outgoing: [] });
      }),
    );
  });

  it("are all accepted by the consensus core", () => {
    fc.assert(
      fc.property(anyMembership, anyWish, (current, wished) => {
        let before = confStateOf(current);
        for (const step of stepsTo(current, wished)) {
          const after = confStateOf(step);
          const changed = changeByCore(before, after);
          assert.ok(changed.ok, `${shortOf(step)}: ${changed.ok || changed.fault}`);
          assert.deepEqual(changed.confState, after);
          before = after;
        }
      }),
    );
  });

  it("never leave a membership without voters, nor a change of two voters that is not joint", () => {
    fc.assert(
      fc.property(anyMembership, anyWish, (current, wished) => {
        let before = current;
        for (const step of stepsTo(current, wished)) {
          assert.ok(votersOf(step).length > 0);
          const [old, fresh] = [votersOf(before), votersOf(step)];
          const touched = [...old, ...fresh].filter((n) => !old.includes(n) || !fresh.includes(n));
          assert.ok(touched.length <= 1 || step.outgoing.length > 0);
          // Who decides in a joint phase is still there to do so.
          for (const number of step.outgoing) assert.ok(voterOf(step, number) !== undefined);
          before = step;
        }
      }),
    );
  });

  it("take a change of the wish at any point", () => {
    fc.assert(
      fc.property(anyMembership, anyWish, anyWish, fc.nat(6), (current, first, second, turn) => {
        const onTheWay = stepsTo(current, first).at(turn) ?? current;
        const last = stepsTo(onTheWay, second).at(-1) ?? onTheWay;
        assert.deepEqual(last, { members: second, outgoing: [] });
      }),
    );
  });

  it("keep the last voter where a wish has none", () => {
    fc.assert(
      fc.property(anyMembership, someOf(["learner"]), (current, wished) => {
        for (const step of stepsTo(current, wished)) assert.ok(votersOf(step).length > 0);
      }),
    );
  });
});

describe("isNextMembership", () => {
  const world = new LedgerWorld();
  const state = genesisState(world.genesis);
  const asked = wishIn((key) => state.get(key));
  const [first, ...others] = world.genesis.members;
  assert.ok(first);
  const withoutFirst = { members: others, outgoing: [] };
  const next = { members: [{ ...first, role: "learner" as const }, ...others], outgoing: [] };

  it("takes the one step that the state asks for", () => {
    assert.deepEqual(asked, { members: world.genesis.members, lastNumber: 3, force: false });
    assert.ok(isNextMembership(next, withoutFirst, asked));
  });

  it("refuses every other, and any when there is nothing to change", () => {
    const { members } = world.genesis;
    assert.ok(!isNextMembership({ members, outgoing: [] }, withoutFirst, asked));
    assert.ok(!isNextMembership({ ...next, outgoing: [2] }, withoutFirst, asked));
    assert.ok(!isNextMembership(withoutFirst, withoutFirst, asked));
    assert.ok(!isNextMembership(withoutFirst, { members, outgoing: [] }, asked));
  });
});
