/** The tables of a real chain, figure by figure. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { type AuditedLedger, auditedLedger } from "../../../client/audit/audited-ledger.ts";
import { Journal } from "../../../client/reports/journal.ts";
import { type LedgerReport, ledgerReport } from "../../../client/reports/ledger-report.ts";
import { PointFlows } from "../../../client/reports/point-flows.ts";
import { csvOf, jsonOf, type Table } from "../../../client/reports/table.ts";
import { useSha256 } from "../../../ledger/hash.ts";
import { nativeSha256 } from "../../../ledger/native/sha256.ts";
import { TOSHIMA } from "../../support/ledger-world.ts";
import { noonOf, november, type Town } from "../../support/november.ts";
import { runCommand } from "../../support/run-command.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

/** The town of November, one more payment after the cut, and the payout, with which December begins. */
function paidTown(): Town {
  const town = november();
  const late = noonOf(11, 28);
  town.attestCards(late);
  town.block(late, [town.world.pay(120, { createdAtMs: late })]);
  const report = { payer: TOSHIMA, batch: "2026-11a", paidOn: "2026-11-30" };
  town.act("PAYOUT_REPORT", report, noonOf(12, 1));
  return town;
}

/** Reads a chain of a town back as an auditor does. */
async function read(town: Town, directory: string) {
  town.writeBundle(directory);
  const flows = new PointFlows();
  const journal = new Journal();
  const ledger = await auditedLedger(directory, {
    onBlock: (block) => {
      flows.add(block);
      journal.add(block);
    },
  });
  return { ledger, flows, journal };
}

describe("audit report", function () {
  this.timeout(120_000);
  const newDirectory = temporaryDirectories();
  let report: LedgerReport;
  let ledger: AuditedLedger;

  before(async () => {
    useSha256(nativeSha256);
    const found = await read(paidTown(), newDirectory());
    ledger = found.ledger;
    report = ledgerReport(ledger, found);
  });

  const table = (name: string): Table => {
    const found = report.tables.find((candidate) => candidate.name === name);
    assert.ok(found, name);
    return found;
  };

  it("points by day: what was granted, taken and left", () => {
    assert.deepEqual(table("points-by-day").rows, [
      [TOSHIMA, "health", "2026-11-01", 1000, 0, 0, 1000],
      [TOSHIMA, "health", "2026-11-02", 5000, 0, 0, 6000],
      [TOSHIMA, "health", "2026-11-03", 0, 1000, 0, 5000],
      [TOSHIMA, "health", "2026-11-09", 0, 2500, 0, 2500],
      [TOSHIMA, "health", "2026-11-14", 0, 800, 0, 1700],
      [TOSHIMA, "health", "2026-11-15", 0, -300, 0, 2000],
      [TOSHIMA, "health", "2026-11-16", 0, 0, 0, 2000],
      [TOSHIMA, "health", "2026-11-28", 0, 120, 0, 1880],
      [TOSHIMA, "health", "2026-12-01", 0, 0, 0, 1880],
    ]);
  });

  it("points by month", () => {
    assert.deepEqual(table("points-by-month").rows, [
      [TOSHIMA, "health", "2026-11", 6000, 4120, 0, 1880],
      [TOSHIMA, "health", "2026-12", 0, 0, 0, 1880],
    ]);
  });

  it("the museum's statement: what was paid, and what is in its till", () => {
    const dates = ["2026-11-15", "2026-11-30", "2026-11-30"];
    assert.deepEqual(table("merchant-statements").rows, [
      ["museum", "郷土資料館", `${TOSHIMA}/2026-11a`, ...dates, 4000, 60, 3940, "PAID"],
      ["museum", "郷土資料館", "", "", "", "", 120, 0, 0, "IN_TILL"],
    ]);
  });

  it("dues with their age", () => {
    const paid = ["2026-11-22", 3940, 3940, 0, 0, 0, "-"];
    assert.deepEqual(table("dues").rows, [[TOSHIMA, "museum", "2026-11a", "PAYOUT", ...paid]]);
  });

  it("who signed what, and nothing that a resident did", () => {
    const rows = jsonOf(table("journal"));
    const types = rows.map(({ type }) => type);
    assert.ok(types.includes("POINT_GRANT") && types.includes("PAYOUT_REPORT"));
    assert.ok(!types.includes("PAY") && !types.includes("WALLET_OPEN"));
    const approval = rows.find(({ type }) => type === "BATCH_APPROVE");
    const { signerKeys = "" } = approval ?? {};
    assert.equal(String(signerKeys).split(" ").length, 2);
  });

  it("every figure ties", () => {
    assert.equal(report.ties.length, 12);
    for (const { name, left, right } of report.ties) assert.equal(left, right, name);
  });

  it("a day that the auditor did not hear of does not tie", () => {
    const nothing = { flows: new PointFlows(), journal: new Journal() };
    const wrong = ledgerReport(ledger, nothing).ties.filter(({ left, right }) => left !== right);
    assert.deepEqual(
      wrong.map(({ name }) => name),
      ["issuedPt: days = state", "usedPt: days = state"],
    );
  });
});

describe("audit report of prepaid points and of dues", function () {
  this.timeout(120_000);
  const newDirectory = temporaryDirectories();

  /** Prepaid points: a base date passes, and the issuer reports what a test says. */
  async function reported(usedPt: number): Promise<LedgerReport> {
    const town = november();
    const define = { pointType: "charge", legalClass: "PREPAID" };
    town.act("POINT_TYPE_DEFINE", define, noonOf(11, 23));
    town.act("POINT_GRANT", { pointType: "charge", amountPt: 700 }, noonOf(11, 24));
    const types = [
      { pointType: "charge", issuedPt: 700, usedPt, expiredPt: 0, unusedPt: 700 - usedPt },
    ];
    const fields = { baseDate: "2027-03-31", types, depositYen: 0 };
    town.act("UNUSED_BALANCE_REPORT", fields, noonOf(16, 2));
    const found = await read(town, newDirectory());
    return ledgerReport(found.ledger, found);
  }

  it("the unused balance of 31 March, as the issuer reported it", async () => {
    const { tables, ties } = await reported(0);
    const unused = tables.find(({ name }) => name === "unused-balance");
    assert.deepEqual(unused?.rows, [[TOSHIMA, "charge", "2027-03-31", 700, 0, 0, 700, 0, 700]]);
    assert.ok(ties.every(({ left, right }) => left === right));
  });

  it("a report that the chain does not bear out does not tie", async () => {
    const wrong = (await reported(100)).ties.filter(({ left, right }) => left !== right);
    assert.deepEqual(
      wrong.map(({ left, right }) => [left, right]),
      [[600, 700]],
    );
  });
});

describe("audit report as a command", function () {
  this.timeout(120_000);
  const newDirectory = temporaryDirectories();

  it("writes tables that are the same in CSV and in JSON", async () => {
    const directory = newDirectory();
    paidTown().writeBundle(join(directory, "bundle"));
    const command = ["audit", "report", "bundle", "--out", "report", "--json"];
    const { code, stdout, stderr } = await runCommand(command, directory);
    assert.equal(code, 0, stdout + stderr);
    const csv = readFileSync(join(directory, "report", "points-by-month.csv"), "utf8");
    assert.equal(
      csv,
      "\uFEFF発行者 issuer,ポイント種別 pointType,月 month,発行 issuedPt,利用 usedPt,失効 expiredPt,未使用残高 outstandingPt\r\n" +
        `${TOSHIMA},health,2026-11,6000,4120,0,1880\r\n${TOSHIMA},health,2026-12,0,0,0,1880\r\n`,
    );
    const json = JSON.parse(readFileSync(join(directory, "report", "report.json"), "utf8"));
    assert.equal(json["points-by-month"][0].usedPt, 4120);
    assert.equal(json.asOf, "2026-12-01");
  });
});

describe("tables", () => {
  it("quote what has commas, and disarm what a spreadsheet would take for a formula", () => {
    const columns = [{ name: "name", ja: "名称" }];
    const rows = [["a,b"], ['say "x"'], ["=1+1"], [-5]];
    const csv = csvOf({ name: "t", titleJa: "表", titleEn: "Table", columns, rows });
    assert.equal(csv, '\uFEFF名称 name\r\n"a,b"\r\n"say ""x"""\r\n\'=1+1\r\n-5\r\n');
  });
});
