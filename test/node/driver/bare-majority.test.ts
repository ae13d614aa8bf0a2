import assert from "node:assert/strict";
import { setImmediate, setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { makeMessage } from "../../../consensus/messages.ts";
import { electionsIn } from "../../../ledger/justification.ts";
import { composeDriver } from "../../../node/driver/compose-driver.ts";
import type { Driver } from "../../../node/driver/driver.ts";
import { Mempool } from "../../../node/mempool.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import { entryOf } from "../../../node/storage/block-log.ts";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import type { ConsensusFrame } from "../../../node/wire.ts";
import { EmptyChain } from "../../support/stored-chain.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe("two of three nodes, the third gone for good", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();
  /** What node 1 had when node 3 was elected without it, and what nodes 2 and 3 had. */
  const before = new EmptyChain().grow(1, 1, 2);
  const longer = new EmptyChain().grow(1, 1, 1, 1);
  const third = longer.leaderCertificate(3, 3, [2, 3]);
  let databases: readonly Database[];
  let drivers: Map<number, Driver>;
  let failures: unknown[];
  let underWay: Promise<void>[];

  beforeEach(async () => {
    databases = [await openDatabase(newDirectory()), await openDatabase(newDirectory())];
    drivers = new Map();
    failures = [];
    underWay = [];
  });
  afterEach(async () => {
    for (const database of databases) await database.close();
  });

  async function open(number: number): Promise<OpenedChain> {
    const database = databases[number - 1];
    assert.ok(database);
    return longer.open(database, number);
  }

  function drive(number: number, opened: OpenedChain): Driver {
    const driver = composeDriver({
      identity: longer.identity(number),
      signatures: longer.context,
      opened,
      mempool: new Mempool(),
      timing: { electionTicks: 10, heartbeatTicks: 1 },
      jitterSeed: number,
      nowMs: () => longer.tip.timestampMs,
      loopTimes: () => ({ activeMs: 0, idleMs: 0 }),
      after: () => {},
      genesisTimeMs: longer.genesis.createdAtMs,
      log: silent,
      send: (to, frame) => {
        if (frame.kind !== "consensus") return;
        underWay.push(setImmediate().then(() => drivers.get(to)?.receive(number, frame)));
      },
      connected: () => new Set([1, 2]),
      onApplied: () => {},
      onFailure: (error) => failures.push(error),
    });
    drivers.set(number, driver);
    return driver;
  }

  async function stop(): Promise<void> {
    await Promise.all([...drivers.values()].map((driver) => driver.stop()));
    await Promise.all(underWay);
    assert.deepEqual(failures, []);
  }

  /** The last that is heard of node 3: its log goes on, at node 1, with another third block. */
  function lastWords(): ConsensusFrame {
    const entries = [entryOf(longer.blockAt(3))];
    const fields = { type: "MsgApp", from: 3, to: 1, term: 3, index: 2, logTerm: 1 } as const;
    const message = makeMessage({ ...fields, entries });
    const nothing = { votes: [], certificate: null, grant: null, candidacy: null, elections: [] };
    return { kind: "consensus", message, ...nothing, leadership: third };
  }

  for (const restarts of [false, true]) {
    it(`elect and certify, though one has voted for a block that is gone${restarts ? ", also after a restart" : ""}`, async () => {
      await before.store(await open(1), 2);
      await longer.store(await open(2), 2, 3);
      let first = await open(1);
      await drive(1, first).receive(3, lastWords());
      if (restarts) {
        await stop();
        first = await open(1);
        drive(1, first);
      }
      const second = await open(2);
      drive(2, second);
      const certified = () => [first, second].map(({ certifier }) => certifier.certifiedHeight);
      for (let rounds = 0; certified().some((height) => height <= longer.tip.height); rounds++) {
        assert.ok(rounds < 3000, JSON.stringify(certified()));
        for (const driver of drivers.values()) driver.tick();
        // Votes go over the disk: a tick leaves it some time.
        await setTimeout(10);
      }
      const block = first.tail.blockAt(longer.tip.height + 1);
      await stop();
      assert.ok(block);
      const { leaderCertificate } = first.blocks.block(block.height).control;
      const shown = leaderCertificate?.grants.map((grant) => [grant.voter, electionsIn(grant)]);
      assert.deepEqual(shown, [
        [1, [third]],
        [2, []],
      ]);
    });
  }
});
