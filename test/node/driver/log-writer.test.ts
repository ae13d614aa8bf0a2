import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { NO_MEMBERS } from "../../../consensus/membership.ts";
import { type Message, type MessageFields, makeMessage } from "../../../consensus/messages.ts";
import { LOCAL_APPEND_THREAD } from "../../../consensus/types.ts";
import { decodeCertificate } from "../../../ledger/block.ts";
import { membershipHash } from "../../../ledger/membership.ts";
import { Elections } from "../../../node/chain/elections.ts";
import { DiskWatch } from "../../../node/driver/disk-watch.ts";
import { type DurableResponse, LogWriter } from "../../../node/driver/log-writer.ts";
import type { OpenedChain } from "../../../node/open-chain.ts";
import { entryOf, type LogAppend } from "../../../node/storage/block-log.ts";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import { EmptyChain } from "../../support/stored-chain.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("the log writer", () => {
  const newDirectory = temporaryDirectories();
  let chain: EmptyChain;
  let database: Database;
  let opened: OpenedChain;
  let elections: Elections;
  let writer: LogWriter;
  let events: string[];
  let answers: DurableResponse[];

  beforeEach(async () => {
    chain = new EmptyChain().grow(1, 2, 2, 2);
    database = await openDatabase(newDirectory());
    opened = await chain.open(database, 2);
    const justify = () => new Uint8Array();
    elections = new Elections(chain.context, chain.identity(2), opened.memberships, justify);
    [events, answers] = [[], []];
    const { blocks, certifier } = opened;
    const append = blocks.append.bind(blocks);
    blocks.append = async (what: LogAppend) => {
      await append(what);
      events.push(`durable: ${what.entries.map(({ index }) => index)}`);
    };
    writer = new LogWriter({
      self: 2,
      blocks,
      certifier,
      elections,
      disk: new DiskWatch(1),
      settleSnapshot: async (hardState) => {
        events.push(`snapshot, commit ${hardState?.commit}`);
      },
      deliver: (response) => {
        events.push(`${response.message.type} ${response.message.index}`);
        answers.push(response);
      },
    });
  });
  afterEach(() => database.close());

  /** An order of the core to write blocks in a term, with the acknowledgement that rests on it. */
  function order(term: number, heights: readonly number[], fields: Partial<Message> = {}): void {
    const blocks = heights.map((height) => chain.blockAt(height));
    const acknowledgement = { type: "MsgAppResp", from: 2, to: 1, term } as const;
    const index = heights.at(-1) ?? 0;
    const message = makeMessage({
      type: "MsgStorageAppend",
      from: 2,
      to: LOCAL_APPEND_THREAD,
      entries: blocks.map(entryOf),
      responses: [makeMessage({ ...acknowledgement, index })],
      ...fields,
    });
    writer.write(
      message,
      heights.map((height) => chain.tipAt(height)),
    );
  }

  const voted = () => answers.map(({ votes }) => votes.map(({ height }) => height));

  it("answers after the disk has it, several writes at once, in order", async () => {
    order(2, [1, 2], { term: 2, vote: 1 });
    order(2, [3]);
    const run = writer.run();
    assert.deepEqual(events, []);
    order(2, [4]);
    await run;
    assert.deepEqual(events, [
      "durable: 1,2,3",
      "MsgAppResp 2",
      "MsgAppResp 3",
      "durable: 4",
      "MsgAppResp 4",
    ]);
  });

  it("makes a snapshot last after what was asked for before it, and before what comes after it", async () => {
    const snapshot = { index: 3, term: 2, confState: NO_MEMBERS, data: new Uint8Array() };
    order(2, [1, 2], { term: 2, vote: 1 });
    order(2, [], { snapshot, term: 2, vote: 1, commit: 3 });
    order(2, [4]);
    await writer.run();
    assert.deepEqual(events, [
      "durable: 1,2",
      "snapshot, commit 3",
      "durable: 4",
      "MsgAppResp 2",
      "MsgAppResp 0",
      "MsgAppResp 4",
    ]);
  });

  it("votes with each acknowledgement for every block of the own term, and no other (R1, R4)", async () => {
    order(2, [1, 2, 3], { term: 2, vote: 1 });
    order(2, [4]);
    await writer.run();
    assert.deepEqual(voted(), [
      [2, 3],
      [2, 3, 4],
    ]);
  });

  it("votes for nothing when the term has passed by the time the disk has it", async () => {
    order(2, [1, 2], { term: 2, vote: 1 });
    order(3, [], { term: 3, vote: 3 });
    await writer.run();
    assert.deepEqual(voted(), [[], []]);
  });

  it("lets a rejection go without votes, and writes nothing for it", async () => {
    const rejection: MessageFields = { type: "MsgAppResp", to: 1, term: 2, reject: true };
    order(2, [], { responses: [makeMessage(rejection)] });
    await writer.run();
    assert.deepEqual(events, ["MsgAppResp 0"]);
    assert.deepEqual(voted(), [[]]);
  });

  it("signs a grant when it is durable, as it was given", async () => {
    const { term, height, hash } = chain.tip;
    const position = { term, height, hash };
    const claim = { position, membershipHash: membershipHash(chain.membership) };
    elections.requested({ term: 5, candidate: 3, ...claim });
    elections.granted(5, 3, position);
    const granted = makeMessage({ type: "MsgVoteResp", from: 2, to: 3, term: 5 });
    order(5, [], { term: 5, vote: 3, responses: [granted] });
    await writer.run();
    assert.deepEqual(events, ["durable: ", "MsgVoteResp 0"]);
    assert.deepEqual(answers[0]?.grant, elections.grant(5, 3));
    assert.equal(opened.blocks.hardState.vote, 3);
  });

  it("stores the highest certificate with the next write, but none whose block it has not", async () => {
    const stored = () => {
      const bytes = opened.blocks.storedCertificate();
      return bytes === undefined ? 0 : decodeCertificate(bytes).height;
    };
    order(2, [1, 2, 3], { term: 2, vote: 1 });
    await writer.run();
    for (const height of [1, 2, 3, 4]) opened.tail.put(await linkAt(height));
    for (const height of [3, 4]) {
      opened.certifier.adopt(chain.certificate(height), opened.tail.blockAt);
      order(2, [], { term: 2, vote: 1, commit: height });
      await writer.run();
      assert.equal(stored(), 3);
    }
    order(2, [4]);
    await writer.run();
    assert.equal(stored(), 4);
  });

  it("promises nothing more for a commit index alone, and does not forget it", async () => {
    order(2, [1, 2], { term: 2, vote: 1 });
    await writer.run();
    const promise = () => Buffer.from(database.promise() ?? []).toString("hex");
    const before = promise();
    order(2, [], { term: 2, vote: 1, commit: 1 });
    await writer.run();
    assert.equal(promise(), before);
    assert.equal(opened.blocks.hardState.commit, 1);
    order(2, [3]);
    await writer.run();
    assert.notEqual(promise(), before);
    assert.equal(opened.blocks.hardState.commit, 1);
  });

  it("fails when the disk fails, and answers nothing", async () => {
    opened.blocks.append = async () => {
      throw new Error("no space left on device");
    };
    order(2, [1], { term: 2, vote: 1 });
    await assert.rejects(writer.run(), /no space/);
    assert.deepEqual(answers, []);
  });

  it("answers nothing that was asked for after a write that failed", async () => {
    const append = opened.blocks.append.bind(opened.blocks);
    opened.blocks.append = async (what: LogAppend) => {
      if (what.hardState !== null) throw new Error("no space left on device");
      await append(what);
    };
    order(5, [], { term: 5, vote: 3 });
    const run = writer.run();
    // Asked again, the core has nothing new to write.
    order(5, []);
    await assert.rejects(run, /no space/);
    await assert.rejects(writer.run(), /no space/);
    assert.deepEqual(answers, []);
  });

  async function linkAt(height: number) {
    return opened.chain.replay(opened.tail.last, chain.blockAt(height));
  }
});
