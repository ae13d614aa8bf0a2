import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Membership } from "../../../ledger/membership.ts";
import { MembershipHistory } from "../../../ledger/membership-history.ts";
import { signerOfSeed } from "../../../ledger/native/ed25519-signer.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { Memberships } from "../../../node/chain/memberships.ts";
import { isOutOfReach } from "../../../node/own-key.ts";
import { seedOf } from "../../support/ledger-world.ts";

/** Nodes 1 and 2, the first under the key of that seed. */
function membership(seed: string): Membership {
  const place = { organisation: "131164", address: "/dns4/node.example/tcp/7101" };
  const members = [seed, "of node 2"].map((name, i) => {
    const { publicKey } = signerOfSeed(seedOf(name));
    return { ...place, number: i + 1, role: "voter" as const, publicKey };
  });
  return { members, outgoing: [] };
}

describe("the memberships that a node knows", () => {
  it("are not in force before they are proven: a node keeps to its key until then", () => {
    const [old, next] = [membership("old"), membership("next")];
    const { periods } = MembershipHistory.of(old);
    const history = new MembershipHistory(periods, { changeHeight: 1, membership: next });
    const signatures = { networkId: new Uint8Array(32), verify: verifySignature };
    const memberships = new Memberships(signatures, () => history);
    assert.deepEqual(memberships.current(), [next, old]);
    const { inForce } = memberships;
    assert.equal(inForce, old);
    const { publicKey } = signerOfSeed(seedOf("old"));
    const connected = new Set([1, 2]);
    assert.equal(isOutOfReach({ self: 1, publicKey, inForce, connected }), false);
  });
});
