import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { makeMessage } from "../../../consensus/messages.ts";
import type { HardState } from "../../../consensus/storage.ts";
import { RecentIdSet } from "../../../contracts/duplicates.ts";
import type { Grant, LeaderCertificate } from "../../../ledger/certificate.ts";
import type { SignedGrant } from "../../../ledger/evidence.ts";
import { electionsIn } from "../../../ledger/justification.ts";
import { membershipHash } from "../../../ledger/membership.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import {
  evidenceContext,
  isSignedGrant,
  justificationOf,
} from "../../../ledger/verify-evidence.ts";
import { Elections } from "../../../node/chain/elections.ts";
import { composeDriver } from "../../../node/driver/compose-driver.ts";
import type { Driver } from "../../../node/driver/driver.ts";
import { Mempool } from "../../../node/mempool.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import type { SnapshotPolicy } from "../../../node/snapshot/policy.ts";
import { entryOf } from "../../../node/storage/block-log.ts";
import { KEYS } from "../../../node/storage/buckets.ts";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import { decodePromise } from "../../../node/storage/promise.ts";
import type { ConsensusFrame } from "../../../node/wire.ts";
import { testGenesis } from "../../support/chain-builder.ts";
import { MemoryDatabase } from "../../support/memory-database.ts";
import { EmptyChain } from "../../support/stored-chain.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe("a node's driver", () => {
  const newDirectory = temporaryDirectories();
  let chain: EmptyChain;
  let database: Database;
  let failures: unknown[];
  let sent: ConsensusFrame[];
  /** What was promised on the disk when a vote was asked for. */
  let promisedThen: HardState[];

  beforeEach(async () => {
    chain = new EmptyChain().grow(1, 1, 1);
    database = await openDatabase(newDirectory());
    failures = [];
    sent = [];
    promisedThen = [];
  });
  afterEach(() => database.close());

  function drive(opened: OpenedChain, snapshots: SnapshotPolicy | null = null): Driver {
    return composeDriver({
      snapshots,
      identity: chain.identity(1),
      signatures: chain.context,
      opened,
      mempool: new Mempool(),
      timing: { electionTicks: 10, heartbeatTicks: 1 },
      jitterSeed: 1,
      nowMs: () => chain.tip.timestampMs,
      loopTimes: () => ({ activeMs: 0, idleMs: 0 }),
      after: () => {},
      genesisTimeMs: chain.genesis.createdAtMs,
      log: silent,
      send: (_, frame) => {
        if (frame.kind !== "consensus") return;
        sent.push(frame);
        const promised = database.promise();
        const asksForVote = frame.message.type === "MsgVote" && promised !== undefined;
        if (asksForVote) promisedThen.push(decodePromise(promised).hardState);
      },
      connected: () => new Set([1, 2, 3]),
      onApplied: () => {},
      onFailure: (error) => failures.push(error),
    });
  }

  /** Node 2 asks for a vote, from a log that ends at that height. */
  function candidacy(term: number, height = chain.tip.height): ConsensusFrame {
    const { height: index, term: logTerm, hash: lastHash } = chain.tipAt(height);
    const fields = { type: "MsgVote", from: 2, to: 1, term, index, logTerm } as const;
    const message = makeMessage(fields);
    const nothing = { votes: [], certificate: null, grant: null, leadership: null, elections: [] };
    const claim = { lastHash, membershipHash: membershipHash(chain.membership) };
    return { kind: "consensus", message, ...nothing, candidacy: claim };
  }

  it("goes on after a crash that left the commit index, and not the certificate", async () => {
    await chain.store(await chain.open(database), 3);
    const driver = drive(await chain.open(database));
    await driver.receive(2, candidacy(2));
    await driver.stop();
    assert.deepEqual(failures, []);
    assert.equal(driver.status.term, 2);
  });

  it("commits what is certified, though whoever shows it leads no more", async () => {
    await chain.store(await chain.open(database), 1, 2);
    const driver = drive(await chain.open(database));
    const message = makeMessage({ type: "MsgHeartbeat", from: 2, to: 1, term: 1, commit: 3 });
    const certificate = chain.certificate(3);
    await driver.receive(2, { ...candidacy(1), message, candidacy: null, certificate });
    await driver.stop();
    assert.deepEqual(failures, []);
    assert.deepEqual([driver.status.term, driver.status.commit], [2, 3]);
  });

  it("makes no snapshot of what the core does not know to be applied: it still looks through it", async () => {
    const opened = await chain.open(new MemoryDatabase());
    const { chain: executed } = opened;
    const apply = executed.apply.bind(executed);
    let goOn: () => void = () => undefined;
    const isHeld = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    executed.apply = async (link) => {
      if (link.tip.height === 3) await isHeld;
      await apply(link);
    };
    const policy = { everyBlocks: 1, keepBlocks: null, keepDays: null, catchUpBlocks: 0 };
    const driver = drive(opened, policy);
    const entries = chain.blocks.map(entryOf);
    const message = makeMessage({ type: "MsgApp", from: 3, to: 1, term: 3, entries });
    const leadership = chain.leaderCertificate(3, 3, [2, 3]);
    const certificate = chain.certificate(3);
    await driver.receive(3, { ...candidacy(3), message, candidacy: null, leadership, certificate });
    for (let turns = 0; turns < 100; turns++) await setImmediate();
    assert.equal(executed.applied.tip.height, 2);
    for (let ticks = 0; ticks < 40; ticks++) driver.tick();
    goOn();
    await driver.stop();
    assert.deepEqual(failures, []);
  });

  it("asks for votes when its own is on the disk, and not before", async () => {
    await chain.store(await chain.open(database), 3);
    const driver = drive(await chain.open(database));
    for (let ticks = 0; driver.status.state === "StateFollower" && ticks < 40; ticks++) {
      driver.tick();
    }
    const term = driver.status.term + 1;
    const agreed = makeMessage({ type: "MsgPreVoteResp", from: 2, to: 1, term });
    await driver.receive(2, { ...candidacy(term), message: agreed, candidacy: null });
    for (let turns = 0; promisedThen.length < 2 && turns < 1000; turns++) await setImmediate();
    await driver.stop();
    assert.deepEqual(
      promisedThen.map((promised) => [promised.term, promised.vote]),
      [
        [term, 1],
        [term, 1],
      ],
    );
    assert.deepEqual(failures, []);
  });

  it("neither leads nor elects a shorter log before it has again what it lost", async () => {
    await chain.store(await chain.open(database), 0);
    await database.batch().del(KEYS.block(3)).write({ sync: true });
    const opened = await chain.open(database);
    const lost = { from: { term: 0, height: 0 }, to: { term: 1, height: 3 } };
    assert.deepEqual(opened.blocks.gone.stretches, [lost]);
    const driver = drive(opened);
    for (let tick = 0; tick < 40; tick++) driver.tick();
    assert.equal(driver.status.state, "StatePreCandidate");
    await driver.receive(2, candidacy(4, 2));
    await driver.receive(2, candidacy(5, 3));
    await driver.stop();
    const said = sent.map(({ message: { type, term, reject } }) => ({ type, term, reject }));
    assert.deepEqual(said, [{ type: "MsgVoteResp", term: 5, reject: false }]);
    assert.deepEqual(failures, []);
  });

  describe("from whose log a leader took a block that it had voted for", () => {
    /** Nodes 1 and 2 of term 2 had the third block; this chain has others. */
    const longer = new EmptyChain().grow(1, 1, 1, 1);
    const third = longer.leaderCertificate(3, 3, [2, 3]);
    const fourth = longer.leaderCertificate(4, 3, [2, 3], { candidate: { term: 3, height: 5 } });

    /** Node 3 leads and sends one block of term 1. It is the last that is heard of it. */
    function replacing(leadership: LeaderCertificate, elections: readonly LeaderCertificate[]) {
      const entries = [entryOf(longer.blockAt(3))];
      const { term } = leadership;
      const fields = { type: "MsgApp", from: 3, to: 1, term, index: 2, logTerm: 1 } as const;
      const nothing = { votes: [], certificate: null, grant: null, candidacy: null };
      const message = makeMessage({ ...fields, entries });
      return { kind: "consensus", message, ...nothing, leadership, elections } as const;
    }

    /** The grant of this node for node 2, whose log ends as its own does now; null when it gives none. */
    async function granted(opened: OpenedChain, driver: Driver): Promise<SignedGrant | null> {
      for (let ticks = 0; driver.status.state === "StateFollower"; ticks++) {
        assert.ok(ticks < 20);
        driver.tick();
      }
      chain = longer;
      await driver.receive(2, candidacy(9, 3));
      await driver.stop();
      assert.deepEqual(failures, []);
      assert.deepEqual(opened.evidence.all, []);
      const answer = sent.find(({ message }) => message.type === "MsgVoteResp");
      const { term, height, hash } = longer.tipAt(3);
      const position = { term, height, hash };
      const claim = { term: 9, candidate: 2, position };
      const membership = membershipHash(longer.membership);
      const proven = answer?.grant ?? null;
      return proven && { candidacy: { ...claim, membershipHash: membership }, grant: proven };
    }

    for (const { id, leadership, elections, justifying } of [
      { id: "elects who lacks it too, and shows why", leadership: third, elections: [] },
      { id: "shows how the leader's log came to lack it", leadership: fourth, elections: [third] },
      { id: "elects nobody who lacks it when it was not told", leadership: fourth, elections: [] },
      {
        id: "believes no election without a quorum",
        leadership: fourth,
        elections: [longer.leaderCertificate(3, 3, [3])],
      },
    ].map((row, i) => ({ ...row, justifying: i < 2 ? [third] : null }))) {
      for (const restarts of [false, true]) {
        it(`${id}${restarts ? ", also after a restart" : ""}`, async () => {
          chain = new EmptyChain().grow(1, 1, 2);
          let opened = await chain.open(database);
          await chain.store(opened, 2);
          opened = await chain.open(database);
          let driver = drive(opened);
          await driver.receive(3, replacing(leadership, elections));
          await driver.stop();
          assert.deepEqual(opened.blocks.end, { term: 1, height: 3 });
          if (restarts) opened = await chain.open(database);
          driver = drive(opened);
          const signed = await granted(opened, driver);
          assert.deepEqual(signed && electionsIn(signed.grant), justifying);
          if (signed === null) return;
          const context = evidenceContext(longer.genesis, verifySignature);
          assert.ok(isSignedGrant(signed, context));
          assert.deepEqual(justificationOf({ term: 2, height: 3 }, signed, context), third);
        });
      }
    }
  });

  /** What nodes 2 and 3 answer to a candidacy of node 1 in the term after. */
  function answers(term: number, from: number): readonly ConsensusFrame[] {
    const { term: lastTerm, height, hash } = chain.tip;
    const position = { term: lastTerm, height, hash };
    const voter = new Elections(
      chain.context,
      chain.identity(from),
      chain.memberships,
      () => new Uint8Array(),
    );
    const claim = { position, membershipHash: membershipHash(chain.membership) };
    voter.requested({ term, candidate: 1, ...claim });
    voter.granted(term, 1, position);
    const nothing = {
      votes: [],
      certificate: null,
      candidacy: null,
      leadership: null,
      elections: [],
    };
    const answer = (type: "MsgPreVoteResp" | "MsgVoteResp", grant: Grant | null) => ({
      kind: "consensus" as const,
      message: makeMessage({ type, from, to: 1, term }),
      ...nothing,
      grant,
    });
    return [answer("MsgPreVoteResp", null), answer("MsgVoteResp", voter.grant(term, 1))];
  }

  it("shows a follower why blocks of his go: the elections through which its own log went", async () => {
    chain = new EmptyChain().grow(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    await chain.store(await chain.open(database), 0);
    const driver = drive(await chain.open(database));
    for (let ticks = 0; ticks < 20; ticks++) driver.tick();
    const role = (): string => driver.status.state;
    for (const [i, answer] of answers(11, 2).entries()) {
      await driver.receive(2, answer);
      // Its vote for itself goes over the disk.
      const next = i === 0 ? "StateCandidate" : "StateLeader";
      for (let turns = 0; role() !== next; turns++) {
        assert.ok(turns < 100_000, role());
        await setImmediate();
      }
    }
    const parted = { from: 2, to: 1, term: 11, index: 10, reject: true, rejectHint: 1, logTerm: 1 };
    const nothing = {
      votes: [],
      certificate: null,
      grant: null,
      candidacy: null,
      leadership: null,
    };
    const message = makeMessage({ type: "MsgAppResp", ...parted });
    await driver.receive(2, { kind: "consensus", message, ...nothing, elections: [] });
    await driver.stop();
    assert.deepEqual(failures, []);
    const shown = new Map(sent.map((frame) => [frame.message.index, frame.elections]));
    assert.deepEqual(shown.get(10), []);
    // Of terms 2 to 10, as many as a frame holds.
    const elected = chain.blocks.slice(1, 9).map(({ control }) => control.leaderCertificate);
    assert.deepEqual(shown.get(1), elected);
  });

  it("does not elect itself alone while it cannot prove by whose votes it may lead", async () => {
    chain = new EmptyChain(testGenesis(1, 1)).grow(1, 1);
    const memory = new MemoryDatabase();
    await chain.store(await chain.open(memory), 2);
    const opened = await chain.open(memory);
    for (const height of [1, 2]) await opened.chain.apply(opened.tail.at(height) ?? assert.fail());
    const { applied } = opened.chain;
    const [first, second] = chain.membership.members;
    assert.ok(first && second);
    // The last block applied makes a voter of node 2, as far as the log goes; its certificate is lost.
    const membershipChange = {
      members: [first, { ...second, role: "voter" as const }],
      outgoing: [],
    };
    const control = { membershipChange, leaderCertificate: null, lastCertificate: null };
    const memberships = applied.tip.memberships.append(applied.tip.height, control);
    opened.chain.restore({
      ...applied,
      tip: { ...applied.tip, memberships },
      recentIds: new RecentIdSet(),
    });
    opened.tail.restart();
    const driver = drive(opened);
    for (let ticks = 0; ticks < 200; ticks++) {
      driver.tick();
      await setImmediate();
    }
    await driver.stop();
    assert.deepEqual(failures, []);
    assert.notEqual(driver.status.state, "StateLeader");
    assert.ok(driver.status.term > 1);
  });

  for (const what of ["log", "state"] as const) {
    it(`falls silent as a leader while its disk stands still for its ${what}: the others are to elect one who can`, async () => {
      chain = new EmptyChain(testGenesis(1, 1));
      const opened = await chain.open(new MemoryDatabase());
      const driver = drive(opened);
      const heartbeatsIn = async (ticks: number) => {
        sent = [];
        for (let tick = 0; tick < ticks; tick++) {
          driver.tick();
          await setImmediate();
        }
        return sent.filter(({ message }) => message.type === "MsgHeartbeat").length;
      };
      await heartbeatsIn(50);
      assert.equal(driver.status.state, "StateLeader");
      assert.ok((await heartbeatsIn(50)) > 0);
      let goOn: () => void = () => undefined;
      const isHeld = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const { blocks, chain: executed } = opened;
      const [append, apply] = [blocks.append.bind(blocks), executed.apply.bind(executed)];
      if (what === "log") blocks.append = (entries) => isHeld.then(() => append(entries));
      else executed.apply = (link) => isHeld.then(() => apply(link));
      const parent = opened.tail.last;
      const { certified: lastCertificate } = opened.certifier;
      const control = { lastCertificate, leaderCertificate: null, membershipChange: null };
      const { term, timestampMs } = parent.tip;
      const draft = { term, timestampMs, control, transactions: [] };
      const prefetched = await opened.chain.prefetch(parent, []);
      assert.ok(driver.propose(opened.chain.build(draft, prefetched)));
      await heartbeatsIn(50);
      assert.equal(await heartbeatsIn(50), 0);
      goOn();
      assert.ok((await heartbeatsIn(50)) > 0);
      await driver.stop();
      assert.deepEqual(failures, []);
    });
  }

  for (const [what, terms, isElected] of [
    ["does not count its own vote while its log is behind what it was", [1, 1, 2], false],
    ["counts its own vote when its log is all that it was", [1], true],
  ] as const) {
    it(what, async () => {
      const before = await chain.open(database);
      const first = new EmptyChain().grow(...terms);
      await first.store(before, 0, 2);
      before.blocks.gone.replaced(
        first.blocks.slice(2).map(({ header }) => header),
        [],
      );
      chain = new EmptyChain().grow(1, 1);
      await chain.store(before, 0, 2);
      const opened = await chain.open(database);
      const driver = drive(opened);
      for (let ticks = 0; ticks < 20; ticks++) driver.tick();
      const [preVote, vote] = answers(3, 2);
      assert.ok(preVote && vote);
      await driver.receive(2, preVote);
      const role = (): string => driver.status.state;
      while (role() !== "StateCandidate") await setImmediate();
      await driver.receive(2, vote);
      // Its vote for itself is on the disk, and one turn later with the core.
      while (opened.blocks.hardState.vote !== 1) await setImmediate();
      await setImmediate();
      assert.equal(driver.status.term, 3);
      assert.equal(role(), isElected ? "StateLeader" : "StateCandidate");
      await driver.stop();
      assert.deepEqual(failures, []);
    });
  }
});
