/** A slice of `npm run chaos`: other faults in every run, the same rules. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { describe, it } from "mocha";
import { runChaos } from "../chaos/chaos.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

const DURATION_MS = 12_000;

describe("real processes under faults", function () {
  this.timeout(180_000);
  const makeDirectory = temporaryDirectories();
  const seed = randomInt(2 ** 32);

  it(`agree, keep every answer and count every point (seed ${seed})`, async () => {
    const events: string[] = [];
    const directory = makeDirectory();
    const onEvent = (text: string) => events.push(text);
    const report = await runChaos({ nodes: 3, durationMs: DURATION_MS, seed, directory, onEvent });
    const { violations, payments, logTails } = report;
    assert.deepEqual(violations, [], [`seed ${seed}`, ...events, ...logTails].join("\n"));
    const decided = payments.filter(({ fate }) => fate.kind === "decided");
    assert.ok(decided.length > 0, "payments were decided while faults went on");
  });
});
