import assert from "node:assert/strict";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { MessageFields, MessageType } from "../../consensus/messages.ts";
import { TRANSFER_CONTEXT } from "../../consensus/voter.ts";
import { encode } from "../../ledger/encoding.ts";
import { decodeProof } from "../../ledger/evidence.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { verifyProof } from "../../ledger/verify-evidence.ts";
import { Cluster, type LogLine } from "../support/cluster.ts";
import { FakeMember } from "../support/fake-member.ts";
import { LedgerWorld, seedOf } from "../support/ledger-world.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

describe("a member that lies", function () {
  this.timeout(60_000);
  const world = new LedgerWorld();
  let cluster: Cluster;
  let liar: FakeMember;

  describe("to two nodes that work", () => {
    beforeEach(async () => {
      cluster = await Cluster.create(world);
      await cluster.start(1, 2);
      liar = await FakeMember.start(cluster, 3);
      await cluster.setUpThrough(await cluster.leader());
      await liar.connected();
    });
    afterEach(async () => {
      await liar.stop();
      await cluster.close();
    });

    async function term(): Promise<number> {
      return Number((await cluster.get(await cluster.leader(), "/v1/status")).json.term);
    }

    /** The two go on as if nothing had been said. */
    async function assertUnharmed(): Promise<void> {
      await liar.wasRead();
      await cluster.leader();
      const { json } = await cluster.submit(1, cluster.pay(1));
      assert.equal(json.result, "OK", JSON.stringify(json));
      assert.deepEqual(cluster.failures, []);
    }

    const frames: Record<string, (now: number) => MessageFields> = {
      "entries with gaps": (now) => ({
        type: "MsgApp",
        term: now,
        entries: [1, 9].map((index) => ({ term: now, index, type: "EntryNormal", data: junk })),
      }),
      "an entry far above the log": (now) => ({
        type: "MsgApp",
        term: now,
        entries: [{ term: now, index: 5000, type: "EntryNormal", data: junk }],
      }),
      "an entry at height 0": (now) => ({
        type: "MsgApp",
        term: now + 1,
        entries: [{ term: 0, index: 0, type: "EntryNormal", data: junk }],
      }),
      "other blocks at committed heights": (now) => ({
        type: "MsgApp",
        term: now + 1,
        entries: [{ term: now + 1, index: 1, type: "EntryNormal", data: junk }],
      }),
      "a change of membership": (now) => ({
        type: "MsgApp",
        term: now + 1,
        entries: [{ term: now, index: 1, type: "EntryConfChange", data: junk }],
      }),
      "a heartbeat that commits all": (now) => ({
        type: "MsgHeartbeat",
        term: now,
        commit: LARGEST,
      }),
      "a heartbeat of the last term": () => ({ type: "MsgHeartbeat", term: LARGEST }),
      "an acknowledgement of all": (now) => ({ type: "MsgAppResp", term: now, index: LARGEST }),
      "an acknowledgement without votes": (now) => ({ type: "MsgAppResp", term: now, index: 8 }),
      "a rejection of all": (now) => ({
        type: "MsgAppResp",
        term: now,
        index: LARGEST,
        reject: true,
        rejectHint: LARGEST,
        logTerm: LARGEST,
      }),
      "a rejection from the beginning": (now) => ({
        type: "MsgAppResp",
        term: now,
        index: 8,
        reject: true,
        rejectHint: 8,
        logTerm: 0,
      }),
      "a request for the last term": () => ({ type: "MsgVote", term: LARGEST, index: LARGEST }),
      "a pre-vote for the last term": () => ({ type: "MsgPreVote", term: LARGEST, index: LARGEST }),
      "a transfer nobody ordered": (now) => ({
        type: "MsgVote",
        term: now + 1,
        index: LARGEST,
        logTerm: LARGEST,
        context: TRANSFER_CONTEXT,
      }),
      "a vote nobody asked for": (now) => ({ type: "MsgVoteResp", term: now + 1 }),
      "the refusal of a later term": (now) => ({
        type: "MsgVoteResp",
        term: now + 9,
        reject: true,
      }),
      "an answer of term 0": () => ({ type: "MsgAppResp", term: 0, index: 1 }),
      "somebody else's words": (now) => ({ type: "MsgAppResp", from: 2, term: now, index: 1 }),
      "a message for somebody else": (now) => ({ type: "MsgAppResp", to: 3, term: now, index: 1 }),
    };
    const junk = Uint8Array.of(0x85, 1, 2, 3, 4, 5);

    it("is refused, whatever it sends", async () => {
      for (const make of Object.values(frames)) {
        const now = await term();
        liar.send(make(now), liar.candidacy(seedOf("no such block")));
        liar.send(make(now));
        await assertUnharmed();
      }
      for (const bytes of [junk, encode([3, []]), encode([1, []]), encode([2, [junk]])]) {
        liar.sendBytes(bytes);
      }
      await assertUnharmed();
    });

    it("cannot make itself leader by saying so", async () => {
      const now = await term();
      for (let i = 0; i < 20; i++) liar.send({ type: "MsgHeartbeat", term: now + 1 + i });
      liar.send({ type: "MsgApp", term: now + 99 });
      await assertUnharmed();
      assert.equal(await term(), now);
      assert.ok(cluster.lines.some(({ code }) => code === "LEADERSHIP_NOT_PROVEN"));
    });

    it("does not keep others from voting later by a request for a far term", async () => {
      liar.send({ type: "MsgVote", term: 900_000, index: 9 }, liar.candidacy(seedOf("far")));
      await assertUnharmed();
      // The leader steps down: the next election needs the vote of a node that heard of the far term.
      liar.send({ type: "MsgVoteResp", term: (await term()) + 5, reject: true });
      await assertUnharmed();
    });

    it("stops nobody with any message that can be made", async () => {
      const now = await term();
      const { appliedHeight } = await cluster.settled();
      const counter = fc.constantFrom(0, 1, now, now + 1, Number(appliedHeight), 10_000, LARGEST);
      const type = fc.constantFrom<MessageType>(
        "MsgApp",
        "MsgAppResp",
        "MsgVote",
        "MsgVoteResp",
        "MsgPreVote",
        "MsgPreVoteResp",
        "MsgHeartbeat",
        "MsgHeartbeatResp",
      );
      const entry = fc.record({
        term: counter,
        index: counter,
        type: fc.constant("EntryNormal" as const),
        data: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      });
      const message: fc.Arbitrary<MessageFields> = fc.record({
        type,
        term: counter,
        logTerm: counter,
        index: counter,
        commit: counter,
        rejectHint: counter,
        reject: fc.boolean(),
        entries: fc.array(entry, { maxLength: 3 }),
        context: fc.uint8Array({ maxLength: 9 }),
      });
      for (const fields of fc.sample(message, 400)) {
        liar.send(fields, fields.reject === true ? {} : liar.candidacy(seedOf("last")));
      }
      await assertUnharmed();
    });
  });

  describe("and was elected", () => {
    beforeEach(async () => {
      cluster = await Cluster.create(world);
      liar = await FakeMember.start(cluster, 3);
      await cluster.start(1, 2);
    });
    afterEach(async () => {
      await liar.stop();
      await cluster.close();
    });

    it("commits nothing without votes, replaces nothing, and is left", async () => {
      await liar.connected();
      // A term that the two do not reach by themselves meanwhile.
      const leadership = await liar.beElected(1000, 1);
      const { tip } = liar.genesis;
      const wrong = liar.block(tip, { stateRoot: seedOf("points for me") }, leadership);
      liar.sendBlock(wrong, tip, leadership);
      await logged("BLOCK_REFUSED");

      const first = liar.block(tip, {}, leadership);
      liar.sendBlock(first, tip, leadership);
      await liar.frame("a vote", ({ votes }) => votes.some(({ height }) => height === 1));
      const commit = { type: "MsgHeartbeat", term: 1000, commit: 1 } as const;
      liar.send(commit, { leadership });
      const second = liar.block(tip, { timestampMs: Date.now() + 1 }, leadership);
      liar.sendBlock(second, tip, leadership);
      for (const node of [1, 2]) await logged("EVIDENCE", node);
      for (const node of [1, 2]) {
        assert.equal((await cluster.get(node, "/v1/status")).json.appliedHeight, 0);
        assert.deepEqual(await convictedBy(node), [["double-proposal", [3]]]);
      }
      await cluster.stop(2);
      await cluster.start(2);
      assert.deepEqual(await convictedBy(2), [["double-proposal", [3]]], "kept over a restart");

      await liar.stop();
      await cluster.setUpThrough(await cluster.leader());
      await cluster.settled();
    });
  });

  /** What the evidence that a node holds shows, verified with the genesis alone. */
  async function convictedBy(node: number) {
    const response = await fetch(cluster.url(node, "/v1/evidence"));
    const proof = decodeProof(new Uint8Array(await response.arrayBuffer()));
    const findings = verifyProof(proof, cluster.genesis, verifySignature);
    const { culprits } = (await cluster.get(node, "/v1/status")).json;
    assert.deepEqual(culprits, [...new Set(findings.flatMap((finding) => finding.culprits))]);
    return findings.map((finding) => [finding.kind, finding.culprits]);
  }

  async function logged(code: string, node?: number): Promise<void> {
    await cluster.until(code, async () => {
      const isIt = (line: LogLine) => line.code === code && (node ?? line.node) === line.node;
      return cluster.lines.find(isIt) ?? null;
    });
  }
});
