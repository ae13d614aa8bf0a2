/** A municipality that nobody knows sets itself up on a network of three real nodes, in one sitting, by commands. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { readKeyFile } from "../../client/files.ts";
import { keyFileOf } from "../../client/network/create-network.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { SignedSteps } from "../../client/set-up/signed-steps.ts";
import { readTown } from "../../client/set-up/town-file.ts";
import { stepsOf } from "../../client/set-up/town-steps.ts";
import { civilDateAt, fiscalYearOf } from "../../contracts/fields/dates.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { PROGRAM, runCommand, startProgram } from "../support/run-command.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const TOWN = "142051";
const GOVERNING = ["131164", "072028"];

describe("a municipality", function () {
  this.timeout(180_000);
  const folder = makeTemporaryDirectory();
  let network: LocalNetwork;
  let nodes: string[];

  before(async () => {
    await ensureLocalNetwork(join(folder.path, "net"), 3);
    network = await LocalNetwork.open(join(folder.path, "net"), (_, error) => {
      throw error;
    });
    nodes = network.nodes.flatMap(({ client }) => ["--node", client.url]);
    await fillIn();
  });

  after(async () => {
    await network?.stop();
    folder.remove();
  });

  async function run(...args: readonly string[]) {
    const { code, stdout } = await runCommand([...args, "--json"], folder.path);
    return { code, answer: JSON.parse(stdout) };
  }

  const setUp = (...args: readonly string[]) =>
    run("municipality", "set-up", "town.yaml", ...args, ...nodes);

  /** Keys of four officers, and the template with their public halves. */
  async function fillIn() {
    await run("municipality", "template", "--out", "town.yaml");
    const file = join(folder.path, "town.yaml");
    let text = readFileSync(file, "utf8").replaceAll(
      "年度: 2026",
      `年度: ${fiscalYearOf(civilDateAt(Date.now()))}`,
    );
    for (const [i, name] of ["clerk", "approver", "registrar", "accountant"].entries()) {
      const { answer } = await run("key", "create", "--out", `${name}.key`);
      text = text.replace(`${i + 1}`.padStart(64, "0"), answer.publicKey);
    }
    writeFileSync(file, text);
  }

  const budget = (category: string) =>
    network.nodes[0]?.client.budget(TOWN, fiscalYearOf(civilDateAt(Date.now())), category);

  it("that is no member gets what the consortium is to sign", async () => {
    const { code, answer } = await setUp();
    assert.deepEqual([code, answer.member], [1, false]);
    const governors = GOVERNING.flatMap((organisation) => [
      "--key",
      keyFileOf(join(folder.path, "net"), organisation, "governor"),
    ]);
    const genesis = ["--genesis", join(folder.path, "net", "genesis.json")];
    const signed = "admit.transaction";
    const sign = ["governance", "sign", answer.admission, ...governors, ...genesis];
    assert.equal((await run(...sign, "--out", signed)).code, 0);
    assert.equal((await run("submit", signed, ...nodes)).code, 0);
  });

  it("sees what it is about to do, and nothing is sent", async () => {
    const { code, answer } = await setUp();
    assert.deepEqual([code, answer.steps.length], [0, 7]);
    await assert.rejects(async () => budget("VOLUNTEER"), { code: "NOT_FOUND" });
  });

  it("takes two persons, each with the key that the file names", async () => {
    const early = await setUp("--approver", "approver.key");
    assert.deepEqual([early.code, early.answer.code], [1, "SET_UP_UNSIGNED"]);
    const other = await setUp("--clerk", "approver.key");
    assert.deepEqual([other.code, other.answer.code], [1, "USAGE"]);
    const { code, answer } = await setUp("--clerk", "clerk.key");
    const signed = answer.steps.map((step: { readonly signed: boolean }) => step.signed);
    assert.deepEqual([code, signed], [0, Array(7).fill(true)]);
  });

  it("goes on where it was killed, and counts every budget once", async () => {
    const approve = ["--approver", "approver.key"];
    const command = ["municipality", "set-up", "town.yaml", ...approve, ...nodes];
    const approving = startProgram(process.execPath, [PROGRAM, ...command], folder.path);
    approving.process.stdout.on("data", (text) => {
      if (String(text).includes("budget-appropriate")) approving.process.kill("SIGKILL");
    });
    await approving.done;
    for (let sitting = 0; sitting < 2; sitting += 1) {
      const { code, answer } = await setUp(...approve);
      assert.deepEqual([code, answer.isReady], [0, true], JSON.stringify(answer));
    }
    assert.equal((await budget("VOLUNTEER"))?.appropriatedPt, 1_000_000);
    assert.equal((await budget("HEALTH"))?.appropriatedPt, 500_000);
    const type = await network.nodes[1]?.client.pointType(TOWN, "volunteer");
    assert.deepEqual([type?.nameJa, type?.perGrantCapPt], ["ボランティアポイント", 1000]);
  });

  it("has what was signed too long ago signed again, all at one go", async () => {
    const file = join(folder.path, "town.yaml");
    const shops = ["tea", "rice"].map((id) => `  - {略称: ${id}, 名前: 店, 英語名: Shop}\n`);
    writeFileSync(file, `${readFileSync(file, "utf8")}${shops.join("")}`);
    const signed = new SignedSteps(`${file}.steps`, networkIdOf(network.genesis));
    const clerk = readKeyFile(join(folder.path, "clerk.key"));
    const added = stepsOf(readTown(readFileSync(file, "utf8"), file)).slice(-2);
    for (const step of added) await signed.sign(step, clerk, Date.now() - 25 * 3_600_000);
    const late = await setUp("--approver", "approver.key");
    const results = late.answer.steps.map((step: { readonly result: string }) => step.result);
    assert.deepEqual(results.slice(-3), ["OK", "EXPIRED", "EXPIRED"]);
    assert.deepEqual([late.code, added.some((step) => signed.has(step))], [1, false]);
    const again = await setUp("--clerk", "clerk.key", "--approver", "approver.key");
    assert.deepEqual([again.code, again.answer.isReady], [0, true], JSON.stringify(again.answer));
  });

  it("refuses a file that says something else than what was signed or done", async () => {
    const file = join(folder.path, "town.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("額: 500000", "額: 900000"));
    const changed = await setUp("--approver", "approver.key");
    assert.equal(changed.answer.code, "SET_UP_DIFFERS");
    // A folder that was lost: budgets are not added a second time.
    writeFileSync(file, text);
    const lost = await setUp("--clerk", "clerk.key", "--dir", "lost");
    assert.equal(lost.answer.code, "SET_UP_DIFFERS");
  });
});
