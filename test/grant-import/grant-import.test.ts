import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { addDays, civilDateAt } from "../../contracts/fields/dates.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";
import { GrantTown } from "./grant-town.ts";
import { answerOf, Office } from "./office.ts";

const WALLETS = 24;
/** Eight transactions, so that a kill finds some sent and some not. */
const BATCH_LINES = ["--batch-lines", "3"];
const KILLS = 5;

describe("grants from a list, on three real nodes", function () {
  this.timeout(180_000);
  const directory = makeTemporaryDirectory();
  let town: GrantTown;
  let office: Office;
  const files = { list: "list.csv", prepared: "november.grants", signed: "signed.grants" };
  const amountOf = (i: number) => 100 + i;
  const totalPt = Array.from({ length: WALLETS }, (_, i) => amountOf(i)).reduce((a, b) => a + b);
  const at = (name: string) => join(directory.path, name);

  before(async () => {
    town = await GrantTown.found(directory.path, WALLETS);
    office = new Office(town);
    town.writeList("list.csv", amountOf);
  });

  after(async () => {
    await town?.network.stop();
    directory.remove();
  });

  it("says what each line would come to and what is left of the budget, and grants nothing", async () => {
    const report = answerOf(await office.check("list.csv"));
    assert.deepEqual([report.lines, report.totalPt, report.largestPt], [WALLETS, totalPt, 123]);
    assert.equal(report.budgetLeftPt, 900_000_000);
    const lines = readFileSync(office.lastResults, "utf8").trimEnd().split("\r\n");
    assert.equal(lines.length, 1 + WALLETS);
    assert.match(lines[1] ?? "", /^2,100,,READY,付与できます,/);
    assert.deepEqual(new Set(await town.balances()), new Set([0]));
  });

  it("names each line that the ledger would refuse, with its reason, and prepares nothing", async () => {
    const [known = ""] = town.wallets;
    const rows = [`${"ab".repeat(32)},100`, `${known},100`, `${known},1`, `${known},25001`];
    writeFileSync(at("wrong.csv"), ["wallet,points", ...rows].join("\n"));
    const wrong = { ...files, list: "wrong.csv", prepared: "wrong.grants" };
    const { code, stdout } = await office.prepare(wrong);
    const { code: fault, facts } = JSON.parse(stdout);
    assert.deepEqual([code, fault, facts.lines], [1, "GRANT_LINES_WRONG", 3]);
    const results = readFileSync(office.lastResults, "utf8").split("\r\n");
    const codes = results.slice(1, -1).map((line) => line.split(",").slice(0, 4).join());
    assert.deepEqual(codes, [
      "2,100,,WALLET_UNKNOWN",
      "3,100,,READY",
      "4,1,,REPEATED",
      "5,25001,,REPEATED",
      "5,25001,,OVER_CAP",
    ]);
    assert.throws(() => readFileSync(at("wrong.grants")), { code: "ENOENT" });
  });

  it("finds residents by their MyKey IDs, with the registrar's journal alone", async () => {
    const registrar = await town.enrol("さくら");
    writeFileSync(at("ids.csv"), "マイキーID,ポイント\r\n　サクラ,100\r\nさくら,100\r\n");
    const { stdout } = await office.check("ids.csv", ...registrar);
    assert.deepEqual(JSON.parse(stdout).code, "GRANT_LINES_WRONG");
    const results = readFileSync(office.lastResults, "utf8").split("\r\n");
    const codes = results.slice(1, -1).map((line) => line.split(",")[3]);
    assert.deepEqual(codes, ["MYKEY_ID_UNKNOWN", "READY"]);
  });

  it("makes the same bytes whenever the same clerk prepares the same list", async () => {
    answerOf(await office.prepare(files, ...BATCH_LINES));
    answerOf(await office.prepare({ ...files, prepared: "once-more.grants" }, ...BATCH_LINES));
    assert.deepEqual(readFileSync(at("once-more.grants")), readFileSync(at(files.prepared)));
  });

  it("is signed by the second officer for the total that was decided, and for no other", async () => {
    const { code, stdout } = await office.approve(files, totalPt + 1);
    assert.deepEqual([code, JSON.parse(stdout).code], [1, "GRANTS_MISMATCH"]);
    assert.equal(answerOf(await office.approve(files, totalPt)).batches, WALLETS / 3);
  });

  it("is not granted with one signature", async () => {
    const { code, stdout } = await office.send({ ...files, signed: files.prepared });
    assert.deepEqual([code, JSON.parse(stdout).granted.lines], [1, 0]);
    assert.deepEqual(new Set(await town.balances()), new Set([0]));
  });

  it("is granted once, however often it is killed and sent again", async () => {
    for (let i = 0; i < KILLS; i += 1) await office.send(files, 400 + 80 * i);
    assert.equal(answerOf(await office.send(files)).granted.totalPt, totalPt);
    assert.deepEqual(
      await town.balances(),
      town.wallets.map((_, i) => amountOf(i)),
    );
    assert.equal(answerOf(await office.send(files)).granted.lines, WALLETS);
    assert.deepEqual(
      await town.balances(),
      town.wallets.map((_, i) => amountOf(i)),
    );
    const lines = readFileSync(office.lastResults, "utf8").trimEnd().split("\r\n");
    assert.match(lines.at(-1) ?? "", new RegExp(`^${WALLETS + 1},123,,GRANTED,付与しました,`));
  });

  it("is recognised on another day, and granted once more only on purpose", async () => {
    const tomorrow = addDays(civilDateAt(Date.now()), 1);
    const later = { ...files, prepared: "later.grants" };
    const { code, stdout } = await office.prepare(later, ...BATCH_LINES, "--on", tomorrow);
    assert.deepEqual([code, JSON.parse(stdout).code], [1, "GRANT_LIST_KNOWN"]);
    const again = ["--on", tomorrow, "--again", "1"];
    assert.equal(answerOf(await office.prepare(later, ...again)).totalPt, totalPt);
  });

  it("says which line of a refused batch is why the others were not granted", async () => {
    const again = { list: files.list, prepared: "again.grants", signed: "again-signed.grants" };
    answerOf(await office.prepare(again, ...BATCH_LINES, "--again", "1"));
    answerOf(await office.approve(again, totalPt));
    await town.suspend(town.wallets[4] ?? "");
    const { code, stdout } = await office.send(again);
    const { granted, refused } = JSON.parse(stdout);
    assert.deepEqual([code, granted.lines, refused.lines], [1, WALLETS - 3, 3]);
    const results = readFileSync(office.lastResults, "utf8").split("\r\n");
    const codes = results.slice(4, 8).map((line) => line.split(",")[3]);
    assert.deepEqual(codes, ["WALLET_SUSPENDED", "WALLET_STOPPED", "WALLET_SUSPENDED", "GRANTED"]);
  });
});
