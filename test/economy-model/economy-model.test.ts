import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { LedgerWorld } from "../support/ledger-world.ts";
import { BUGS } from "./model.ts";
import { compare } from "./side-by-side.ts";

const world = new LedgerWorld();

describe("the rules and a plain model of them", () => {
  it("agree on every verdict and every figure", () => {
    const met = compare(world, { runs: 40, seed: 20_261_101 });
    // The runs are worth something only if they hold all of these.
    for (const verdict of [
      "pay OK",
      "pay BALANCE_INSUFFICIENT",
      "pay LIMIT_EXCEEDED",
      "pay CAMPAIGN_NOT_OPEN",
      "void OK",
      "void VOID_TOO_LATE",
      "refund OK",
      "refund REFUND_TOO_LARGE",
      "refund REFUND_TOO_LATE",
      "sweep OK",
    ]) {
      assert.ok(met.has(verdict), verdict);
    }
  });

  for (const bug of BUGS) {
    it(`differ when the model has a bug: ${bug}`, () => {
      assert.throws(() => compare(world, { runs: 400, seed: 20_261_101, bug }));
    });
  }
});
