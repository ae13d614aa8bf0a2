import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { checkTransaction } from "../../../contracts/check-transaction.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import type { ChainLink } from "../../../node/chain/chain-link.ts";
import { BlockProducer } from "../../../node/driver/block-producer.ts";
import type { LoopTimes } from "../../../node/driver/rest.ts";
import { AT_MS, LedgerWorld, type Overrides, VALID_MS } from "../../support/ledger-world.ts";
import { StillNode } from "../../support/still-node.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("a leader's block producer", () => {
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();
  let node: StillNode;
  let producer: BlockProducer;
  let proposed: ChainLink[];
  let nowMs: number;
  let term: number | null;
  let isTaken: boolean;
  let codes: string[];
  /** How long the event loop has worked and waited. */
  let times: LoopTimes;
  /** What is to be done later, and when, ms from then. */
  let later: { delayMs: number; work: () => void }[];

  beforeEach(async () => {
    node = await StillNode.open(world, newDirectory());
    await node.add();
    [proposed, nowMs, term, isTaken, codes, later] = [[], AT_MS, 1, true, [], []];
    times = { activeMs: 0, idleMs: 0 };
    const line = (code: string) => codes.push(code);
    const { chain, tail, certifier } = node.opened;
    producer = new BlockProducer({
      chain,
      tail,
      mempool: node.mempool,
      certifier,
      nowMs: () => nowMs,
      loopTimes: () => times,
      after: (delayMs, work) => later.push({ delayMs, work }),
      log: { debug: line, info: line, warn: line, error: line },
      leadingTerm: () => term,
      propose: (link) => {
        if (!isTaken) return false;
        proposed.push(link);
        tail.put(link);
        return true;
      },
      wake: () => void producer.run(),
    });
  });
  afterEach(() => node.close());

  function wait(type: string, overrides: Overrides = {}): string {
    const source = decodeTransaction(world.sample(type, overrides));
    node.mempool.add(checkTransaction(source, world.networkId));
    return source.id;
  }

  const ids = () => proposed.map(({ transactions }) => transactions.map(({ id }) => id));

  it("puts what waits into one block, in order, and each once", async () => {
    const waiting = [wait("ISSUER_OPEN"), wait("POINT_TYPE_DEFINE")];
    await Promise.all([producer.run(), producer.run()]);
    assert.deepEqual(ids(), [waiting]);
    assert.deepEqual(proposed[0]?.block?.results, ["OK", "OK"]);
  });

  it("makes nothing while it does not lead", async () => {
    term = null;
    wait("ISSUER_OPEN");
    await producer.run();
    assert.equal(proposed.length, 0);
    term = 2;
    await producer.run();
    assert.equal(proposed.length, 0, "the term's first block is not there");
    term = 1;
    await producer.run();
    assert.equal(proposed.length, 1);
  });

  it("gathers what comes while a block is under way, and makes few blocks ahead", async () => {
    const waitMany = (count: number) => {
      for (let i = 0; i < count; i++) wait("ISSUER_OPEN");
    };
    wait("ISSUER_OPEN");
    await producer.run();
    waitMany(499);
    await producer.run();
    assert.equal(proposed.length, 1, "not worth a block yet");
    for (let i = 0; i < 4; i++) {
      wait("ISSUER_OPEN");
      await producer.run();
      if (i < 3) waitMany(499);
    }
    assert.deepEqual(
      proposed.map(({ transactions }) => transactions.length),
      [1, 500, 500, 500],
    );
  }).timeout(60_000);

  it("rests while its event loop was busy, unless hundreds wait", async () => {
    const first = wait("ISSUER_OPEN");
    times = { activeMs: 48, idleMs: 36 };
    await producer.run();
    await producer.run();
    assert.deepEqual(ids(), []);
    assert.deepEqual(
      later.map(({ delayMs }) => delayMs),
      [12],
    );
    times = { activeMs: 48, idleMs: 48 };
    later[0]?.work();
    await producer.run();
    assert.deepEqual(ids(), [[first]]);
  });

  it("keeps what is not taken, and what may not be in a block yet or any more", async () => {
    const early = wait("ISSUER_OPEN", { createdAtMs: AT_MS + 40_000 });
    await producer.run();
    assert.deepEqual(ids(), []);
    nowMs = AT_MS + 20_000;
    isTaken = false;
    await producer.run();
    assert.deepEqual(ids(), []);
    isTaken = true;
    await producer.run();
    assert.deepEqual(ids(), [[early]]);
  });

  it("ends what has expired with one empty block", async () => {
    wait("ISSUER_OPEN");
    nowMs = AT_MS + VALID_MS;
    term = null;
    await producer.run();
    [nowMs, term] = [AT_MS + VALID_MS + 1, 1];
    await producer.run();
    await producer.run();
    assert.deepEqual(ids(), [[]]);
    assert.equal(proposed[0]?.tip.timestampMs, nowMs);
  });

  it("leaves out a transaction on which a rule breaks, and goes on with the others", async () => {
    const { chain } = node.opened;
    const build = chain.build.bind(chain);
    const waiting = ["ISSUER_OPEN", "POINT_TYPE_DEFINE", "MERCHANT_REGISTER"].map((type) =>
      wait(type),
    );
    const [first, culprit, last] = waiting;
    chain.build = (draft, prefetched) => {
      if (draft.transactions.some(({ source }) => source.id === culprit))
        throw new TypeError("bug");
      return build(draft, prefetched);
    };
    await producer.run();
    assert.deepEqual(ids(), [[first, last]]);
    assert.deepEqual(codes, ["TRANSACTION_NOT_EXECUTED"]);
    assert.ok(culprit !== undefined && node.mempool.isPending(culprit));
  });
});
