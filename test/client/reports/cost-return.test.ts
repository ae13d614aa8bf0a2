import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { auditedLedger } from "../../../client/audit/audited-ledger.ts";
import { costReturn, costReturnTies } from "../../../client/reports/cost-return.ts";
import { PointFlows } from "../../../client/reports/point-flows.ts";
import { useSha256 } from "../../../ledger/hash.ts";
import { nativeSha256 } from "../../../ledger/native/sha256.ts";
import { readText } from "../../support/files.ts";
import { KAWASAKI, TOSHIMA } from "../../support/ledger-world.ts";
import { november } from "../../support/november.ts";
import { runCommand } from "../../support/run-command.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

/** The file of docs/cost-return.md. */
const COSTS = /(?<=```yaml\n)[\s\S]*?(?=```)/.exec(readText("docs/cost-return.md"))?.[0] ?? "";

describe("cost and return", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();
  let directory: string;

  before(() => {
    useSha256(nativeSha256);
  });

  /** The town of November: 4,000 pt used, and a fee of ¥60. */
  function bundle(): string {
    directory = newDirectory();
    november().writeBundle(join(directory, "bundle"));
    writeFileSync(join(directory, "costs.yaml"), COSTS);
    return directory;
  }

  const run = (costs: string) =>
    runCommand(
      ["audit", "cost-return", "bundle", "--municipality", TOSHIMA, "--costs", costs].concat([
        "--out",
        "report",
        "--json",
      ]),
      directory,
    );

  it("is told as the page says, from the ledger and the municipality's own lines", async () => {
    bundle();
    const { code, stdout } = await run("costs.yaml");
    const { figures, ties } = JSON.parse(stdout);
    assert.equal(code, 0, stdout);
    // 4,000 + 900 + 260 - 100 - 60 = 5,000; 4,000 / 5,000.
    assert.deepEqual(figures, {
      appropriatedPt: 1_000_000,
      grantedPt: 6000,
      premiumPt: 0,
      usedInsidePt: 4000,
      usedElsewherePt: 0,
      usedPt: 4000,
      ownCostsYen: 1160,
      ownIncomeYen: 100,
      merchantFeesYen: 60,
      borneForOthersYen: 0,
      borneByOthersYen: 0,
      costYen: 5000,
      returnRateBp: 8000,
      insideRateBp: 10_000,
    });
    assert.deepEqual(
      ties.map(({ left, right }: { left: number; right: number }) => [left, right]),
      [
        [4000, 4000],
        [6000, 6000],
      ],
    );
    const csv = readFileSync(join(directory, "report/cost-return.csv"), "utf8");
    assert.ok(csv.includes(`${TOSHIMA},2026,returnRateBp,還元率（一万分の一）,8000\r\n`));
    assert.ok(csv.includes(`${TOSHIMA},2026,cost,システム利用料,900\r\n`));
  });

  it("says what is wrong with the file", async () => {
    bundle();
    writeFileSync(join(directory, "wrong.yaml"), COSTS.replace("260", "2.6"));
    const { code, stdout } = await run("wrong.yaml");
    const { code: fault, facts } = JSON.parse(stdout);
    assert.deepEqual([code, fault, facts.path], [1, "FILE_MALFORMED", "costs[1].amountYen"]);
  });

  it("has no rate where nothing was spent, and does not tie without the blocks", async () => {
    bundle();
    const ledger = await auditedLedger(join(directory, "bundle"));
    const own = { fiscalYear: 2026, costs: [], income: [] };
    const { costYen, returnRateBp } = costReturn(ledger, { municipality: KAWASAKI, own });
    assert.deepEqual([costYen, returnRateBp], [0, null]);
    const wrong = costReturnTies(ledger, new PointFlows(), TOSHIMA);
    assert.deepEqual(
      wrong.map(({ left, right }) => [left, right]),
      [
        [4000, 0],
        [6000, 0],
      ],
    );
  });
});
