import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { verifyLeaderCertificate } from "../../../ledger/certificate.ts";
import { membershipHash } from "../../../ledger/membership.ts";
import { Elections } from "../../../node/chain/elections.ts";
import { ChainBuilder } from "../../support/chain-builder.ts";

describe("elections", () => {
  let chain: ChainBuilder;
  let justification: Uint8Array | null;
  const elections = (number: number) =>
    new Elections(chain.context, chain.identity(number), chain.memberships, () => justification);
  const position = (height: number) => {
    const { term, hash } = chain.tipAt(height);
    return { term, height, hash };
  };

  const standing = (term: number, height: number) => ({
    term,
    position: position(height),
    membershipHash: membershipHash(chain.membership),
  });

  beforeEach(() => {
    justification = new Uint8Array();
    chain = new ChainBuilder();
    for (const term of [1, 1, 2]) chain.append({ term });
  });

  /** The grant of a voter whose log ends at a height. */
  function grantOf(voter: number, term: number, candidate: number, height = 3) {
    const node = elections(voter);
    node.requested({ ...standing(term, 3), candidate });
    node.granted(term, candidate, position(height));
    return node.grant(term, candidate);
  }

  it("make a leader certificate of the grants, its own among them", () => {
    const candidate = elections(1);
    candidate.stand(standing(5, 3), null);
    const [own, other] = [candidate.grant(5, 1), grantOf(2, 5, 1)];
    assert.ok(own && other);
    assert.ok(candidate.received(5, other));
    assert.ok(candidate.received(5, own));
    const certificate = candidate.firstControl(5, position(3)).leaderCertificate;
    assert.ok(certificate);
    verifyLeaderCertificate(certificate, chain.context);
    assert.deepEqual(candidate.proofOf(5), certificate);
    assert.equal(candidate.proofOf(4), null);
  });

  it("take no grant for another term, candidate or position, nor one with a wrong signature", () => {
    const candidate = elections(1);
    const grant = grantOf(2, 5, 1);
    assert.ok(grant);
    assert.ok(!candidate.received(5, grant), "nobody stands");
    candidate.stand(standing(6, 3), null);
    assert.ok(!candidate.received(5, grant));
    assert.ok(!candidate.received(6, grant));
    candidate.stand(standing(5, 2), null);
    assert.ok(!candidate.received(5, grant));
    candidate.stand(standing(5, 3), null);
    assert.ok(!candidate.received(5, { ...grant, voter: 3 }));
    const forAnother = grantOf(2, 5, 3);
    assert.ok(forAnother && !candidate.received(5, forAnother));
    assert.ok(candidate.received(5, grant));
  });

  it("take no grant of a voter that says its log was longer: nobody would believe the election", () => {
    const candidate = elections(1);
    candidate.stand(standing(5, 2), null);
    const voter = elections(2);
    voter.requested({ ...standing(5, 2), candidate: 1 });
    voter.granted(5, 1, position(3));
    const grant = voter.grant(5, 1);
    assert.ok(grant && !candidate.received(5, grant));
  });

  it("sign what was granted, whatever was asked for since", () => {
    const voter = elections(2);
    voter.requested({ ...standing(5, 3), candidate: 1 });
    voter.granted(5, 1, position(1));
    const first = voter.grant(5, 1);
    voter.requested({ ...standing(9000, 3), candidate: 3 });
    assert.deepEqual(voter.grant(5, 1), first);
    voter.requested({ ...standing(5, 2), candidate: 1 });
    voter.granted(5, 1, position(3));
    assert.deepEqual(voter.grant(5, 1), first, "the first grant of a term stands");
    assert.equal(voter.grant(5, 3), null);
    voter.requested({ ...standing(6, 3), candidate: 3 });
    voter.granted(6, 3, position(3));
    assert.ok(voter.grant(6, 3));
    assert.equal(voter.grant(5, 1), null);
  });

  it("sign what justifies a grant, as it was when they gave it, and nothing without", () => {
    const voter = elections(2);
    for (const known of [null, Uint8Array.of(1, 2)]) {
      justification = known;
      voter.requested({ ...standing(5, 2), candidate: 1 });
      voter.granted(5, 1, position(1));
      justification = Uint8Array.of(3);
      assert.deepEqual(voter.grant(5, 1)?.justification, known ?? undefined);
      voter.requested({ ...standing(6, 2), candidate: 1 });
      voter.granted(6, 1, position(1));
    }
    const candidate = elections(1);
    candidate.stand(standing(6, 2), null);
    const grant = voter.grant(6, 1);
    assert.ok(grant && candidate.received(6, grant));
    assert.ok(!candidate.received(6, { ...grant, justification: new Uint8Array() }), "stripped");
  });

  it("are not granted without a request", () => {
    const voter = elections(2);
    assert.throws(() => voter.granted(5, 1, position(3)), /did not ask/);
    voter.requested({ ...standing(5, 3), candidate: 1 });
    assert.throws(() => voter.granted(5, 3, position(3)), /did not ask/);
  });

  it("know a leader by his proof, once for a term", () => {
    const node = elections(3);
    const proof = chain.leaderCertificate(5, 1);
    assert.ok(!node.isLeader(5, 1, null));
    assert.ok(!node.isLeader(6, 1, proof));
    assert.ok(!node.isLeader(5, 2, proof));
    const tooFew = chain.leaderCertificate(5, 1, [1]);
    assert.ok(!node.isLeader(5, 1, tooFew));
    assert.ok(node.isLeader(5, 1, proof));
    assert.ok(node.isLeader(5, 1, null), "shown before");
    assert.ok(!node.isLeader(5, 2, chain.leaderCertificate(5, 2)), "a term has one leader");
    assert.ok(node.isLeader(7, 2, chain.leaderCertificate(7, 2)));
  });
});
