import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { NO_MEMBERS } from "../../consensus/membership.ts";
import { MESSAGE_TYPES, makeMessage } from "../../consensus/messages.ts";
import { encode } from "../../ledger/encoding.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { membershipHash } from "../../ledger/membership.ts";
import { Certifier } from "../../node/chain/certifier.ts";
import { entryOf } from "../../node/storage/block-log.ts";
import { type ConsensusFrame, decodeFrame, encodeFrame } from "../../node/wire.ts";
import { ChainBuilder } from "../support/chain-builder.ts";
import { expectFault, faultCodeOf } from "../support/expect-fault.ts";

describe("frames between members", () => {
  const chain = new ChainBuilder();
  chain.append();
  chain.append();
  const message = makeMessage({
    type: "MsgApp",
    from: 1,
    to: 2,
    term: 3,
    logTerm: 1,
    index: 1,
    entries: [entryOf(chain.blockAt(2))],
    commit: 1,
    context: Uint8Array.of(7),
  });
  const nothing = { votes: [], certificate: null, grant: null, candidacy: null, leadership: null };
  const voter = new Certifier(chain.context, chain.identity(2), chain.memberships);
  voter.vote(chain.tip);
  const leadership = chain.leaderCertificate(3, 1);
  const whole: ConsensusFrame = {
    kind: "consensus",
    message,
    votes: voter.ownVotes(1, 2),
    certificate: chain.certificate(1),
    grant: leadership.grants[0] ?? null,
    candidacy: {
      lastHash: chain.tip.hash,
      membershipHash: membershipHash(chain.membership),
    },
    leadership,
    elections: [chain.leaderCertificate(2, 3)],
  };

  it("come out as they went in", () => {
    for (const frame of [whole, { ...whole, ...nothing, elections: [] }]) {
      assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
    }
    const transactions = [Uint8Array.of(1), Uint8Array.of(2, 3)];
    const frame = { kind: "transactions", transactions } as const;
    assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
  });

  it("hold only what nodes of this version say", () => {
    const sent = MESSAGE_TYPES.filter((type) => {
      const frame = { ...whole, ...nothing, message: { ...message, type, entries: [] } };
      return faultCodeOf(() => encodeFrame(frame)) === null;
    });
    assert.deepEqual(sent.sort(), [
      "MsgApp",
      "MsgAppResp",
      "MsgHeartbeat",
      "MsgHeartbeatResp",
      "MsgPreVote",
      "MsgPreVoteResp",
      "MsgSnap",
      "MsgVote",
      "MsgVoteResp",
    ]);
  });

  it("carry questions and answers about snapshots", () => {
    const piece = { about: "chunk", height: 9, position: 2 } as const;
    for (const frame of [
      { kind: "question", ...piece },
      { kind: "answer", ...piece, parts: [Uint8Array.of(1, 2)] },
      { kind: "answer", ...piece, parts: [] },
    ] as const) {
      assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
    }
  });

  it("carry what a leader says of its snapshot, and none of its data", () => {
    const confState = { ...NO_MEMBERS, voters: [1, 2, 3] };
    const snapshot = { index: 9, term: 2, confState, data: new Uint8Array() };
    const offer = {
      ...whole,
      ...nothing,
      message: makeMessage({ type: "MsgSnap", from: 1, to: 2, snapshot }),
    };
    const read = decodeFrame(encodeFrame(offer));
    assert.deepEqual(read.kind === "consensus" && read.message.snapshot, snapshot);
    const laden = { ...snapshot, data: Uint8Array.of(1) };
    expectFault("INVALID_FIELD", () =>
      encodeFrame({ ...offer, message: { ...offer.message, snapshot: laden } }),
    );
  });

  it("are one of four kinds", () => {
    for (const raw of [[], [0], [3, []], [5, []], "consensus", null, 1]) {
      expectFault("INVALID_FIELD", () => decodeFrame(encode(raw)));
    }
    expectFault("INVALID_FIELD", () => decodeFrame(encode([2, []])));
    expectFault("INVALID_FIELD", () => decodeFrame(encode([2, [new Uint8Array(0)]])));
  });

  it("are refused with a fault, whatever bytes come", () => {
    const good = encodeFrame(whole);
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat({ max: good.length }).map((size) => good.subarray(0, size)),
      fc
        .tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }))
        .map(([at, change]) => good.map((byte, i) => (i === at ? byte ^ change : byte))),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          decodeFrame(bytes);
        } catch (error) {
          assert.ok(error instanceof LedgerFault, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
