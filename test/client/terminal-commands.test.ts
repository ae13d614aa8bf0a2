/** The terminal's commands, as processes; their ledger is made by the test. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { saveSoftwareCard } from "../../client/card/software-card-state.ts";
import { Journal } from "../../client/terminal/journal.ts";
import { openTerminal } from "../../client/terminal/terminal-folder.ts";
import { TerminalKey } from "../../client/terminal/terminal-key.ts";
import { civilDateAt } from "../../contracts/fields/dates.ts";
import { genesisText } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { CounterBench } from "../support/counter-bench.ts";
import { fakeNodes } from "../support/fake-node.ts";
import { LedgerServer } from "../support/ledger-server.ts";
import { AT_MS } from "../support/ledger-world.ts";
import { PROGRAM, type Running, runCommand, startProgram } from "../support/run-command.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

describe("terminal commands", function () {
  this.timeout(60_000);
  const folder = makeTemporaryDirectory();
  const startNode = fakeNodes();
  const running: Running[] = [];
  let bench: CounterBench;
  let ledger: LedgerServer;
  let node: string;
  let count = 0;

  before(async () => {
    bench = await CounterBench.make();
    writeFileSync(join(folder.path, "genesis.json"), genesisText(bench.world.genesis));
    saveSoftwareCard(join(folder.path, "card"), bench.cardState);
    writeFileSync(join(folder.path, "ca.pem"), bench.cardState.auth.caCertificatePem);
  });

  beforeEach(async () => {
    ledger = new LedgerServer(bench.world);
    node = await startNode(ledger.honest);
    count += 1;
  });

  afterEach(() => {
    for (const { process: child } of running.splice(0)) child.kill("SIGKILL");
  });

  after(() => folder.remove());

  const run = (...args: string[]) => runCommand([...args, "--json"], folder.path);

  function start(...args: string[]): Running {
    const terminal = startProgram(process.execPath, [PROGRAM, ...args], folder.path);
    running.push(terminal);
    return terminal;
  }

  /** A terminal of the shop in a folder of its own, which it gives back. */
  async function enrol(): Promise<string> {
    const dir = `terminal-${count}`;
    const shop = ["--merchant", "museum", "--name-ja", "郷土資料館", "--name-en", "City Museum"];
    const trust = ["--genesis", "genesis.json", "--registrar-file", "registrar.json"];
    const cards = ["--anchor", "ca.pem", "--issuer", "131164", "--node", node];
    const { code, stdout } = await run(
      ...["terminal", "enrol", "--dir", dir],
      ...shop,
      ...trust,
      ...cards,
    );
    assert.equal(code, 0, stdout);
    return dir;
  }

  it("enrol makes a key and the draft that registers it, once", async () => {
    const dir = await enrol();
    const { till, settings } = openTerminal(join(folder.path, dir));
    const draft = JSON.parse(
      readFileSync(join(folder.path, dir, "terminal-register.json"), "utf8"),
    );
    assert.deepEqual(
      [draft.type, draft.public.merchant, draft.public.terminal],
      ["TERMINAL_REGISTER", "museum", "museum-1"],
    );
    assert.deepEqual([till.terminal, settings.nameJa], ["museum-1", "郷土資料館"]);
    assert.equal(draft.public.publicKey.length, 2 * 268);
    await assert.rejects(enrol(), /FILE_EXISTS/);
  });

  it("doctor looks at the terminal, its nodes and its journal", async () => {
    const dir = await enrol();
    const { stdout } = await run("doctor", "--terminal", dir);
    const { findings } = JSON.parse(stdout);
    const told = new Map(
      findings.map((one: { check: string; ok: boolean }) => [one.check, one.ok]),
    );
    assert.deepEqual(
      ["TERMINAL", "JOURNAL"].map((check) => told.get(check)),
      [true, true],
    );
    // The test's ledger has no network to show.
    assert.equal(told.get("NODE"), false);
    const { stdout: other } = await run("doctor", "--terminal", "nowhere");
    assert.equal(JSON.parse(other).findings[0].code, "FILE_UNREADABLE");
  });

  it("today lists what was paid, and says when a payment is not decided", async () => {
    const dir = await enrol();
    const journal = new Journal(join(folder.path, dir, "journal"), bench.world.networkId);
    const id = (digit: string) => digit.repeat(32);
    const entry = { amountPt: 250, outcome: "PAID", atMs: AT_MS, height: 7 } as const;
    journal.end({ ...entry, id: id("1") });
    journal.end({ ...entry, id: id("2"), outcome: "REFUSED" });
    journal.begin(bench.world.pay(30));
    const { stdout } = await run("terminal", "today", "--dir", dir, "--date", civilDateAt(AT_MS));
    const { payments, totalPt, entries, isUndecided } = JSON.parse(stdout);
    assert.deepEqual([payments, totalPt, entries.length, isUndecided], [1, 250, 2, true]);
    const wrong = await run("terminal", "today", "--dir", dir, "--date", "2026-02-30");
    assert.equal(JSON.parse(wrong.stdout).code, "INVALID_FIELD");
  });

  it("pay finds out what became of the last payment first, and takes no other", async () => {
    const dir = await enrol();
    const journal = new Journal(join(folder.path, dir, "journal"), bench.world.networkId);
    journal.begin(bench.world.pay(30, { createdAtMs: ledger.timeMs }));
    const pay = ["terminal", "pay", "--dir", dir, "--amount", "30", "--card", "card"];
    const { code, stdout, stderr } = await run(...pay, "--pin", "1234");
    const { code: fault, facts } = JSON.parse(stdout);
    assert.deepEqual([code, fault, facts.outcome], [1, "PREVIOUS_PAYMENT", "PAID"]);
    assert.match(stderr, /前回の支払いを確認しています/);
    assert.doesNotMatch(stderr, /暗証番号/);
    assert.equal(ledger.payments.length, 1);
    assert.equal(journal.pending(), null);
  });

  it("void takes a payment of the day back, once, and the day's sum is without it", async () => {
    const dir = await enrol();
    // The terminal that the ledger knows is the bench's.
    writeFileSync(join(folder.path, dir, "terminal.key"), bench.key.toPem());
    const payment = bench.world.pay(30, { createdAtMs: ledger.timeMs });
    const journal = new Journal(join(folder.path, dir, "journal"), bench.world.networkId);
    ledger.commit(payment);
    const { id } = decodeTransaction(payment);
    journal.note({ id, amountPt: 30, outcome: "PAID", atMs: AT_MS, height: 2 });
    const groups = id.match(/.{4}/g) ?? [];
    const first = await run("terminal", "void", "--dir", dir, ...groups);
    assert.deepEqual([first.code, JSON.parse(first.stdout).result], [0, "OK"]);
    const { stdout } = await run("terminal", "today", "--dir", dir, "--date", civilDateAt(AT_MS));
    const { payments, totalPt, entries } = JSON.parse(stdout);
    assert.deepEqual([payments, totalPt, entries[0].outcome], [0, 0, "VOIDED"]);
    const again = await run("terminal", "void", "--dir", dir, id);
    assert.deepEqual([again.code, ledger.payments.at(-1)?.result === "OK"], [1, false]);
  });

  it("settlement object is signed by the shop's terminal, in time, and by no other shop's", async () => {
    const dir = await enrol();
    writeFileSync(join(folder.path, dir, "terminal.key"), bench.key.toPem());
    ledger.commit(bench.world.pay(250));
    const object = (batch: string) => [
      ...["settlement", "object", "--dir", dir, "--payer", "131164"],
      ...["--batch", batch, "--reason", "AMOUNT"],
    ];
    const codeOf = async (batch: string) => {
      const { code, stdout } = await run(...object(batch));
      return [code, JSON.parse(stdout).result];
    };
    const cut = bench.world.sample("BATCH_CUT", { createdAtMs: ledger.timeMs });
    ledger.commit(cut);
    assert.equal(ledger.payments.at(-1)?.result, "OK");
    assert.deepEqual(await codeOf("2026-13z"), [1, "UNKNOWN_BATCH"]);
    assert.deepEqual(await codeOf("2026-10b"), [0, "OK"]);
    assert.deepEqual(await codeOf("2026-10b"), [1, "BATCH_CLOSED"]);
    const stranger = await TerminalKey.generate();
    writeFileSync(join(folder.path, dir, "terminal.key"), stranger.toPem());
    assert.deepEqual(await codeOf("2026-10b"), [1, "SIGNER_NOT_AUTHORISED"]);
  });

  it("pay tells a cash register of the card no more than that it is the card", async () => {
    const dir = await enrol();
    const { cardState } = bench;
    const blocked = { ...cardState, auth: { ...cardState.auth, triesLeft: 0 } };
    saveSoftwareCard(join(folder.path, "blocked"), blocked);
    const pay = ["terminal", "pay", "--dir", dir, "--amount", "30", "--card", "blocked"];
    const { code, stdout } = await run(...pay, "--pin", "1234");
    assert.deepEqual([code, JSON.parse(stdout).by], [1, "CARD_UNUSABLE"]);
  });

  it("one process a terminal, and its end frees it", async () => {
    const dir = await enrol();
    const first = start("terminal", "run", "--dir", dir, "--card", "card");
    await once(first.process.stdout, "data");
    const second = await run("terminal", "pay", "--dir", dir, "--amount", "1", "--card", "card");
    assert.equal(JSON.parse(second.stdout).code, "TERMINAL_IN_USE");
    first.process.kill("SIGKILL");
    await first.done;
    const third = start("terminal", "run", "--dir", dir, "--card", "card");
    await once(third.process.stdout, "data");
    third.process.kill("SIGINT");
    assert.equal((await third.done).code, 0);
  });

  it("run settles the last payment before it asks for an amount", async () => {
    const dir = await enrol();
    const journal = new Journal(join(folder.path, dir, "journal"), bench.world.networkId);
    journal.begin(bench.world.pay(30, { createdAtMs: ledger.timeMs }));
    const terminal = start("terminal", "run", "--dir", dir, "--card", "card");
    terminal.process.stdin.end();
    const { code, stdout } = await terminal.done;
    assert.equal(code, 0);
    assert.match(stdout, /前回の支払い[\s\S]*支払いが完了しました[\s\S]*金額（ポイント）/);
    assert.deepEqual([journal.pending(), ledger.payments.length], [null, 1]);
  });

  it("check-in says so when there is no such event", async () => {
    const dir = await enrol();
    const checkIn = ["terminal", "check-in", "--dir", dir, "--card", "card", "--pin", "1234"];
    const unknown = await run(...checkIn, "--event", "health/river-clean-up");
    assert.deepEqual([unknown.code, JSON.parse(unknown.stdout).code], [1, "NOT_FOUND"]);
    const nameless = await run(...checkIn, "--event", "health");
    assert.equal(JSON.parse(nameless.stdout).code, "USAGE");
  });

  it("install puts the terminal among the programs, again too, and what is started there takes payments", async () => {
    const dir = await enrol();
    const install = ["terminal", "install", "--dir", dir, "--autostart", "--json"];
    const program = [`HOME=${folder.path}`, process.execPath, PROGRAM];
    for (let time = 0; time < 2; time += 1) {
      const { stdout } = await startProgram("env", [...program, ...install], folder.path).done;
      const { files, findings } = JSON.parse(stdout);
      assert.equal(findings[0].check, "TERMINAL");
      assert.deepEqual(
        files.map((file: string) => file.slice(folder.path.length)),
        [
          "/.local/share/applications/mykey-terminal-museum-1.desktop",
          "/.config/autostart/mykey-terminal-museum-1.desktop",
        ],
      );
      const [exec = ""] = readFileSync(files[0], "utf8").match(/(?<=^Exec=).*$/m) ?? [];
      // What a desktop makes of it, as a shell does.
      const terminal = startProgram("sh", ["-c", exec.replaceAll("\\\\", "\\")], "/");
      running.push(terminal);
      terminal.process.stdin.end();
      const { code, stdout: shown } = await terminal.done;
      assert.equal(code, 0);
      assert.match(shown, /金額（ポイント）/);
    }
  });

  it("run ends with its input, and asks again for what is no amount", async () => {
    const dir = await enrol();
    const terminal = start("terminal", "run", "--dir", dir, "--card", "card");
    terminal.process.stdin.end("three\n");
    const { code, stdout } = await terminal.done;
    assert.equal(code, 0);
    assert.match(
      stdout,
      /金額（ポイント）を入力するか、ポイント券を読み取ってください[\s\S]*999,999,999/,
    );
  });

  it("--pin is for software cards alone", async () => {
    const dir = await enrol();
    const pay = ["terminal", "pay", "--dir", dir, "--amount", "1", "--pin", "1234"];
    assert.equal(JSON.parse((await run(...pay)).stdout).code, "USAGE");
  });
});
