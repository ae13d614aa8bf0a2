/** The desk of an event on a network of three real nodes: every visitor once, also when the desk loses its power. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { loadSoftwareCard, saveSoftwareCard } from "../../client/card/software-card-state.ts";
import { MUNICIPALITY, PIN } from "../../client/demo/cast.ts";
import { type Practice, setUpPractice } from "../../client/demo/practice.ts";
import { readKeyFile } from "../../client/files.ts";
import { keyFileOf } from "../../client/network/create-network.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import { officer, signDraft } from "../../client/sdk/transaction-builder.ts";
import { WORDS } from "../../client/terminal/screens.ts";
import { openTerminal } from "../../client/terminal/terminal-folder.ts";
import { civilDateAt, fiscalYearOf } from "../../contracts/fields/dates.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { FAULTS } from "../../ledger/faults.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { PROGRAM, type Running, startProgram } from "../support/run-command.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const POINT_TYPE = "volunteer";
const VISIT_PT = 100;
const DAY_MS = 86_400_000;

describe("the desk of an event", function () {
  this.timeout(180_000);
  const folder = makeTemporaryDirectory();
  let network: LocalNetwork;
  let practice: Practice;

  before(async () => {
    await ensureLocalNetwork(folder.path, 3);
    network = await LocalNetwork.open(folder.path, (_, error) => {
      throw error;
    });
    practice = await setUpPractice(network, folder.path, () => undefined);
  });

  after(async () => {
    await network?.stop();
    folder.remove();
  });

  async function openEvent(campaign: string): Promise<void> {
    const nowMs = Date.now();
    const terms = {
      issuer: MUNICIPALITY,
      pointType: POINT_TYPE,
      campaign,
      fiscalYear: fiscalYearOf(civilDateAt(nowMs)),
      budgetCategory: "VOLUNTEER",
      nameJa: "川の清掃",
      nameEn: "River clean-up",
      trigger: "CHECKIN",
      rateBp: 10_000,
      checkinPt: VISIT_PT,
      opensAtMs: 0,
      walletCapPt: VISIT_PT,
      dayCapPt: 10 * VISIT_PT,
      totalCapPt: 10 * VISIT_PT,
      closesAtMs: nowMs + DAY_MS / 24,
      restrictedTo: [],
      premiumExpiresOn: null,
    };
    const { genesis, nodes } = network;
    const signers = (["clerk", "approver"] as const).map((role) =>
      officer(readKeyFile(keyFileOf(folder.path, MUNICIPALITY, role))),
    );
    const draft = { type: "CAMPAIGN_OPEN", public: terms, private: null };
    const context = { networkId: networkIdOf(genesis), nowMs };
    const { bytes } = await signDraft(draft, signers, context);
    const clients = nodes.map(({ client }) => client);
    const { result } = await submitTransaction(bytes, { nodes: clients, genesis });
    assert.equal(result, ACCEPTED);
  }

  function openDesk(event: string): Running {
    const { dir, card } = practice;
    const desk = ["terminal", "check-in", "--dir", dir, "--event", `${POINT_TYPE}/${event}`];
    return startProgram(process.execPath, [PROGRAM, ...desk, "--card", card, "--pin", PIN]);
  }

  async function given(campaign: string): Promise<number> {
    const name = { issuer: MUNICIPALITY, pointType: POINT_TYPE, campaign };
    const [node] = network.nodes;
    assert.ok(node !== undefined);
    return (await node.client.campaign(name)).premiumPt;
  }

  it("checks a resident in once, and tells him so when he comes again", async () => {
    await openEvent("river-1");
    const desk = openDesk("river-1");
    desk.process.stdin.end("\n\n");
    const { code, stdout } = await desk.done;
    assert.equal(code, 0, stdout);
    assert.ok(stdout.includes("川の清掃") && stdout.includes(WORDS.VISITED.ja), stdout);
    assert.ok(stdout.includes(FAULTS.ALREADY_CHECKED_IN.counter.ja), stdout);
    assert.equal(await given("river-1"), VISIT_PT);
  });

  it("killed with a visitor at the desk, finds out at the next start, and gives nothing twice", async () => {
    await openEvent("river-2");
    const fresh = loadSoftwareCard(practice.card);
    for (const delayMs of [0, 20, 60, 150]) {
      const desk = openDesk("river-2");
      const shown = shows(desk, WORDS.HOLD_CARD.ja);
      desk.process.stdin.end("\n");
      await shown;
      await delay(delayMs);
      desk.process.kill("SIGKILL");
      await desk.done;
      const again = openDesk("river-2");
      again.process.stdin.end();
      assert.equal((await again.done).code, 0);
      assert.equal(openTerminal(practice.dir).journal.pending(), null);
      // Killed with the desk between its counting a try and its comparing the PIN, a card keeps the lower count.
      saveSoftwareCard(practice.card, fresh);
    }
    const desk = openDesk("river-2");
    desk.process.stdin.end("\n");
    await desk.done;
    assert.equal(await given("river-2"), VISIT_PT);
  });
});

/** Resolves when the program has shown the text, or has ended. */
function shows({ process: program, done }: Running, text: string): Promise<unknown> {
  let shown = "";
  const seen = new Promise<void>((resolve) => {
    program.stdout.on("data", (piece) => {
      shown += piece;
      if (shown.includes(text)) resolve();
    });
  });
  return Promise.race([seen, done]);
}
