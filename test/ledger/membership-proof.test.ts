import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { encodeControl } from "../../ledger/block.ts";
import type { Membership } from "../../ledger/membership.ts";
import {
  type MembershipStep,
  type ProvenMembership,
  verifyMembershipProof,
} from "../../ledger/membership-proof.ts";
import { bytes32, ChainBuilder, testGenesis } from "../support/chain-builder.ts";
import { expectFault } from "../support/expect-fault.ts";
import { provenChange } from "../support/proven-change.ts";

describe("the proof of memberships", () => {
  let chain: ChainBuilder;
  let genesis: ProvenMembership;
  let four: Membership;
  let step: MembershipStep;

  beforeEach(() => {
    chain = new ChainBuilder();
    genesis = { membership: chain.membership, provenHeight: 0 };
    four = { members: testGenesis(3, 1).members, outgoing: [] };
    chain.append();
    step = provenChange(chain, four);
  });

  const verify = (known: ProvenMembership, steps: readonly MembershipStep[]) =>
    verifyMembershipProof(known, steps, chain.context);

  it("goes from the genesis over each change, and on from what was proven before", () => {
    chain.membership = four;
    const next = provenChange(chain, { members: testGenesis(4).members, outgoing: [] });
    const proven = verify(genesis, [step, next]);
    assert.deepEqual(
      proven.map(({ provenHeight, membership }) => [provenHeight, membership.members.length]),
      [
        [2, 4],
        [3, 4],
      ],
    );
    assert.deepEqual(verify(proven[0] as ProvenMembership, [next]), proven.slice(1));
  });

  for (const { name, lie, code } of [
    {
      name: "whose votes are no majority of the membership before it",
      lie: () => ({ certificate: chain.certificate(2, [1]) }),
      code: "CERTIFICATE_INVALID",
    },
    {
      name: "that is certified by the membership that it names",
      lie: () => {
        chain.membership = four;
        return { certificate: chain.certificate(2, [1, 2, 3]) };
      },
      code: "CERTIFICATE_INVALID",
    },
    {
      name: "whose certificate is of another block",
      lie: () => ({ certificate: chain.certificate(2, [1, 2, 3], { blockHash: bytes32("x") }) }),
      code: "CERTIFICATE_INVALID",
    },
    {
      name: "with another membership than the block names",
      lie: () => {
        const { control } = chain.blockAt(2);
        const membershipChange = { ...four, members: four.members.slice(1) };
        return { control: encodeControl({ ...control, membershipChange }) };
      },
      code: "MEMBERSHIP_CHANGE_INVALID",
    },
    {
      name: "of a block that changes nothing",
      lie: () => provenChange(new ChainBuilder(), null),
      code: "MEMBERSHIP_CHANGE_INVALID",
    },
  ] as const) {
    it(`takes no step ${name}`, () => {
      const wrong = { ...step, ...lie() };
      expectFault(code, () => verify(genesis, [wrong]));
    });
  }

  it("takes no step twice", () => {
    const [once] = verify(genesis, [step]);
    assert.ok(once);
    chain.membership = genesis.membership;
    expectFault("MEMBERSHIP_CHANGE_INVALID", () =>
      verify({ ...genesis, provenHeight: once.provenHeight }, [step]),
    );
  });
});
