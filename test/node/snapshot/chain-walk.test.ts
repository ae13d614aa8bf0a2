import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Block, decodeBlock, encodeBlock } from "../../../ledger/block.ts";
import type { Membership } from "../../../ledger/membership.ts";
import { ChainWalk } from "../../../node/snapshot/chain-walk.ts";
import { bareBlock } from "../../../node/storage/bare-block.ts";
import { ChainBuilder, testSigner, testTransaction } from "../../support/chain-builder.ts";
import { expectFault } from "../../support/expect-fault.ts";

const NEVER_MS = Number.MAX_SAFE_INTEGER;

function bare(block: Block): Block {
  return decodeBlock(bareBlock(block));
}

/** The block with other parts in place of its own, under the same header. */
function withParts(block: Block, parts: Partial<Block>): Block {
  return decodeBlock(encodeBlock({ ...block, ...parts }));
}

describe("a walk along a chain", () => {
  const chain = new ChainBuilder();
  for (const label of ["a", "b", "c"]) {
    const transaction = testTransaction({ networkId: chain.networkId, label, signers: ["clerk"] });
    chain.append({ transactions: [transaction] });
  }
  const [first, second, third] = chain.blocks;
  assert.ok(first && second && third);

  function walkFrom(height: number, wholeSinceMs = NEVER_MS): ChainWalk {
    return new ChainWalk(chain.tipAt(height), wholeSinceMs, chain.context);
  }

  it("ends at the same tip, be the blocks whole or bare, from wherever it begins", () => {
    for (const from of [0, 1, 2]) {
      const walk = walkFrom(from);
      walk.follow([bare(first), second, bare(third)].slice(from));
      assert.deepEqual(walk.tip, chain.tip);
    }
  });

  it("takes all blocks or none", () => {
    const walk = walkFrom(0);
    expectFault("HEIGHT_MISMATCH", () => walk.follow([first, third]));
    assert.equal(walk.tip.height, 0);
  });

  it("refuses blocks that do not follow, or have other parts than their headers say", () => {
    const other = new ChainBuilder();
    other.append();
    other.append();
    const control = { ...second.control, lastCertificate: null };
    const rows = [
      ["PREVIOUS_HASH_MISMATCH", other.blockAt(2)],
      ["CONTROL_HASH_MISMATCH", withParts(second, { control })],
      ["TRANSACTIONS_ROOT_MISMATCH", withParts(second, { transactions: first.transactions })],
      ["RESULTS_ROOT_MISMATCH", withParts(second, { results: ["EXPIRED"] })],
      ["RESULTS_ROOT_MISMATCH", withParts(second, { results: [] })],
      ["RESULTS_ROOT_MISMATCH", withParts(second, { transactions: [] })],
    ] as const;
    for (const [code, block] of rows) expectFault(code, () => walkFrom(1).follow([block]));
  });

  it("demands the bodies of young blocks", () => {
    const sinceMs = third.header.timestampMs;
    walkFrom(1, sinceMs).follow([bare(second), third]);
    const walk = walkFrom(1, sinceMs);
    expectFault("TRANSACTIONS_ROOT_MISMATCH", () => walk.follow([second, bare(third)]));
  });
});

describe("a walk past a change of membership", () => {
  const intruder: Membership = {
    members: [
      {
        number: 9,
        publicKey: testSigner("node 9").publicKey,
        organisation: "131164",
        address: "/ip4/127.0.0.1/tcp/7199",
        role: "voter",
      },
    ],
    outgoing: [],
  };

  /** A chain whose third block is under the membership that its second names. */
  function changed(certificateOf: (chain: ChainBuilder) => Block["control"]["lastCertificate"]) {
    const chain = new ChainBuilder();
    chain.append();
    chain.append({ control: { membershipChange: intruder } });
    const lastCertificate = certificateOf(chain);
    chain.membership = intruder;
    chain.append({ proposer: 9, control: { lastCertificate } });
    return chain;
  }

  it("goes on under it when those before have certified the change", () => {
    const chain = changed((before) => before.certificate(2));
    for (const from of [0, 1, 2]) {
      const walk = new ChainWalk(chain.tipAt(from), NEVER_MS, chain.context);
      walk.follow(chain.blocks.slice(from));
      assert.deepEqual(walk.tip.memberships.current, intruder);
    }
  });

  it("refuses a membership that has made itself", () => {
    const lies = {
      "its own certificate": (before: ChainBuilder) => {
        before.membership = intruder;
        return before.certificate(2);
      },
      "too few votes": (before: ChainBuilder) => before.certificate(2, [1]),
      "a certificate of another block": (before: ChainBuilder) =>
        before.certificate(2, undefined, { blockHash: before.tipAt(1).hash }),
    };
    for (const [what, lie] of Object.entries(lies)) {
      const chain = changed(lie);
      const walk = new ChainWalk(chain.tipAt(0), NEVER_MS, chain.context);
      expectFault("CERTIFICATE_INVALID", () => walk.follow(chain.blocks));
      assert.equal(walk.tip.height, 0, what);
    }
  });

  it("refuses a block under another membership than its chain says", () => {
    const chain = new ChainBuilder();
    chain.append();
    chain.membership = intruder;
    chain.append({ proposer: 9, control: { lastCertificate: null } });
    const walk = new ChainWalk(chain.tipAt(0), NEVER_MS, chain.context);
    expectFault("MEMBERSHIP_MISMATCH", () => walk.follow(chain.blocks));
  });
});
