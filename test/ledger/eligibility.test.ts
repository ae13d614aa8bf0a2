import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  ELIGIBILITY_MS_MAX,
  type EligibilityClaims,
  type ExpectedEligibility,
  signEligibility,
  verifyEligibility,
} from "../../ledger/eligibility.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { AT_MS, keyOf, seedOf } from "../support/ledger-world.ts";

const facility = keyOf("library");
const claims: EligibilityClaims = {
  version: 1,
  networkId: seedOf("network"),
  facility: "library",
  service: "lending",
  audience: "e-library",
  subject: seedOf("pseudonym"),
  challenge: seedOf("challenge"),
  issuedAtMs: AT_MS,
  expiresAtMs: AT_MS + ELIGIBILITY_MS_MAX,
};
const expected: ExpectedEligibility = {
  networkId: claims.networkId,
  audience: "e-library",
  facility: "library",
  service: "lending",
  challenge: claims.challenge,
  publicKey: facility.publicKey,
  nowMs: AT_MS,
  verify: verifySignature,
};
const word = signEligibility(claims, facility);

describe("a facility's word that somebody may use a service", () => {
  it("gives the user's pseudonym with the system that asked", () => {
    for (const nowMs of [AT_MS - 30_000, AT_MS, AT_MS + ELIGIBILITY_MS_MAX]) {
      assert.deepEqual(verifyEligibility(word, { ...expected, nowMs }), claims.subject);
    }
  });

  const rows = [
    ["in another network", { networkId: seedOf("another") }, "WRONG_NETWORK"],
    ["to another system", { audience: "museum-guide" }, "SIGNATURE_INVALID"],
    ["for another service", { service: "reading-room" }, "SIGNATURE_INVALID"],
    ["of another facility", { facility: "other-library" }, "SIGNATURE_INVALID"],
    ["to another question", { challenge: seedOf("another") }, "SIGNATURE_INVALID"],
    ["by another key", { publicKey: keyOf("another").publicKey }, "SIGNATURE_INVALID"],
    ["too late", { nowMs: AT_MS + ELIGIBILITY_MS_MAX + 1 }, "EXPIRED"],
    ["too early", { nowMs: AT_MS - 30_001 }, "NOT_YET_VALID"],
  ] as const;
  for (const [id, difference, code] of rows) {
    it(`is refused ${id}: ${code}`, () => {
      assert.throws(() => verifyEligibility(word, { ...expected, ...difference }), { code });
    });
  }

  it("is refused when it says to be good for longer than minutes", () => {
    const long = { ...claims, expiresAtMs: claims.expiresAtMs + 1 };
    const signed = signEligibility(long, facility);
    assert.throws(() => verifyEligibility(signed, expected), { code: "VALIDITY_TOO_LONG" });
  });

  it("is refused when any byte of it is another one", () => {
    for (let at = 0; at < word.length; at++) {
      const changed = word.with(at, (word[at] ?? 0) ^ 1);
      assert.throws(() => verifyEligibility(changed, expected), { name: "LedgerFault" });
    }
  });
});
