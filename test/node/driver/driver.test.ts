import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { makeMessage } from "../../../consensus/messages.ts";
import { membershipHash } from "../../../ledger/membership.ts";
import { composeDriver } from "../../../node/driver/compose-driver.ts";
import type { Driver } from "../../../node/driver/driver.ts";
import { Mempool } from "../../../node/mempool.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import type { ConsensusFrame } from "../../../node/wire.ts";
import { EmptyChain } from "../../support/stored-chain.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe("a node's driver", () => {
  const newDirectory = temporaryDirectories();
  let chain: EmptyChain;
  let database: Database;
  let failures: unknown[];

  beforeEach(async () => {
    chain = new EmptyChain().grow(1, 1, 1);
    database = await openDatabase(newDirectory());
    failures = [];
  });
  afterEach(() => database.close());

  function drive(opened: OpenedChain): Driver {
    return composeDriver({
      identity: chain.identity(1),
      signatures: chain.context,
      opened,
      mempool: new Mempool(),
      timing: { electionTicks: 10, heartbeatTicks: 1 },
      jitterSeed: 1,
      nowMs: () => chain.tip.timestampMs,
      genesisTimeMs: chain.genesis.createdAtMs,
      log: silent,
      send: () => {},
      onApplied: () => {},
      onFailure: (error) => failures.push(error),
    });
  }

  /** Node 2 asks for a vote, from the same log. */
  function candidacy(term: number): ConsensusFrame {
    const { height: index, term: logTerm, hash: lastHash } = chain.tip;
    const fields = { type: "MsgVote", from: 2, to: 1, term, index, logTerm } as const;
    const message = makeMessage(fields);
    const nothing = { votes: [], certificate: null, grant: null, leadership: null };
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
});
