import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Block } from "../../ledger/block.ts";
import { verifyLink } from "../../ledger/chain.ts";
import type { FaultCode } from "../../ledger/faults.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import {
  bytes32,
  ChainBuilder,
  GENESIS_TIME_MS,
  type TestBlock,
  testGenesis,
  testTransaction,
} from "../support/chain-builder.ts";
import { faultCodeOf } from "../support/expect-fault.ts";

/** Three blocks of term 2, and what makes the next one. */
function chainOfThree(): ChainBuilder {
  const chain = new ChainBuilder();
  for (let i = 0; i < 3; i++) chain.append({ term: 2, transactions: [noteOf(chain, `${i}`)] });
  return chain;
}

function noteOf(chain: ChainBuilder, label: string): Uint8Array {
  return testTransaction({ networkId: chain.networkId, label, signers: ["clerk"] });
}

function linkFault(chain: ChainBuilder, block: Block): FaultCode | null {
  const leaves = block.transactions.map((bytes) => decodeTransaction(bytes).leaf);
  return faultCodeOf(() => verifyLink(chain.tip, block, leaves, chain.context));
}

describe("chain", () => {
  it("begins at the genesis, whose hash is the networkId", () => {
    const genesis = testGenesis();
    const { tip } = new ChainBuilder(genesis);
    assert.equal(tip.height, 0);
    assert.equal(tip.term, 0);
    assert.equal(tip.timestampMs, GENESIS_TIME_MS);
    assert.deepEqual(tip.hash, networkIdOf(genesis));
    assert.equal(tip.history.size, 1);
  });

  it("takes blocks that keep every rule, also in later terms by other leaders", () => {
    const chain = new ChainBuilder();
    const blocks: readonly TestBlock[] = [
      { term: 1, proposer: 1 },
      { term: 1, proposer: 1, transactions: [noteOf(chain, "a"), noteOf(chain, "b")] },
      { term: 4, proposer: 3 },
      { term: 4, proposer: 3, transactions: [noteOf(chain, "c")], results: ["EXPIRED"] },
      { term: 5, proposer: 2 },
    ];
    for (const of of blocks) {
      assert.equal(linkFault(chain, chain.nextBlock(of)), null);
      chain.append(of);
    }
    assert.equal(chain.tip.height, 5);
    assert.equal(chain.tip.history.size, 6);
  });

  const rows: readonly {
    readonly id: string;
    readonly fault: FaultCode | null;
    readonly block: (chain: ChainBuilder) => TestBlock;
  }[] = [
    {
      id: "C1: a height is left out",
      fault: "HEIGHT_MISMATCH",
      block: () => ({ header: { height: 5 } }),
    },
    {
      id: "C1: a height is repeated",
      fault: "HEIGHT_MISMATCH",
      block: () => ({ header: { height: 3 } }),
    },
    {
      id: "C2: another block before",
      fault: "PREVIOUS_HASH_MISMATCH",
      block: (chain) => ({ header: { previousHash: chain.tipAt(2).hash } }),
    },
    { id: "C3: the term falls", fault: "TERM_REGRESSION", block: () => ({ term: 1 }) },
    {
      id: "C4: time goes back by 1 ms",
      fault: "TIMESTAMP_INVALID",
      block: ({ tip }) => ({ header: { timestampMs: tip.timestampMs - 1 } }),
    },
    {
      id: "C4: time may stand still",
      fault: null,
      block: ({ tip }) => ({ header: { timestampMs: tip.timestampMs } }),
    },
    {
      id: "C5: another membership",
      fault: "MEMBERSHIP_MISMATCH",
      block: () => ({ header: { membershipHash: bytes32("another") } }),
    },
    {
      id: "C5: a proposer that is no member",
      fault: "PROPOSER_UNKNOWN",
      block: () => ({ header: { proposer: 9 } }),
    },
    {
      id: "C5: a second proposer in a term",
      fault: "PROPOSER_UNKNOWN",
      block: () => ({ header: { proposer: 2 }, signedBy: 2 }),
    },
    {
      id: "C5: a proposal signed by another voter",
      fault: "PROPOSAL_SIGNATURE_INVALID",
      block: () => ({ signedBy: 2 }),
    },
    {
      id: "C6: another control part",
      fault: "CONTROL_HASH_MISMATCH",
      block: () => ({ header: { controlHash: bytes32("another") } }),
    },
    {
      id: "C6: other transactions",
      fault: "TRANSACTIONS_ROOT_MISMATCH",
      block: (chain) => ({
        transactions: [noteOf(chain, "x")],
        header: { transactionsRoot: bytes32("another") },
      }),
    },
    {
      id: "C6: a result too few",
      fault: "RESULTS_ROOT_MISMATCH",
      block: (chain) => ({ transactions: [noteOf(chain, "x")], results: [] }),
    },
    {
      id: "C6: another history",
      fault: "HISTORY_ROOT_MISMATCH",
      block: (chain) => ({ header: { historyRoot: chain.tipAt(2).history.root() } }),
    },
    {
      id: "C7: a term without its leader's certificate",
      fault: "LEADER_CERTIFICATE_INVALID",
      block: () => ({ term: 3, control: { leaderCertificate: null } }),
    },
    {
      id: "C7: a leader's certificate inside a term",
      fault: "LEADER_CERTIFICATE_INVALID",
      block: (chain) => ({ control: { leaderCertificate: chain.leaderCertificate(2, 1) } }),
    },
    {
      id: "C7: the certificate of another term",
      fault: "LEADER_CERTIFICATE_INVALID",
      block: (chain) => ({
        term: 4,
        control: { leaderCertificate: chain.leaderCertificate(3, 1) },
      }),
    },
    {
      id: "C7: the certificate of another candidate",
      fault: "LEADER_CERTIFICATE_INVALID",
      block: (chain) => ({
        term: 3,
        control: { leaderCertificate: chain.leaderCertificate(3, 2) },
      }),
    },
    ...[{ height: 2 }, { term: 1 }, { hash: bytes32("another") }].map((candidate) => ({
      id: `C7: a certificate from another end of the log, by its ${Object.keys(candidate)}`,
      fault: "LEADER_CERTIFICATE_INVALID" as const,
      block: (chain: ChainBuilder) => {
        const voters = [1, 2, 3];
        const leaderCertificate = chain.leaderCertificate(3, 1, voters, { candidate });
        return { term: 3, control: { leaderCertificate } };
      },
    })),
    {
      id: "C7: a certificate without a quorum",
      fault: "LEADER_CERTIFICATE_INVALID",
      block: (chain) => ({
        term: 3,
        control: { leaderCertificate: chain.leaderCertificate(3, 1, [1]) },
      }),
    },
  ];

  for (const { id, fault, block } of rows) {
    it(id, () => {
      const chain = chainOfThree();
      assert.equal(linkFault(chain, chain.nextBlock(block(chain))), fault);
    });
  }

  it("C5: a learner does not propose", () => {
    const chain = new ChainBuilder(testGenesis(3, 1));
    assert.equal(linkFault(chain, chain.nextBlock({ proposer: 4 })), "PROPOSER_UNKNOWN");
  });

  it("C5: a leaving member proposes only while it is an outgoing voter", () => {
    const chain = new ChainBuilder();
    const members = chain.membership.members.map((member) =>
      member.number === 3 ? { ...member, role: "leaving" as const } : member,
    );
    chain.membership = { members, outgoing: [1, 2, 3] };
    assert.equal(linkFault(chain, chain.nextBlock({ proposer: 3 })), null);
    chain.membership = { members, outgoing: [] };
    assert.equal(linkFault(chain, chain.nextBlock({ proposer: 3 })), "PROPOSER_UNKNOWN");
  });

  it("leaves that are not one for each transaction are a programmer's error", () => {
    const chain = chainOfThree();
    const block = chain.nextBlock({ transactions: [noteOf(chain, "x")] });
    assert.throws(() => verifyLink(chain.tip, block, [], chain.context), RangeError);
  });
});
