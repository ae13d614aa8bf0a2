import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type MessageFields, makeMessage } from "../../../consensus/messages.ts";
import { TRANSFER_CONTEXT } from "../../../consensus/voter.ts";
import type { Block } from "../../../ledger/block.ts";
import type { LeaderCertificate } from "../../../ledger/certificate.ts";
import type { FaultCode } from "../../../ledger/faults.ts";
import { membershipHash } from "../../../ledger/membership.ts";
import { confStateOf } from "../../../node/chain/conf-change.ts";
import { Elections } from "../../../node/chain/elections.ts";
import { Witness } from "../../../node/chain/witness.ts";
import { BlockExaminer } from "../../../node/driver/block-examiner.ts";
import { Receiver } from "../../../node/driver/receiver.ts";
import type { LogFacts } from "../../../node/logger.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import { entryOf } from "../../../node/storage/block-log.ts";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import { GoneBlocks } from "../../../node/storage/gone-blocks.ts";
import type { ConsensusFrame } from "../../../node/wire.ts";
import { bytes32 } from "../../support/chain-builder.ts";
import { expectFault } from "../../support/expect-fault.ts";
import { EmptyChain } from "../../support/stored-chain.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const SILENCE = 3;

describe("a follower's receiver", () => {
  const newDirectory = temporaryDirectories();
  /** The leader's chain; the follower has its first three blocks, of terms 1 and 2. */
  let chain: EmptyChain;
  let database: Database;
  let opened: OpenedChain;
  let receiver: Receiver;
  let proof: LeaderCertificate;
  let term: number;
  let commit: number;
  let gone: GoneBlocks;
  let codes: string[];
  let reasons: string[];

  beforeEach(async () => {
    chain = new EmptyChain().grow(1, 1);
    proof = chain.leaderCertificate(2, 1);
    chain.grow(2);
    database = await openDatabase(newDirectory());
    await chain.store(await chain.open(database, 2), 1, 2);
    opened = await chain.open(database, 2);
    [term, commit, codes, reasons] = [2, 1, [], []];
    const line = (code: string, { reason }: LogFacts = {}) => {
      codes.push(code);
      reasons.push(String(reason));
    };
    const log = { debug: line, info: line, warn: line, error: line };
    const { tail, certifier, memberships, chain: executed } = opened;
    const witness = new Witness({
      context: { ...chain.context, membershipOf: (hash) => memberships.named(hash) },
      store: opened.evidence,
      standing: () => null,
      log,
      onFailure: (error) => assert.fail(String(error)),
    });
    const examined = {
      ...{ chain: executed, tail, certifier, witness, log },
      term: () => term,
      commit: () => commit,
    };
    gone = new GoneBlocks();
    receiver = new Receiver({
      examiner: new BlockExaminer(examined),
      tail,
      certifier,
      elections: new Elections(chain.context, chain.identity(2), memberships, gone.justify),
      memberships,
      log,
      term: () => term,
      ageMs: () => 1000,
      silenceHeartbeats: SILENCE,
      gone,
    });
  });
  afterEach(() => database.close());

  function frame(message: MessageFields, beside: Partial<ConsensusFrame> = {}): ConsensusFrame {
    const nothing = { votes: [], certificate: null, grant: null, candidacy: null, elections: [] };
    const whole = makeMessage({ from: 1, to: 2, term: 2, ...message });
    return { kind: "consensus", message: whole, ...nothing, leadership: proof, ...beside };
  }

  function append(blocks: readonly Block[], beside: Partial<ConsensusFrame> = {}): ConsensusFrame {
    const height = (blocks[0]?.header.height ?? 1) - 1;
    const message = {
      type: "MsgApp",
      index: height,
      logTerm: chain.tipAt(height).term,
      entries: blocks.map(entryOf),
      commit: 9,
    } as const;
    return frame(message, beside);
  }

  /** What would be stepped of a message with blocks: their heights and the commit index; null for nothing. */
  async function stepped(of: ConsensusFrame) {
    const examined = await receiver.examine(of);
    const message = examined === null ? null : receiver.admit(of, examined);
    return (
      message && { heights: message.entries.map(({ index }) => index), commit: message.commit }
    );
  }

  const nextBlock = (of: Parameters<EmptyChain["nextBlock"]>[0] = {}) =>
    chain.nextBlock({ ...of, header: { stateRoot: chain.stateRoot, ...of.header } });

  it("takes blocks that follow, known ones again, and commits what is certified (R6)", async () => {
    const known = chain.blockAt(3);
    const next = nextBlock({ control: { lastCertificate: null } });
    // Block 3 shows the certificate of block 2.
    assert.deepEqual(await stepped(append([known, next])), { heights: [3, 4], commit: 2 });
    const certificate = chain.certificate(3);
    assert.deepEqual(await stepped(append([next], { certificate })), { heights: [4], commit: 3 });
  });

  const lies: Record<string, readonly [reason: FaultCode, () => Block]> = {
    "another state": [
      "STATE_ROOT_MISMATCH",
      () => nextBlock({ header: { stateRoot: bytes32("a gift") } }),
    ],
    "another parent": [
      "PREVIOUS_HASH_MISMATCH",
      () => nextBlock({ header: { previousHash: bytes32("elsewhere") } }),
    ],
    "a time before its parent's": [
      "TIMESTAMP_INVALID",
      () => nextBlock({ header: { timestampMs: 1 } }),
    ],
    "a time far ahead": [
      "TIMESTAMP_INVALID",
      () => nextBlock({ header: { timestampMs: chain.tip.timestampMs + 10_000 } }),
    ],
    "another key's signature": ["PROPOSAL_SIGNATURE_INVALID", () => nextBlock({ signedBy: 3 })],
    "a proposer who does not lead the term": ["PROPOSER_UNKNOWN", () => nextBlock({ proposer: 3 })],
    "a change of membership": [
      "MEMBERSHIP_CHANGE_INVALID",
      () => nextBlock({ control: { membershipChange: chain.membership } }),
    ],
    "a certificate of too few": [
      "CERTIFICATE_INVALID",
      () => nextBlock({ control: { lastCertificate: chain.certificate(3, [1]) } }),
    ],
    "a certificate of no ancestor": [
      "CERTIFICATE_INVALID",
      () => nextBlock({ control: { lastCertificate: { ...chain.certificate(3), height: 2 } } }),
    ],
    "a second proof of election": [
      "LEADER_CERTIFICATE_INVALID",
      () => nextBlock({ control: { leaderCertificate: proof } }),
    ],
  };
  for (const [what, [reason, make]] of Object.entries(lies)) {
    it(`takes no block with ${what}`, async () => {
      assert.equal(await stepped(append([make()])), null);
      assert.deepEqual(codes, ["BLOCK_REFUSED"]);
      assert.match(reasons[0] ?? "", new RegExp(`: ${reason}: `));
    });
  }

  it("takes the blocks before a wrong one", async () => {
    const good = chain.append({ header: { stateRoot: chain.stateRoot } });
    const bad = nextBlock({ header: { stateRoot: bytes32("a gift") } });
    assert.deepEqual((await stepped(append([good, bad])))?.heights, [4]);
  });

  it("follows no leader who sends two blocks for one term and height (R8)", async () => {
    const other = new EmptyChain().grow(1, 1);
    const twin = other.nextBlock({
      term: 2,
      header: { stateRoot: chain.stateRoot, timestampMs: chain.tip.timestampMs },
      control: { lastCertificate: null },
    });
    assert.equal(await stepped(append([twin])), null);
    assert.deepEqual(codes, ["EQUIVOCATION", "EVIDENCE"]);
    assert.deepEqual(opened.evidence.culprits, [1]);
  });

  it("takes no block from a leader in place of what he made in the same term", async () => {
    const other = new EmptyChain().grow(1, 1);
    const earlier = other.nextBlock({ term: 1, header: { stateRoot: chain.stateRoot } });
    assert.equal(await stepped(append([earlier])), null);
    assert.deepEqual(codes, ["OWN_TERM_CONTRADICTED"]);
    // The leader of a later term may have it so.
    term = 5;
    const message = { ...append([earlier]).message, term: 5 };
    const leadership = chain.leaderCertificate(5, 1);
    assert.deepEqual((await stepped(frame(message, { leadership })))?.heights, [3]);
  });

  it("replaces neither what is committed nor what is certified", async () => {
    const other = new EmptyChain().grow(1, 1);
    term = 5;
    const leadership = other.leaderCertificate(5, 1);
    const rival = other.nextBlock({ term: 5, header: { stateRoot: chain.stateRoot } });
    const send = () => stepped(append([rival], { leadership, ...rivalTerm }));
    const rivalTerm = { message: { ...append([rival]).message, term: 5 } };
    assert.deepEqual((await send())?.heights, [3], "neither yet");
    opened.certifier.adopt(chain.certificate(3), opened.tail.blockAt);
    assert.equal(await send(), null);
    assert.ok(codes.includes("SETTLED_BLOCK_CONTRADICTED"));
  });

  it("looks again at what is settled after it has examined blocks", async () => {
    const other = new EmptyChain().grow(1, 1);
    term = 5;
    const leadership = other.leaderCertificate(5, 1);
    const rival = other.nextBlock({ term: 5, header: { stateRoot: chain.stateRoot } });
    const message = { ...append([rival]).message, term: 5 };
    const examined = await receiver.examine(frame(message, { leadership }));
    assert.ok(examined);
    commit = 3;
    assert.equal(receiver.admit(frame(message, { leadership }), examined), null);
    codes = [];
    term = 6;
    assert.ok(receiver.admit(frame(message, { leadership }), examined), "the core says no");
    assert.deepEqual(codes, [], "whose term is over meanwhile has not lied");
  });

  it("hears nobody who has not proven that he leads", async () => {
    const heartbeat = { type: "MsgHeartbeat", commit: 0 } as const;
    assert.equal(receiver.receive(frame(heartbeat, { leadership: null })), null);
    assert.equal(await stepped({ ...append([nextBlock()]), leadership: null }), null);
    assert.deepEqual(codes, ["LEADERSHIP_NOT_PROVEN"], "said once");
    assert.equal(receiver.receive(frame({ ...heartbeat, from: 3 })), null);
    assert.equal(receiver.receive(frame({ ...heartbeat, term: 3 })), null);
    assert.deepEqual(codes, new Array(3).fill("LEADERSHIP_NOT_PROVEN"), "of each and each term");
    assert.ok(receiver.receive(frame(heartbeat)));
    assert.ok(receiver.receive(frame(heartbeat, { leadership: null })), "it was shown before");
    term = 3;
    assert.ok(receiver.receive(frame(heartbeat, { leadership: null })), "a stale one is told");
    const confState = confStateOf(chain.membership);
    const snapshot = { index: 99, term: 2, confState, data: new Uint8Array() };
    assert.equal(
      receiver.receive(frame({ type: "MsgSnap", snapshot })),
      null,
      "but fetches nothing",
    );
  });

  it("passes over a leader for a while when it refused his block", async () => {
    const heartbeat = frame({ type: "MsgHeartbeat" });
    await stepped(append([nextBlock({ header: { stateRoot: bytes32("a gift") } })]));
    for (let i = 0; i < SILENCE; i++) assert.equal(receiver.receive(heartbeat), null);
    assert.ok(receiver.receive(heartbeat));
    await stepped(append([nextBlock({ header: { stateRoot: bytes32("a gift") } })]));
    await stepped(append([nextBlock()]));
    assert.ok(receiver.receive(heartbeat), "a good block makes up for it");
  });

  it("lets nothing through that the core could stumble over", async () => {
    const bad: MessageFields[] = [
      { type: "MsgHeartbeat", term: 0 },
      { type: "MsgAppResp", index: -1 },
      { type: "MsgAppResp", term: 1_000_000 + 1001 },
      { type: "MsgVote", context: TRANSFER_CONTEXT },
    ];
    for (const message of bad) expectFault("INVALID_FIELD", () => receiver.receive(frame(message)));
    const entry = entryOf(chain.blockAt(3));
    const gaps = frame({
      type: "MsgApp",
      index: 2,
      logTerm: 1,
      entries: [entry, { ...entry, index: 9 }],
    });
    await assert.rejects(receiver.examine(gaps), { code: "INVALID_FIELD" });
  });

  it("believes votes, grants and requests only with what backs them", () => {
    const receive = (message: MessageFields, beside: Partial<ConsensusFrame> = {}) =>
      receiver.receive(frame({ from: 3, ...message }, beside)) !== null;
    assert.ok(!receive({ type: "MsgAppResp", index: 3 }));
    assert.ok(receive({ type: "MsgAppResp", index: 3, reject: true }));
    assert.ok(receive({ type: "MsgAppResp", index: 2 }), "blocks of earlier terms need no votes");
    assert.ok(!receive({ type: "MsgVote" }));
    const candidacy = {
      lastHash: chain.tip.hash,
      membershipHash: membershipHash(chain.membership),
    };
    assert.ok(receive({ type: "MsgVote" }, { candidacy }));
    const elsewhere = { ...candidacy, membershipHash: bytes32("elsewhere") };
    assert.ok(!receive({ type: "MsgVote" }, { candidacy: elsewhere }));
    assert.ok(!receive({ type: "MsgVote", from: 4 }, { candidacy }), "he has no voice there");
    assert.ok(!receive({ type: "MsgVoteResp" }));
    assert.ok(!receive({ type: "MsgVoteResp" }, { grant: proof.grants[2] ?? null }));
    assert.ok(receive({ type: "MsgVoteResp", reject: true }));
    assert.ok(receive({ type: "MsgPreVote" }));
  });

  it("refuses a certificate of too few, whatever it comes with", async () => {
    const certificate = chain.certificate(3, [1]);
    const heartbeat = frame({ type: "MsgHeartbeat" }, { certificate });
    expectFault("CERTIFICATE_INVALID", () => receiver.receive(heartbeat));
    await assert.rejects(stepped(append([nextBlock()], { certificate })), {
      code: "CERTIFICATE_INVALID",
    });
  });
});
