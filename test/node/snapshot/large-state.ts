/**
 * A state of many wallets, made into a snapshot by one node and taken by another, on real disks: how long each step
 * takes, and how much memory.
 *
 * The state is written as it is, without transactions; all else is what nodes do.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { NO_MEMORY, WALLET } from "../../../contracts/state/state-records.ts";
import { StateTree, StateTreeEntries } from "../../../contracts/state/state-tree.ts";
import { toHex } from "../../../ledger/bytes.ts";
import type { Certificate } from "../../../ledger/certificate.ts";
import type { StateRecord } from "../../../ledger/state-chunk.ts";
import type { NodeLog } from "../../../node/logger.ts";
import { type OpenedChain, openChain } from "../../../node/open-chain.ts";
import { answerTo } from "../../../node/snapshot/answerer.ts";
import { Intake } from "../../../node/snapshot/intake.ts";
import { makeSnapshot } from "../../../node/snapshot/make-snapshot.ts";
import type { Manifest } from "../../../node/snapshot/manifest.ts";
import { entryOf } from "../../../node/storage/block-log.ts";
import { KEYS } from "../../../node/storage/buckets.ts";
import { type Database, openDatabase } from "../../../node/storage/database.ts";
import { bytes32, ChainBuilder } from "../../support/chain-builder.ts";

/** Number of the node that takes. */
const TAKER = 2;
/** Records written at one go. */
const RECORDS_AT_ONCE = 5000;

/** A step and what it took. */
export interface Measured {
  readonly step: string;
  readonly seconds: number;
  /** Resident memory at its end, MB. */
  readonly residentMb: number;
  /** The longest that the event loop was held up meanwhile, ms: a heartbeat waits no longer. */
  readonly heldUpMs: number;
}

/** Makes, fetches and takes the snapshot of a state, then starts on it. @throws when the outcome is not that state. */
export async function measureLargeState(
  directory: string,
  size: { readonly wallets: number; readonly blocks: number },
  tell: (measured: Measured) => void,
): Promise<void> {
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const watch = watchEventLoop();
    const startMs = performance.now();
    const result = await work();
    const seconds = (performance.now() - startMs) / 1000;
    const residentMb = Math.round(process.memoryUsage().rss / 1e6);
    tell({ step, seconds, residentMb, heldUpMs: watch() });
    return result;
  };
  const chain = new ChainBuilder();
  const giverDatabase = await openDatabase(join(directory, "giver"));
  await timed("write the state", () => fill(giverDatabase, chain, size));
  const giver = await timed("start on it", () => open(chain, giverDatabase, 1));
  const certificate = chain.certificate(chain.tip.height);
  const manifest = await timed("make the snapshot", () => snapshotOf(giver, certificate));
  const taker = await open(chain, await openDatabase(join(directory, "taker")), TAKER);
  const intake = intakeFrom(chain, taker, giver, manifest);
  await timed("fetch and check it", async () => {
    assert.equal(intake.offered(1), null);
    await intake.rest();
  });
  assert.ok(intake.arrived, "nothing has arrived");
  intake.use(chain.tip.height);
  await timed("put it in place", () => intake.settle(null));
  await timed("clear up", () => intake.stop());
  await giver.database.close();
  await taker.database.close();
  const database = await openDatabase(join(directory, "taker"));
  const again = await timed("start on what was taken", () => open(chain, database, TAKER));
  assert.deepEqual(again.chain.applied.tip.hash, chain.tip.hash);
  assert.deepEqual(again.chain.applied.tree.root, giver.chain.applied.tree.root);
  await database.close();
}

/** Writes wallets and a chain of empty blocks whose last one has that state. */
async function fill(
  database: Database,
  chain: ChainBuilder,
  { wallets, blocks }: { readonly wallets: number; readonly blocks: number },
): Promise<void> {
  const empty = await open(chain, database, 1);
  const entries = new StateTreeEntries();
  for await (const [key, value] of empty.store.entries()) entries.add(key, value);
  for (let first = 0; first < wallets; first += RECORDS_AT_ONCE) {
    const batch = database.batch();
    for (let i = first; i < Math.min(wallets, first + RECORDS_AT_ONCE); i++) {
      const [key, value] = wallet(i);
      entries.add(key, value);
      batch.put(KEYS.state(key), value);
    }
    await batch.write({ sync: false });
  }
  const stateRoot = StateTree.ofEntries(entries).root;
  for (let i = 0; i < blocks; i++) {
    const block = chain.append({ header: { stateRoot } });
    const hardState = { term: 1, vote: 0, commit: chain.tip.height };
    await empty.blocks.append({ entries: [entryOf(block)], hardState, certificate: null });
    await empty.store.apply(chain.tip, [], []);
  }
}

function wallet(number: number): StateRecord {
  const handle = toHex(bytes32(`wallet ${number}`));
  const lot = {
    number: 1,
    issuer: "131164",
    pointType: "health",
    category: "HEALTH",
    amountPt: 1000,
    remainingPt: 1000,
    issuedOn: "2026-10-01",
    expiresOn: "2027-03-31",
    origin: "GRANT",
    consideration: "NONE",
    restrictedTo: [],
    perUseCapPt: 25_000,
  } as const;
  return [
    WALLET.key(handle).text,
    WALLET.encode({
      municipality: "131164",
      cardCommit: bytes32(`card ${number}`),
      status: "ACTIVE",
      isFrozen: false,
      statusAsOfMs: 0,
      nextLot: 2,
      lots: [lot],
      ...NO_MEMORY,
    }),
  ];
}

function open(chain: ChainBuilder, database: Database, number: number): Promise<OpenedChain> {
  return openChain({
    database,
    genesis: chain.genesis,
    signatures: chain.context,
    identity: chain.identity(number),
    verifyTransactions: async (transactions) => transactions.map(() => true),
    nowMs: () => chain.tip.timestampMs,
    check: "recent",
  });
}

async function snapshotOf(
  { database, store, chain }: OpenedChain,
  certificate: Certificate,
): Promise<Manifest> {
  const { block } = chain.applied;
  assert.ok(block);
  const { header, headerBytes, hash } = block;
  const view = database.view();
  const of = { header, headerBytes, hash, certificate };
  const isCalledOff = () => false;
  const manifest = await makeSnapshot({ database, store, view, block: of, isCalledOff });
  await view.close();
  assert.ok(manifest);
  return manifest;
}

/** What one node asks the other answers at once, as on a network without delay. */
function intakeFrom(
  chain: ChainBuilder,
  taker: OpenedChain,
  { database, blocks }: OpenedChain,
  manifest: Manifest,
): Intake {
  const fail = (code: string, facts: object = {}) =>
    assert.fail(`${code} ${JSON.stringify(facts)}`);
  const ignore = () => undefined;
  const log: NodeLog = { debug: ignore, info: ignore, warn: fail, error: fail };
  const intake = new Intake({
    ...taker,
    self: TAKER,
    signatures: chain.context,
    send: (to, question) => {
      const answer = answerTo({ database, blocks, offered: manifest }, question);
      setImmediate(() => intake.answered(to, answer));
    },
    members: () => [1],
    patienceTicks: 1,
    log,
    onFailure: (error) => {
      throw error;
    },
  });
  return intake;
}

/** Watches how late timers come. @returns stops, and says the longest delay, ms. */
function watchEventLoop(): () => number {
  let lastMs = performance.now();
  let longestMs = 0;
  const look = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  };
  const timer = setInterval(look, 5);
  return () => {
    clearInterval(timer);
    look();
    return Math.round(longestMs);
  };
}
