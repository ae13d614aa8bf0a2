import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { blame, type CertifiedChain, ChainOutline } from "../../ledger/blame.ts";
import { decodeHeader } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { Vote } from "../../ledger/certificate.ts";
import type { Evidence, SignedGrant, SignedHeader } from "../../ledger/evidence.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { evidenceContext, findingOf, verifyEvidence } from "../../ledger/verify-evidence.ts";
import { ChainBuilder } from "../support/chain-builder.ts";
import { expectFault, faultCodeOf } from "../support/expect-fault.ts";
import { type Certified, RaftModel } from "../support/raft-model.ts";

/** One thing that happens in a model. */
type Step =
  | { readonly does: "elect"; readonly node: number; readonly asked: readonly number[] }
  | { readonly does: "propose"; readonly node: number; readonly depth: number }
  | {
      readonly does: "replicate";
      readonly node: number;
      readonly to: number;
      readonly count: number;
    };

/** @param liars are asked and sent to more often than others: it takes them to come to a conflict. */
function steps(nodes: number, liars: readonly number[] = []): fc.Arbitrary<readonly Step[]> {
  const node = fc.integer({ min: 1, max: nodes });
  const liked = liars.length === 0 ? node : fc.oneof(node, fc.constantFrom(...liars));
  const some = fc.uniqueArray(node, { minLength: nodes - 2, maxLength: nodes });
  const elect = fc.record({
    does: fc.constant("elect" as const),
    node,
    asked: some.map((asked) => [...asked, ...liars]),
  });
  const propose = fc.record({ does: fc.constant("propose" as const), node, depth: fc.nat(2) });
  const count = fc.constantFrom(1, 2, 9);
  const replicate = fc.record({
    does: fc.constant("replicate" as const),
    node,
    to: liked,
    count,
  });
  return fc.array(
    fc.oneof(
      { weight: 2, arbitrary: elect },
      { weight: 1, arbitrary: propose },
      { weight: 5, arbitrary: replicate },
    ),
    { minLength: 10, maxLength: 12 * nodes, size: "max" },
  );
}

function run(model: RaftModel, taken: readonly Step[]): void {
  for (const step of taken) {
    if (step.does === "elect") model.elect(step.node, step.asked);
    else if (step.does === "propose") model.propose(step.node, step.depth);
    else model.replicate(step.node, step.to, step.count);
  }
}

/** The outline of a certified chain, every rule checked. */
function outlined({ chain }: RaftModel, { blocks, certificate }: Certified): CertifiedChain {
  const outline = new ChainOutline({ genesis: chain.genesis, verify: verifySignature });
  for (const block of blocks) outline.append(block, []);
  return outline.certifiedBy(certificate);
}

/** The first two certified chains that exclude each other, if there are two. */
function conflictIn({ certified }: RaftModel): readonly [Certified, Certified] | null {
  for (const one of certified) {
    for (const other of certified) {
      const { height, blockHash } = one.certificate;
      const inOther = other.blocks[height - 1];
      if (inOther !== undefined && toHex(inOther.hash) !== toHex(blockHash)) return [one, other];
    }
  }
  return null;
}

/** All that can be made of what the members signed: each pair of one member's in each kind of evidence. */
function accusations({ votes, grants, headers }: RaftModel): Evidence[] {
  const voterOf = ({ voter }: Vote) => voter;
  const granterOf = ({ grant }: SignedGrant) => grant.voter;
  const proposerOf = ({ header }: SignedHeader) => decodeHeader(header).proposer;
  return [
    ...pairs(votes, voterOf, votes, voterOf).map(pairOf("double-vote")),
    ...pairs(grants, granterOf, grants, granterOf).map(pairOf("double-grant")),
    ...pairs(headers, proposerOf, headers, proposerOf).map(
      ([first, second]) => ({ kind: "double-proposal", first, second, link: null }) as const,
    ),
    ...pairs(votes, voterOf, grants, granterOf).map(
      ([vote, granted]) => ({ kind: "stale-grant", vote, granted }) as const,
    ),
    ...pairs(grants, granterOf, headers, proposerOf).map(
      ([stood, built]) => ({ kind: "false-candidacy", stood, built }) as const,
    ),
  ];
}

function pairOf<const K extends string>(kind: K) {
  return <T>([first, second]: readonly [T, T]) => ({ kind, first, second });
}

/** All pairs of which both are of one member. */
function pairs<A, B>(
  ones: readonly A[],
  memberOfOne: (one: A) => number,
  others: readonly B[],
  memberOfOther: (other: B) => number,
): (readonly [A, B])[] {
  const numbered = others.map((other) => [memberOfOther(other), other] as const);
  return ones.flatMap((one) => {
    const number = memberOfOne(one);
    return numbered.filter(([of]) => of === number).map(([, other]) => [one, other] as const);
  });
}

/** Whom the signatures convict, whoever looks for it. */
function convicted(model: RaftModel): Set<number> {
  const context = evidenceContext(model.chain.genesis, verifySignature);
  const culprits = new Set<number>();
  for (const evidence of accusations(model)) {
    const code = faultCodeOf(() => {
      for (const culprit of verifyEvidence(evidence, context)) culprits.add(culprit);
    });
    assert.ok(code === null || code === "EVIDENCE_INVALID", String(code));
  }
  return culprits;
}

/** Blame of the conflict in a model: the kinds of evidence, and whom they name. */
function blamed(model: RaftModel) {
  const conflict = conflictIn(model);
  assert.ok(conflict !== null, "no conflict came about");
  const [one, other] = conflict.map((certified) => outlined(model, certified));
  assert.ok(one && other);
  const context = evidenceContext(model.chain.genesis, verifySignature);
  const evidence = blame(one, other, context);
  const backwards = blame(other, one, context);
  assert.deepEqual(backwards.length, evidence.length, "the order of the two matters");
  const findings = evidence.map((item) => findingOf(item, context));
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  const culprits = [...new Set(findings.flatMap((finding) => finding.culprits))];
  return { kinds, culprits: culprits.sort() };
}

describe("blame", function () {
  this.timeout(120_000);

  it("names the voter of two blocks, and the leader that made them", () => {
    const model = new RaftModel({ nodes: 3, liars: [1] });
    assert.ok(model.elect(1, [2, 3]));
    model.replicate(1, 2, 9);
    model.propose(1, 1);
    model.replicate(1, 3, 9);
    assert.deepEqual(blamed(model), {
      kinds: ["conflicting-certificates", "double-vote", "double-proposal"],
      culprits: [1],
    });
  });

  it("names the leader of two forks that end at two heights", () => {
    const model = new RaftModel({ nodes: 3, liars: [1] });
    assert.ok(model.elect(1, [2, 3]));
    model.propose(1);
    model.replicate(1, 2, 9);
    model.propose(1, 2);
    model.propose(1);
    model.propose(1);
    model.replicate(1, 3, 9);
    const { culprits, kinds } = blamed(model);
    assert.deepEqual(culprits, [1]);
    assert.ok(kinds.includes("double-proposal"));
  });

  it("names the voter that elected two leaders of one term", () => {
    const model = new RaftModel({ nodes: 3, liars: [3] });
    assert.ok(model.elect(1, [3]));
    assert.ok(model.elect(2, [3]));
    model.replicate(1, 3, 9);
    model.replicate(2, 3, 9);
    const { culprits, kinds } = blamed(model);
    assert.deepEqual(culprits, [3]);
    assert.ok(kinds.includes("double-grant"));
  });

  for (const terms of [1, 3]) {
    it(`names the voter that elected a stale leader ${terms} terms after its vote`, () => {
      const model = new RaftModel({ nodes: 3, liars: [3] });
      assert.ok(model.elect(1, [2]));
      model.replicate(1, 3, 9);
      for (let more = 0; more < terms; more++) model.elect(2, []);
      assert.ok(model.elect(2, [3]));
      model.replicate(2, 3, 9);
      assert.deepEqual(blamed(model), {
        kinds: ["conflicting-certificates", "stale-grant"],
        culprits: [3],
      });
    });
  }

  it("walks to the first leader that lacks the block: later ones were elected honestly", () => {
    const model = new RaftModel({ nodes: 5, liars: [3] });
    assert.ok(model.elect(1, [2, 3]));
    model.replicate(1, 2, 9);
    model.replicate(1, 3, 9);
    model.elect(5, []);
    assert.ok(model.elect(5, [3, 4]));
    // Node 2, which had voted for the first block, follows the new leader, and then elects another.
    for (const to of [4, 2]) model.replicate(5, to, 9);
    model.elect(4, []);
    assert.ok(model.elect(4, [2, 5]));
    for (const to of [2, 5]) model.replicate(4, to, 9);
    assert.deepEqual(blamed(model), {
      kinds: ["conflicting-certificates", "stale-grant"],
      culprits: [3],
    });
  });

  it("walks from those who could not know better to the voter that elected a stale leader", () => {
    const model = new RaftModel({ nodes: 5, liars: [1, 2] });
    // Blocks of term 1 that node 5 has alone, and one of term 2 that nodes 1, 2 and 3 certify.
    assert.ok(model.elect(5, [2, 4]));
    for (let more = 0; more < 2; more++) model.propose(5);
    model.elect(1, []);
    assert.ok(model.elect(1, [2, 3]));
    for (const to of [3, 2]) model.replicate(1, to, 9);
    // Node 2 elects node 5, which takes that block off the others' logs, one block at a time.
    model.elect(5, []);
    assert.ok(model.elect(5, [2, 4]));
    for (const to of [1, 3, 4]) model.replicate(5, to, 1);
    // All who now elect node 4 without the block have learned that they may.
    assert.ok(model.elect(4, [1, 3]));
    for (const to of [1, 3]) model.replicate(4, to, 9);
    assert.deepEqual(blamed(model), {
      kinds: ["conflicting-certificates", "stale-grant"],
      culprits: [2],
    });
  });

  it("has nothing to say of chains of which one is the beginning of the other", () => {
    const model = new RaftModel({ nodes: 3 });
    model.elect(1, [2, 3]);
    for (let more = 0; more < 3; more++) {
      model.replicate(1, 2, 9);
      model.propose(1);
    }
    const [first, last] = [model.certified.at(0), model.certified.at(-1)];
    assert.ok(first && last && first !== last);
    const [one, other] = [outlined(model, first), outlined(model, last)];
    const context = evidenceContext(model.chain.genesis, verifySignature);
    expectFault("NO_CONFLICT", () => blame(one, other, context));
    expectFault("NO_CONFLICT", () => blame(other, one, context));
    expectFault("NO_CONFLICT", () => blame(one, one, context));
  });

  it("believes no certificate but of the last block", () => {
    const chain = new ChainBuilder();
    const outline = new ChainOutline({ genesis: chain.genesis, verify: verifySignature });
    for (let height = 1; height <= 2; height++) outline.append(chain.append(), []);
    expectFault("CERTIFICATE_INVALID", () => outline.certifiedBy(chain.certificate(1)));
    expectFault("CERTIFICATE_INVALID", () => outline.certifiedBy(chain.certificate(2, [3])));
    assert.equal(outline.certifiedBy(chain.certificate(2)).hashes.length, 3);
  });

  for (const [nodes, liars] of [
    [3, [3]],
    [5, [2, 3, 4]],
  ] as [number, number[]][]) {
    it(`names liars and nobody else when ${liars.length} of ${nodes} nodes lie`, () => {
      let conflicts = 0;
      const property = fc.property(steps(nodes, liars), (taken) => {
        const model = new RaftModel({ nodes, liars });
        run(model, taken);
        if (conflictIn(model) === null) return;
        conflicts += 1;
        const { culprits } = blamed(model);
        assert.ok(culprits.length > 0 && culprits.every((number) => liars.includes(number)));
      });
      // The same runs every time: some of them come to a conflict, which is what this is about.
      fc.assert(property, { numRuns: 200, seed: 7 });
      assert.ok(conflicts > 0, "no run came to a conflict");
    });
  }
});

describe("evidence of honest nodes", function () {
  this.timeout(120_000);

  for (const nodes of [3, 5]) {
    it(`convicts none of ${nodes}, whatever happens`, () => {
      let certified = 0;
      const property = fc.property(steps(nodes), (taken) => {
        const model = new RaftModel({ nodes });
        run(model, taken);
        assert.deepEqual(convicted(model), new Set());
        assert.equal(conflictIn(model), null);
        certified += model.certified.length;
      });
      fc.assert(property, { numRuns: 30 });
      assert.ok(certified > 0, "nothing was ever certified");
    });
  }

  it("convicts the liar alone when one lies", () => {
    const convictions = new Set<number>();
    const property = fc.property(steps(3, [3]), (taken) => {
      const model = new RaftModel({ nodes: 3, liars: [3] });
      run(model, taken);
      for (const culprit of convicted(model)) convictions.add(culprit);
    });
    fc.assert(property, { numRuns: 15 });
    assert.deepEqual(convictions, new Set([3]));
  });

  it("would convict an honest node that elects with less than it once had, did it not show why", () => {
    for (const forgetsGone of [true, false]) {
      const model = new RaftModel({ nodes: 5, forgetsGone });
      // Blocks of term 1 that node 3 has alone, and one of term 2 that node 2 votes for.
      assert.ok(model.elect(3, [4, 5]));
      for (let more = 0; more < 2; more++) model.propose(3);
      model.elect(1, []);
      assert.ok(model.elect(1, [2, 4]));
      model.replicate(1, 2, 9);
      // Node 3 leads term 3 and replaces it, one block at a time; then it is not heard any more.
      model.elect(3, []);
      assert.ok(model.elect(3, [4, 5]));
      model.replicate(3, 5, 2);
      model.replicate(3, 2, 1);
      assert.ok(model.elect(5, [2, 4]));
      assert.deepEqual([...convicted(model)], forgetsGone ? [2] : []);
    }
  });
});
