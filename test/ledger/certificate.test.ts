import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decodeCertificate, encodeCertificate } from "../../ledger/block.ts";
import {
  type Certificate,
  type LeaderCertificate,
  verifyCertificate,
  verifyLeaderCertificate,
} from "../../ledger/certificate.ts";
import type { FaultCode } from "../../ledger/faults.ts";
import { type Membership, membershipHash } from "../../ledger/membership.ts";
import { bytes32, ChainBuilder, testGenesis } from "../support/chain-builder.ts";
import { expectFault, faultCodeOf } from "../support/expect-fault.ts";

/** Five voters, a learner (6), one block in term 2. */
function chainOfFive(): ChainBuilder {
  const chain = new ChainBuilder(testGenesis(5, 1));
  chain.append({ term: 2 });
  return chain;
}

describe("certificate", () => {
  const rows: readonly {
    readonly id: string;
    readonly fault: FaultCode | null;
    readonly of: (chain: ChainBuilder) => Certificate;
  }[] = [
    { id: "all voters", fault: null, of: (chain) => chain.certificate(1) },
    { id: "a majority", fault: null, of: (chain) => chain.certificate(1, [2, 4, 5]) },
    {
      id: "half and less",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => chain.certificate(1, [2, 4]),
    },
    {
      id: "a voter twice",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => chain.certificate(1, [2, 2, 4]),
    },
    {
      id: "voters out of order",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => chain.certificate(1, [4, 2, 5]),
    },
    {
      id: "a learner in the quorum",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => chain.certificate(1, [2, 4, 6]),
    },
    {
      id: "a learner beside a quorum",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => chain.certificate(1, [1, 2, 3, 6]),
    },
    {
      id: "a stranger beside a quorum",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => chain.certificate(1, [1, 2, 3, 7]),
    },
    {
      id: "a wrong signature beside a quorum",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => {
        const certificate = chain.certificate(1);
        const [first, ...others] = certificate.votes;
        assert.ok(first !== undefined);
        const votes = [{ ...first, signature: first.signature.with(0, 0) }, ...others];
        return { ...certificate, votes };
      },
    },
    {
      id: "one voter's signature under another's number",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => {
        const certificate = chain.certificate(1, [1, 2, 3]);
        const [, second] = certificate.votes;
        assert.ok(second !== undefined);
        return { ...certificate, votes: certificate.votes.with(2, { ...second, voter: 3 }) };
      },
    },
    {
      id: "votes of another term",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => ({ ...chain.certificate(1), term: 3 }),
    },
    {
      id: "votes for another height",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => ({ ...chain.certificate(1), height: 2 }),
    },
    {
      id: "votes for another block",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => ({ ...chain.certificate(1), blockHash: bytes32("another") }),
    },
    {
      id: "another membership",
      fault: "CERTIFICATE_INVALID",
      of: (chain) => ({ ...chain.certificate(1), membershipHash: bytes32("another") }),
    },
  ];
  for (const { id, fault, of } of rows) {
    it(id, () => {
      const chain = chainOfFive();
      const certificate = of(chain);
      assert.equal(
        faultCodeOf(() => verifyCertificate(certificate, chain.context)),
        fault,
      );
    });
  }

  it("votes of another network do not count", () => {
    const chain = chainOfFive();
    const other = { ...chain.context, networkId: bytes32("another network") };
    expectFault("CERTIFICATE_INVALID", () => verifyCertificate(chain.certificate(1), other));
  });

  describe("while a change is joint", () => {
    /** Voters 1, 2 and 3 become 3, 4 and 5. */
    function jointChain(): ChainBuilder {
      const chain = new ChainBuilder(testGenesis(5));
      const members = chain.membership.members.map((member) =>
        member.number < 3 ? { ...member, role: "leaving" as const } : member,
      );
      chain.membership = { members, outgoing: [1, 2, 3] };
      chain.append({ proposer: 3, control: { leaderCertificate: null } });
      return chain;
    }

    const jointRows = [
      { id: "a majority of both", voters: [1, 3, 5], fault: null },
      { id: "the old majority alone", voters: [1, 2, 3], fault: "CERTIFICATE_INVALID" },
      { id: "the new majority alone", voters: [3, 4, 5], fault: "CERTIFICATE_INVALID" },
      {
        id: "a majority of the union that is none of the old",
        voters: [2, 4, 5],
        fault: "CERTIFICATE_INVALID",
      },
    ] as const;
    for (const { id, voters, fault } of jointRows) {
      it(id, () => {
        const chain = jointChain();
        const certificate = chain.certificate(1, voters);
        assert.equal(
          faultCodeOf(() => verifyCertificate(certificate, chain.context)),
          fault,
        );
      });
    }

    it("a vote that left counts no more", () => {
      const chain = jointChain();
      chain.membership = { members: chain.membership.members, outgoing: [] };
      const certificate: Certificate = {
        ...chain.certificate(1, [1, 3, 4]),
        membershipHash: membershipHash(chain.membership),
      };
      expectFault("CERTIFICATE_INVALID", () => verifyCertificate(certificate, chain.context));
    });

    it("a membership without voters has no quorum", () => {
      const chain = jointChain();
      const members: Membership["members"] = chain.membership.members.map((member) => ({
        ...member,
        role: "learner" as const,
      }));
      chain.membership = { members, outgoing: [1, 2, 3] };
      const certificate = chain.certificate(1, [1, 2, 3]);
      expectFault("CERTIFICATE_INVALID", () => verifyCertificate(certificate, chain.context));
    });
  });

  it("is decoded without an empty list of votes", () => {
    const { votes: _, ...claim } = chainOfFive().certificate(1);
    expectFault("INVALID_FIELD", () => encodeCertificate({ ...claim, votes: [] }));
  });

  it("comes back from its bytes", () => {
    const certificate = chainOfFive().certificate(1);
    assert.deepEqual(decodeCertificate(encodeCertificate(certificate)), certificate);
  });
});

describe("leader certificate", () => {
  const rows: readonly {
    readonly id: string;
    readonly fault: FaultCode | null;
    readonly of: (chain: ChainBuilder) => LeaderCertificate;
  }[] = [
    { id: "all voters", fault: null, of: (chain) => chain.leaderCertificate(3, 1) },
    { id: "a majority", fault: null, of: (chain) => chain.leaderCertificate(3, 1, [1, 4, 5]) },
    {
      id: "too few",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => chain.leaderCertificate(3, 1, [1, 4]),
    },
    {
      id: "a voter twice",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => chain.leaderCertificate(3, 1, [1, 4, 4]),
    },
    {
      id: "a voter twice beside a quorum",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => chain.leaderCertificate(3, 1, [1, 2, 4, 4]),
    },
    {
      id: "voters out of order",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => chain.leaderCertificate(3, 1, [4, 2, 5]),
    },
    {
      id: "a learner beside a quorum",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => chain.leaderCertificate(3, 1, [1, 2, 3, 6]),
    },
    {
      id: "a candidate without a voice",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => chain.leaderCertificate(3, 6, [1, 2, 3]),
    },
    {
      id: "grants for another term",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => ({ ...chain.leaderCertificate(3, 1), term: 4 }),
    },
    {
      id: "grants for another candidate",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => ({ ...chain.leaderCertificate(3, 1), candidate: 2 }),
    },
    {
      id: "grants for another position",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => {
        const certificate = chain.leaderCertificate(3, 1);
        return { ...certificate, position: { ...certificate.position, height: 2 } };
      },
    },
    {
      id: "another membership",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => ({ ...chain.leaderCertificate(3, 1), membershipHash: bytes32("another") }),
    },
    {
      id: "a voter whose log was shorter",
      fault: null,
      of: (chain) => chain.leaderCertificate(3, 1, [1, 2, 3], { voters: { term: 0, height: 0 } }),
    },
    {
      id: "a voter whose log was longer",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => chain.leaderCertificate(3, 1, [1, 2, 3], { voters: { term: 2, height: 2 } }),
    },
    {
      id: "a voter whose log was shorter but of a later term",
      fault: "LEADER_CERTIFICATE_INVALID",
      of: (chain) => chain.leaderCertificate(3, 1, [1, 2, 3], { voters: { term: 3, height: 0 } }),
    },
  ];
  for (const { id, fault, of } of rows) {
    it(id, () => {
      const chain = chainOfFive();
      const certificate = of(chain);
      assert.equal(
        faultCodeOf(() => verifyLeaderCertificate(certificate, chain.context)),
        fault,
      );
    });
  }
});
