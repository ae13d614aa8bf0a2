import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import {
  type LeaderCertificate,
  type LogPosition,
  leaderCertificateSchema,
} from "../../ledger/certificate.ts";
import { type SignedGrant, signedGrants } from "../../ledger/evidence.ts";
import { electionsIn, encodeJustification, entitles } from "../../ledger/justification.ts";
import { JUSTIFICATION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { toBytes } from "../../ledger/schema.ts";
import { evidenceContext, verifyEvidence } from "../../ledger/verify-evidence.ts";
import { bytes32, ChainBuilder, testGenesis } from "../support/chain-builder.ts";
import { faultCodeOf } from "../support/expect-fault.ts";

/** Node 3 voted for block 3 of term 2, and in term 5 elects node 1, whose log ends at block 2 of term 1. */
describe("a grant for a log that is behind a vote", () => {
  let chain: ChainBuilder;

  beforeEach(() => {
    chain = new ChainBuilder();
    for (const term of [1, 1, 2]) chain.append({ term });
  });

  function place(height: number): LogPosition {
    const { term, hash } = chain.tipAt(height);
    return { term, height, hash };
  }

  /** The election of node 2, by the others. */
  function election(term: number, candidate = place(2), by = [1, 2]): LeaderCertificate {
    return chain.leaderCertificate(term, 2, by, { candidate });
  }

  function grant(justification: Uint8Array): SignedGrant {
    const of = { candidate: place(2), justification };
    const [granted] = signedGrants(chain.leaderCertificate(5, 1, [3], of));
    assert.ok(granted);
    return granted;
  }

  /** Whom vote and grant convict. */
  function convicts(justification: Uint8Array): readonly number[] {
    const { votes, ...statement } = chain.certificate(3, [3]);
    const [vote] = votes;
    assert.ok(vote);
    const stale = { vote: { ...statement, ...vote }, granted: grant(justification) };
    let culprits: readonly number[] = [];
    const context = evidenceContext(chain.genesis, verifySignature);
    const code = faultCodeOf(() => {
      culprits = verifyEvidence({ kind: "stale-grant", ...stale }, context);
    });
    assert.ok(code === null || code === "EVIDENCE_INVALID", String(code));
    return culprits;
  }

  function showing(...elections: readonly LeaderCertificate[]): Uint8Array {
    const encoded = encodeJustification(elections);
    assert.ok(encoded);
    return encoded;
  }

  it("convicts its voter when it shows nothing", () => {
    assert.deepEqual(convicts(showing()), [3]);
  });

  for (const term of [3, 4]) {
    it(`convicts nobody when a log without the block was elected in term ${term}`, () => {
      assert.deepEqual(convicts(showing(election(term))), []);
    });
  }

  it("convicts nobody when one of several elections entitles to it", () => {
    assert.deepEqual(convicts(showing(election(1), election(4), election(6))), []);
  });

  const elsewhere = new ChainBuilder(testGenesis(5));
  const network = new ChainBuilder({ ...testGenesis(3), name: "another network" });
  for (const [what, wrong] of [
    ["of the vote's own term", () => election(2)],
    ["of a term before the vote", () => election(1)],
    ["of the grant's own term", () => election(5)],
    ["of a term after the grant", () => election(6)],
    ["of a log that ends with the block", () => election(4, place(3))],
    ["of a log that may hold the block", () => election(4, { ...place(3), term: 3 })],
    ["of too few", () => election(4, place(2), [2])],
    ["of the others, for another candidate", () => ({ ...election(4), candidate: 1 })],
    ["with another log than was granted", () => ({ ...election(4), position: place(1) })],
    ["moved to another term", () => ({ ...election(3), term: 4 })],
    ["by voters whose logs were longer", () => longer()],
    ["of members that never were", () => ({ ...election(4), membershipHash: bytes32("others") })],
    ["of another membership", () => elsewhere.leaderCertificate(4, 2, [1, 2, 4])],
    ["of another network", () => network.leaderCertificate(4, 2, [1, 2], { candidate: place(2) })],
  ] as [string, () => LeaderCertificate][]) {
    it(`is not justified by an election ${what}`, () => {
      assert.deepEqual(convicts(showing(wrong())), [3]);
    });
  }

  it("is not justified by members who no longer, or do not yet, belong to the grant's membership", () => {
    const { candidacy } = grant(showing());
    const other = { ...candidacy, membershipHash: bytes32("others") };
    assert.ok(entitles(election(4), place(3), candidacy));
    assert.ok(!entitles(election(4), place(3), other));
  });

  function longer(): LeaderCertificate {
    return chain.leaderCertificate(4, 2, [1, 2], { candidate: place(2), voters: place(3) });
  }

  it("is not justified by bytes that are no elections", () => {
    const bare = toBytes(leaderCertificateSchema, election(4));
    const right = showing(election(4));
    for (const bytes of [Uint8Array.of(0x80), Uint8Array.of(255), bare, right.subarray(0, -1)]) {
      assert.deepEqual(convicts(bytes), [3]);
    }
  });

  it("is not justified by an election that is put under its signature later", () => {
    const bare = grant(showing());
    const { candidacy } = bare;
    const stuffed = { candidacy, grant: { ...bare.grant, justification: showing(election(4)) } };
    const { votes, ...statement } = chain.certificate(3, [3]);
    const [vote] = votes;
    assert.ok(vote);
    const context = evidenceContext(chain.genesis, verifySignature);
    const evidence = { kind: "stale-grant", vote: { ...statement, ...vote }, granted: stuffed };
    assert.equal(
      faultCodeOf(() => verifyEvidence(evidence as never, context)),
      "EVIDENCE_INVALID",
      "neither acquits nor convicts: nobody signed it",
    );
  });

  it("is bounded, and so is how deep elections can be nested", () => {
    let depth = 0;
    let nested: Uint8Array | null = showing();
    for (; nested !== null; depth++) {
      assert.ok(nested.length <= JUSTIFICATION_SIZE_BYTES_MAX);
      const of = { candidate: place(2), justification: nested };
      nested = encodeJustification([chain.leaderCertificate(4, 2, [1], of)]);
    }
    assert.ok(depth > 2 && depth < 30, String(depth));
    const seventeen = Array.from({ length: 17 }, () => election(4));
    assert.equal(encodeJustification(seventeen), null);
    const huge = { justification: new Uint8Array(JUSTIFICATION_SIZE_BYTES_MAX + 1) };
    assert.deepEqual(electionsIn(huge), []);
    assert.equal(
      faultCodeOf(() => toBytes(leaderCertificateSchema, chain.leaderCertificate(4, 2, [1], huge))),
      "INVALID_FIELD",
    );
  });
});
