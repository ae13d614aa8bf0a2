import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  decodeProof,
  type Evidence,
  encodeProof,
  evidenceSchema,
  type Proof,
} from "../../ledger/evidence.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import {
  type EvidenceContext,
  evidenceContext,
  verifyEvidence,
  verifyProof,
} from "../../ledger/verify-evidence.ts";
import { ChainBuilder } from "../support/chain-builder.ts";
import { expectFault, faultCodeOf } from "../support/expect-fault.ts";
import { readVectors } from "../support/files.ts";
import { testFormatRows } from "../support/format-rows.ts";
import { sampleEvidence } from "../vectors/evidence-vectors.ts";
import type { FormatRow } from "../vectors/format-vectors.ts";

const { genesis, networkId } = new ChainBuilder();
const context: EvidenceContext = evidenceContext(genesis, verifySignature);

describe("proof vectors", () => {
  testFormatRows<Proof>("evidence", {
    decode: (bytes) => {
      const proof = decodeProof(bytes);
      verifyProof(proof, genesis, verifySignature);
      return proof;
    },
    encode: encodeProof,
    describe: (proof) => ({ findings: verifyProof(proof, genesis, verifySignature) }),
  });
});

describe("evidence", () => {
  const samples = Object.entries(sampleEvidence());
  const culprits: Record<Evidence["kind"], readonly number[]> = {
    "double-grant": [2],
    "double-vote": [2],
    "double-proposal": [1],
    "stale-grant": [3],
    "false-candidacy": [1],
    "conflicting-certificates": [],
  };

  for (const [id, evidence] of samples) {
    it(`${id}: names the one who signed both`, () => {
      assert.deepEqual(verifyEvidence(evidence, context), culprits[evidence.kind]);
      expectFault("EVIDENCE_INVALID", () =>
        verifyEvidence(evidence, { ...context, membershipOf: () => undefined }),
      );
    });

    it(`${id}: has a JSON form that comes back`, () => {
      const json = evidenceSchema.toJson(evidence);
      assert.deepEqual(evidenceSchema.fromJson(JSON.parse(JSON.stringify(json))), evidence);
    });

    it(`${id}: no byte can be another one`, () => {
      const right = encodeProof({ version: 1, networkId, memberships: [], evidence: [evidence] });
      const flip = fc.record({
        at: fc.nat(right.length - 1),
        bits: fc.integer({ min: 1, max: 255 }),
      });
      const property = fc.property(flip, ({ at, bits }) => {
        const bytes = right.with(at, (right[at] ?? 0) ^ bits);
        assert.notEqual(
          faultCodeOf(() => verifyProof(decodeProof(bytes), genesis, verifySignature)),
          null,
        );
      });
      fc.assert(property, { numRuns: 300 });
    });
  }

  it("of one network proves nothing in another", () => {
    const other = new ChainBuilder({ ...genesis, name: "Another network" });
    for (const [, evidence] of samples) {
      const proof = {
        version: 1,
        networkId: other.networkId,
        memberships: [],
        evidence: [evidence],
      };
      expectFault("EVIDENCE_INVALID", () => verifyProof(proof, other.genesis, verifySignature));
      expectFault("WRONG_NETWORK", () => verifyProof(proof, genesis, verifySignature));
    }
  });

  it("has vectors of every kind", () => {
    const rows = readVectors<readonly FormatRow[]>("evidence");
    const findingsOf = (row: FormatRow) => {
      const { findings = [] } = "is" in row ? row.is : {};
      return findings as readonly { readonly kind: string }[];
    };
    const kinds = new Set(rows.flatMap(findingsOf).map(({ kind }) => kind));
    assert.deepEqual(kinds, new Set(Object.keys(culprits)));
  });
});
