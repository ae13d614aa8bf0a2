import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { verifyCertificate } from "../../../ledger/certificate.ts";
import { type BlockAt, Certifier, VOTES_PER_MESSAGE_MAX } from "../../../node/chain/certifier.ts";
import { bytes32, ChainBuilder, nodeSigner, testGenesis } from "../../support/chain-builder.ts";
import { expectFault } from "../../support/expect-fault.ts";

describe("the certifier", () => {
  let chain: ChainBuilder;
  let blockAt: BlockAt;

  beforeEach(() => {
    chain = new ChainBuilder(testGenesis(3, 1));
    for (const term of [1, 1, 2, 2]) chain.append({ term });
    blockAt = (height) => (chain.tips[height]?.height === 0 ? undefined : chain.tips[height]);
  });

  function certifier(number: number): Certifier {
    return new Certifier(chain.context, chain.identity(number), chain.memberships);
  }

  /** A node that has voted for the blocks at those heights. */
  function voted(number: number, ...heights: readonly number[]): Certifier {
    const node = certifier(number);
    for (const height of heights) node.vote(chain.tipAt(height));
    return node;
  }

  it("gives with an acknowledgement every vote of its term up to the height (R4)", () => {
    const node = voted(2, 1, 2, 3, 4);
    const heights = (term: number, upTo: number) =>
      node.ownVotes(term, upTo).map(({ height }) => height);
    assert.deepEqual(heights(2, 4), [3, 4]);
    assert.deepEqual(heights(2, 3), [3]);
    assert.deepEqual(heights(1, 4), [1, 2]);
    assert.deepEqual(heights(3, 4), []);
  });

  it("votes the same again, but never for two blocks of one term and height", () => {
    const node = voted(2, 3);
    const [first] = node.ownVotes(2, 3);
    node.vote(chain.tipAt(3));
    assert.deepEqual(node.ownVotes(2, 3), [first]);
    const other = { ...chain.tipAt(3), hash: chain.networkId };
    assert.throws(() => node.vote(other), /second vote for block 3 in term 2/);
    node.vote({ ...other, term: 3 });
    assert.equal(node.ownVotes(3, 3).length, 1);
  });

  it("makes a certificate of a quorum of votes, and of no less (R2)", () => {
    const leader = voted(1, 3);
    assert.equal(leader.certificateOf(chain.tipAt(3)), null);
    assert.throws(() => leader.certify(chain.tipAt(3), blockAt), /without a certificate/);
    assert.ok(leader.receive(3, voted(3, 3).ownVotes(2, 3), blockAt));
    leader.certify(chain.tipAt(3), blockAt);
    assert.ok(leader.certified);
    assert.doesNotThrow(
      () => leader.certified && verifyCertificate(leader.certified, chain.context),
    );
    assert.equal(leader.certifiedHeight, 3);
  });

  it("believes an acknowledgement as far as votes back it (R5)", () => {
    const leader = voted(1, 3, 4);
    assert.ok(leader.receive(2, voted(2, 3).ownVotes(2, 4), blockAt));
    assert.ok(leader.backs(2, 2, 3, blockAt));
    assert.ok(!leader.backs(2, 2, 4, blockAt));
    assert.ok(!leader.backs(3, 2, 3, blockAt));
    // Blocks of earlier terms get no votes, and need none.
    assert.ok(leader.backs(3, 2, 2, blockAt));
    assert.ok(!leader.backs(2, 2, 99, blockAt));
  });

  it("takes no vote of another, with a wrong signature, or of nobody's key", () => {
    const leader = certifier(1);
    const [vote] = voted(2, 3).ownVotes(2, 3);
    assert.ok(vote);
    assert.ok(!leader.receive(3, [vote], blockAt));
    assert.ok(!leader.receive(2, [{ ...vote, signature: new Uint8Array(64) }], blockAt));
    const [forged] = new Certifier(
      chain.context,
      chain.identity(2, nodeSigner(3)),
      chain.memberships,
    ).ownVotes(2, 3);
    assert.equal(forged, undefined);
    assert.ok(!leader.backs(2, 2, 3, blockAt));
  });

  it("passes over votes for blocks that are not its own", () => {
    const leader = certifier(1);
    const other = certifier(2);
    other.vote({ ...chain.tipAt(3), hash: chain.networkId });
    other.vote({ ...chain.tipAt(4), height: 9 });
    assert.ok(leader.receive(2, other.ownVotes(2, 9), blockAt));
    assert.ok(!leader.backs(2, 2, 3, blockAt));
  });

  it("counts no vote under another membership: no certificate could hold it", () => {
    const leader = voted(1, 3);
    const membershipHash = bytes32("another membership");
    const { votes, ...statement } = chain.certificate(3, [2], { membershipHash });
    const [signed] = votes;
    assert.ok(signed);
    leader.receive(2, [{ ...statement, ...signed }], blockAt);
    assert.ok(!leader.backs(2, 2, 3, blockAt));
    assert.equal(leader.certificateOf(chain.tipAt(3)), null);
  });

  it("counts no votes for a block that was replaced", () => {
    const leader = voted(1, 3);
    const replaced = { ...chain.tipAt(3), hash: chain.networkId };
    const other = certifier(2);
    other.vote(replaced);
    assert.ok(leader.receive(2, other.ownVotes(2, 3), () => replaced));
    assert.equal(leader.certificateOf(chain.tipAt(3)), null);
  });

  it("lets learners acknowledge without votes, and counts none of theirs", () => {
    const leader = voted(1, 3);
    assert.deepEqual(voted(4, 3).ownVotes(2, 3), []);
    assert.ok(leader.receive(4, [], blockAt));
    assert.ok(leader.backs(4, 2, 4, blockAt));
    assert.equal(leader.certificateOf(chain.tipAt(3)), null);
  });

  it("adopts a higher certificate of its own chain only, and drops the votes below", () => {
    const node = voted(2, 3, 4);
    node.adopt(chain.certificate(3), blockAt);
    assert.equal(node.certifiedHeight, 3);
    assert.deepEqual(
      node.ownVotes(2, 4).map(({ height }) => height),
      [4],
    );
    node.adopt(chain.certificate(2), blockAt);
    assert.equal(node.certifiedHeight, 3);
    const foreign = { ...chain.certificate(4), blockHash: chain.networkId };
    node.adopt(foreign, blockAt);
    node.adopt({ ...chain.certificate(4), height: 9 }, blockAt);
    assert.equal(node.certifiedHeight, 3);
  });

  it("refuses certificates with too few or wrong votes", () => {
    const node = certifier(2);
    const certificate = chain.certificate(4);
    const [one, two] = certificate.votes;
    assert.ok(one && two);
    for (const votes of [[one], [two, one], [one, { ...two, signature: one.signature }]]) {
      expectFault("CERTIFICATE_INVALID", () => node.adopt({ ...certificate, votes }, blockAt));
    }
    assert.equal(node.certifiedHeight, 0);
  });

  it("lets a block show certificates of its ancestors only", () => {
    const node = certifier(2);
    assert.doesNotThrow(() => node.verifyShown(chain.certificate(2), blockAt, chain.memberships));
    assert.doesNotThrow(() => node.verifyShown(chain.certificate(2), blockAt, chain.memberships));
    const certificate = chain.certificate(2);
    const wrong = [
      { ...certificate, blockHash: chain.networkId },
      { ...certificate, height: 7 },
      { ...certificate, votes: certificate.votes.slice(0, 1) },
      { ...certificate, membershipHash: chain.networkId },
    ];
    for (const shown of wrong) {
      expectFault("CERTIFICATE_INVALID", () => node.verifyShown(shown, blockAt, chain.memberships));
    }
  });

  it("never gives more votes than one message holds", () => {
    const node = certifier(2);
    for (let height = 1; height <= VOTES_PER_MESSAGE_MAX + 5; height += 4096) {
      node.vote({ term: 2, height, hash: chain.networkId });
    }
    const heights = node.ownVotes(2, Number.MAX_SAFE_INTEGER).map(({ height }) => height);
    assert.ok(Math.max(...heights) <= VOTES_PER_MESSAGE_MAX);
  });
});
