import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { comparisonLines } from "../../bench/peers/comparison-lines.ts";
import { treeOf } from "../../bench/process-usage.ts";
import { spreadOf } from "../../bench/spread.ts";

describe("the comparison", () => {
  it("says plainly what is missing", () => {
    const latencyMs = { p50: 1, p95: 2, p99: 3, p100: 4 };
    const round = { perS: 100, latencyMs, systemCpuUsPerPayment: 5, clientCpuUsPerPayment: 6 };
    const ledger = {
      name: "ledger",
      underWay: 2,
      rounds: [round],
      perS: spreadOf([100]),
      ledgerRatio: spreadOf([1]),
    };
    const lines = comparisonLines({ results: [ledger], missing: ["etcd is not installed"] });
    assert.match(lines.at(-2) ?? "", /^ledger +100 \(100–100\) +2 +1 +3 +5 +6 +1\.00/);
    assert.equal(lines.at(-1), "not compared: etcd is not installed");
  });

  it("counts the processes that a process started", function () {
    if (process.platform !== "linux") this.skip();
    assert.equal(treeOf(process.pid)[0], process.pid);
  });
});
