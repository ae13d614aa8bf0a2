/** A street's desk as a process that is killed, on three real nodes, with the street's system behind real HTTP. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { genesisFileOf, keyFileOf } from "../../client/network/create-network.ts";
import { LocalNetwork } from "../../client/network/local-network.ts";
import { createRehearsal, officersOf } from "../../client/scenario/run-on-nodes.ts";
import { seededRandom } from "../../consensus/random.ts";
import { FaultyStreet } from "../street-faults/faulty-street.ts";
import { GRANTED_PT, STREET, StreetTown, streetScenario } from "../street-faults/street-town.ts";
import { FollowedLedger } from "../support/followed-ledger.ts";
import { PROGRAM, type Running, startProgram } from "../support/run-command.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const POINTS = 200;
const KILLS = 4;
const ASK_EVERY_MS = 100;
/** A street has 24 hours. */
const TOO_LATE_HOURS = 25;

describe("a street's desk that is killed", function () {
  this.timeout(180_000);
  const directory = makeTemporaryDirectory();
  let network: LocalNetwork;
  let ledger: FollowedLedger;
  let town: StreetTown;
  let street: FaultyStreet;
  let desk: Running | null = null;

  before(async () => {
    const scenario = streetScenario();
    const folder = join(directory.path, "network");
    await createRehearsal(scenario, folder);
    network = await LocalNetwork.open(folder, (_, error) => {
      throw error;
    });
    ledger = new FollowedLedger(network);
    town = await StreetTown.open({ scenario, ledger, officers: officersOf(folder) });
    street = await FaultyStreet.open(seededRandom(1));
    street.isHealed = true;
  });

  after(async () => {
    await stop();
    await street?.close();
    await network?.stop();
    directory.remove();
  });

  function start(): void {
    const folder = join(directory.path, "network");
    const nodes = network.nodes.flatMap(({ client }) => ["--node", client.url]);
    desk = startProgram(process.execPath, [
      ...[PROGRAM, "street", "run", "--dir", join(directory.path, "desk"), "--street", STREET],
      ...[...nodes, "--genesis", genesisFileOf(folder), "--system", street.url],
      ...["--clerk-key", keyFileOf(folder, STREET, "clerk")],
    ]);
  }

  async function stop(): Promise<void> {
    desk?.process.kill("SIGKILL");
    await desk?.done;
  }

  /** Waits until the ledger has that word on a transfer and the street has credited so much for it. */
  async function becomes(transfer: string, status: string, points: number): Promise<void> {
    const isSo = async () =>
      (await town.statusOf(transfer)) === status && street.creditedFor(transfer) === points;
    while (!(await isSo())) await delay(ASK_EVERY_MS);
  }

  it("credits and acknowledges once, whenever it is killed", async () => {
    const transfer = await town.request(0, POINTS);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      start();
      await delay(400 * kill);
      await stop();
    }
    start();
    await becomes(transfer, "ACKNOWLEDGED", POINTS);
  });

  it("cancels what the town released, because the street's answer came too late", async () => {
    await stop();
    const transfer = await town.request(1, POINTS);
    town.wait(TOO_LATE_HOURS);
    await ledger.tell();
    start();
    await becomes(transfer, "RELEASED", 0);
  });

  it("in the end the points on both sides are whole", async () => {
    const wallets = await town.wallets();
    const balances = await Promise.all(wallets.map((wallet) => town.balancePt(wallet)));
    assert.deepEqual(balances, [GRANTED_PT - POINTS, GRANTED_PT, GRANTED_PT]);
    const credited = wallets.map((wallet) => street.pointsOf(wallet));
    assert.deepEqual(credited, [POINTS, 0, 0]);
    assert.equal(await town.tillPt(), POINTS);
  });
});
