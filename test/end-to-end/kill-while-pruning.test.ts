/**
 * A real process that destroys the witness of a hundred days ago, and kill -9 while it does, again and again. In the end
 * none of it is left on the disk, and the node goes on with a whole chain.
 */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { assembleCast, type Cast, MUNICIPALITY } from "../../client/demo/cast.ts";
import { PREPARATION, SHOP } from "../../client/demo/story.ts";
import { readGenesis } from "../../client/files.ts";
import {
  createNetwork,
  genesisFileOf,
  nodeDirectory,
  nodeFileOf,
} from "../../client/network/create-network.ts";
import { localNetworkConfig } from "../../client/network/local-network.ts";
import { withFreePorts } from "../../client/network/ports.ts";
import { dailyDrafts } from "../../client/registrar/daily-work.ts";
import { LedgerClient } from "../../client/sdk/ledger-client.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import { signDraft } from "../../client/sdk/transaction-builder.ts";
import { pay } from "../../client/terminal/till.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { ByteSearch, type Secret } from "../privacy/byte-search.ts";
import { NodeChild } from "../support/node-child.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const PAYMENTS = 100;
const HUNDRED_DAYS_MS = 100 * 86_400_000;
describe("kill -9 while the witness is destroyed", function () {
  this.timeout(180_000);
  const directory = makeTemporaryDirectory();
  const signatures: Secret[] = [];
  let genesis: Genesis;
  let cast: Cast;
  let node: NodeChild;
  let client: LedgerClient;
  let nowMs = Date.now();

  before(async () => {
    const config = await withFreePorts(localNetworkConfig(1));
    createNetwork(config, directory.path, nowMs, "rehearsal");
    genesis = readGenesis(genesisFileOf(directory.path));
    node = new NodeChild(nodeFileOf(directory.path, 1));
    client = new LedgerClient(await node.start());
    cast = await assembleCast(directory.path);
    // The card was only just issued.
    nowMs = Date.now() + 1000;
    for (const step of PREPARATION) await submit((await step.sign(cast, context())).bytes);
    for (let i = 0; i < PAYMENTS; i++) await submit(await payment());
  });

  after(async () => {
    await node.kill();
    directory.remove();
  });

  const context = () => ({ networkId: networkIdOf(genesis), nowMs });
  const found = async () => {
    const files = nodeDirectory(directory.path, 1);
    const finds = await new ByteSearch(signatures).inFiles(files, () => false);
    return new Set(finds.map(({ what }) => what)).size;
  };

  it("leaves none of it, and a whole chain", async () => {
    // LevelDB cuts its log every 32 KiB: what lies across a cut is not found.
    assert.ok((await found()) > 0.9 * signatures.length);
    nowMs += HUNDRED_DAYS_MS;
    let kills = 0;
    for (let lifeMs = 0; !(await isErasedWithin(lifeMs)); lifeMs += 2) {
      await node.kill();
      kills += 1;
    }
    assert.ok(kills > 0, "it had ended before it could be killed");
    // What the wallet remembers of the payments goes too, once.
    assert.deepEqual(await dailyWork(), ["OK", "NOTHING_EXPIRED"]);
    assert.deepEqual(await dailyWork(), ["NOTHING_TO_FORGET", "NOTHING_EXPIRED"]);
    assert.equal(await node.stop(), 0);
    assert.equal(await found(), 0);
  });

  /** Starts the node, and waits so long from the moment at which it begins to erase. @returns true when it has ended. */
  async function isErasedWithin(lifeMs: number): Promise<boolean> {
    await node.stop();
    node.lines.length = 0;
    client = new LedgerClient(await node.start());
    await submit(await officersWord());
    while (!/SNAPSHOT_MADE|WITNESS_DESTROYED/.test(node.lines.join())) await delay(1);
    await delay(lifeMs);
    return /WITNESS_DESTROYED/.test(node.lines.join());
  }

  async function payment(): Promise<Uint8Array> {
    const till = {
      merchant: SHOP.merchant,
      terminal: SHOP.terminal,
      key: cast.terminalKey,
      walletOf: (certificate: Uint8Array) => cast.registrar.walletOf(certificate, nowMs),
    };
    const amount = { amountPt: 1, pin: cast.typePin() };
    const { bytes } = await pay(till, await cast.placeCard(), amount, context());
    const { id, auth } = decodeTransaction(bytes);
    for (const { kind, signature } of auth) {
      signatures.push({ what: `signature of the ${kind}, ${id}`, bytes: signature });
    }
    return bytes;
  }

  /** Anything that lets a block be made. */
  async function officersWord(): Promise<Uint8Array> {
    const budget = { fiscalYear: new Date(nowMs).getUTCFullYear(), category: "VOLUNTEER" };
    const { bytes } = await signDraft(
      {
        type: "BUDGET_APPROPRIATE",
        public: { issuer: MUNICIPALITY, ...budget, amountPt: 1 },
        private: null,
      },
      [cast.officer(MUNICIPALITY, "clerk"), cast.officer(MUNICIPALITY, "approver")],
      context(),
    );
    return bytes;
  }

  async function dailyWork(): Promise<string[]> {
    const handles = cast.registrar.handles();
    const results: string[] = [];
    const work = { municipality: MUNICIPALITY, handles, pointTypes: ["volunteer"] };
    for (const draft of dailyDrafts(work)) {
      const { bytes } = await signDraft(draft, [cast.officer(MUNICIPALITY, "clerk")], context());
      results.push(await resultOf(bytes));
    }
    return results;
  }

  async function submit(bytes: Uint8Array): Promise<void> {
    assert.equal(await resultOf(bytes), "OK");
  }

  async function resultOf(bytes: Uint8Array): Promise<string> {
    nowMs += 1000;
    await client.moveClock(nowMs);
    const { result } = await submitTransaction(bytes, { nodes: [client], genesis });
    return result;
  }
});
