import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { describe, it } from "mocha";
import { keepBusy } from "../../bench/closed-loop.ts";
import { fsyncLatencyMs } from "../../bench/fsync-latency.ts";
import { achievedOf, efficiencyOf } from "../../bench/measure-step.ts";
import { gaugeIn } from "../../bench/node-counters.ts";
import { arrivalsMs } from "../../bench/open-loop.ts";
import { cpuSecondsOf, cpuTimeOf, residentMiBOf } from "../../bench/process-usage.ts";
import { spreadOf } from "../../bench/spread.ts";
import { submissionTo } from "../../bench/submission.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

const committed = (dueMs: number, answeredMs: number) => ({
  dueMs,
  answeredMs,
  isCommitted: true,
  status: 200,
});

describe("the figures of a step", () => {
  it("arrivals come in order, at the rate", () => {
    const due = arrivalsMs(1000, 500, () => 1 - 1 / Math.E);
    assert.ok(due.every((ms, i) => Math.abs(ms - 2 * (i + 1)) < 1e-6));
  });

  it("a steady load is achieved whatever its latency", () => {
    const samples = Array.from({ length: 1001 }, (_, i) => committed(i, i + 200));
    const { perS, share } = achievedOf(samples);
    assert.ok(Math.abs(perS - 1000) < 3 && Math.abs(share - 1) < 0.01);
  });

  it("answers that come after the load, or are refusals, achieve nothing", () => {
    const late = Array.from({ length: 1001 }, (_, i) => committed(i, i < 500 ? i : 1500));
    assert.ok(Math.abs(achievedOf(late).share - 1 / 3) < 0.01);
    const refused = late.map((sample) => ({ ...sample, isCommitted: false }));
    assert.deepEqual(achievedOf(refused), { perS: 0, share: 0 });
  });

  it("efficiency is bare verification at every node over what all nodes used", () => {
    const nodes = [100, 150, 250].map((cpuUsPerPayment) => ({ cpuUsPerPayment }));
    assert.equal(efficiencyOf(nodes, 50), 0.3);
  });
});

describe("a spread", () => {
  it("is the median and what lies between the outermost tenths", () => {
    const values = [9, 1, 2, 3, 4, 5, 6, 7, 8, 100, 0];
    assert.deepEqual(spreadOf(values), { low: 1, median: 5, high: 9, count: 11 });
    assert.throws(() => spreadOf([]), RangeError);
  });
});

describe("the closed loop", () => {
  it("keeps so many payments under way, sends each once, and counts refusals", async () => {
    const seen: string[] = [];
    let [now, most] = [0, 0];
    const server = createServer(async (request, response) => {
      now += 1;
      most = Math.max(most, now);
      const body = await textOf(request);
      seen.push(body);
      await delay(5);
      now -= 1;
      const isRefused = body === "3";
      response.statusCode = isRefused ? 503 : 200;
      response.end(JSON.stringify(isRefused ? {} : { status: "committed", result: "OK" }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const payments = Array.from({ length: 20 }, (_, i) => Buffer.from(`${i}`));
    const door = submissionTo(`http://127.0.0.1:${port}`, "terminals");
    try {
      const samples = await keepBusy(payments, { underWay: 4, doors: [door] });
      assert.equal(seen.length, 20);
      assert.deepEqual(new Set(seen), new Set(payments.map(String)));
      assert.equal(most, 4);
      assert.equal(samples.filter(({ isCommitted }) => isCommitted).length, 19);
    } finally {
      door.close();
      server.close();
    }
  });
});

describe("a node's counters", () => {
  it("are found by their whole names", () => {
    const text = "# HELP a_b x\na_b_c 1\na_b 2.5e3\n";
    assert.equal(gaugeIn(text, "a_b"), 2500);
    assert.throws(() => gaugeIn(text, "a"), /no metric a/);
  });
});

describe("fsync latency", () => {
  const newDirectory = temporaryDirectories();

  it("is measured, and leaves nothing behind", async () => {
    const directory = newDirectory();
    const { p50, p100 } = await fsyncLatencyMs(directory);
    assert.ok(p50 > 0 && p100 >= p50);
    assert.deepEqual(readdirSync(directory), []);
  }).timeout(60_000);
});

describe("process usage", () => {
  it("reads the kernel's line, whatever the process is called", () => {
    const fields = Array.from({ length: 50 }, (_, i) => (i === 11 ? 150 : i === 12 ? 50 : 0));
    assert.equal(cpuSecondsOf(`42 (a) b (c)) ${fields.join(" ")}`), 2);
    assert.throws(() => cpuSecondsOf("42 (node) S"), /not a stat line/);
  });

  it("of this process is there", function () {
    if (process.platform !== "linux") this.skip();
    const { totalS, mainS, threadsS } = cpuTimeOf(process.pid);
    assert.ok(mainS > 0 && totalS >= mainS && threadsS.size > 0);
    assert.ok(residentMiBOf(process.pid) > 10);
  });
});
