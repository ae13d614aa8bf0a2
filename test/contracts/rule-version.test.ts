import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PARAMETER } from "../../contracts/governance/parameters.ts";
import { RULE_VERSION_KEY, ruleVersionOn } from "../../contracts/governance/rule-version.ts";
import { RULE_VERSION } from "../../contracts/rule-version.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import { AT_MS, LedgerWorld } from "../support/ledger-world.ts";

const NEXT = RULE_VERSION + 1;
const DAY_MS = 86_400_000;

/** The record of a version that follows from a day on. */
function announced(value: number, from: string): Uint8Array {
  return PARAMETER.encode({ value: RULE_VERSION, next: { value, from } });
}

describe("the version of the rules", () => {
  const world = new LedgerWorld();
  const vote = (value: number, effectiveOn: string) => {
    const body = { parameter: "RULE_VERSION", value, effectiveOn };
    return world.transaction("PARAM_SET", { public: body, private: null });
  };

  it("is this program's until the day that was announced, and then one that it does not know", () => {
    assert.equal(ruleVersionOn(null, "2026-11-30"), RULE_VERSION);
    const record = announced(NEXT, "2026-12-01");
    assert.equal(ruleVersionOn(record, "2026-11-30"), RULE_VERSION);
    assert.throws(() => ruleVersionOn(record, "2026-12-01"), { code: "RULES_UNKNOWN" });
  });

  it("is raised by the governing organisations together, by one, and with notice", () => {
    const run = new LedgerRun(world);
    assert.equal(run.result(vote(NEXT, "2026-11-02")), "NOTICE_TOO_SHORT");
    assert.equal(run.result(vote(NEXT + 1, "2027-01-01")), "PARAMETER_OUT_OF_RANGE");
    assert.equal(run.result(vote(RULE_VERSION, "2027-01-01")), "PARAMETER_OUT_OF_RANGE");
    assert.equal(run.result(vote(NEXT, "2027-01-01")), "OK");
    assert.deepEqual(run.read(RULE_VERSION_KEY)?.next, { value: NEXT, from: "2027-01-01" });
  });

  it("stops a program that does not know it, at the first transaction of that day", () => {
    const run = new LedgerRun(world);
    run.setUp();
    const from = new Date(AT_MS + 20 * DAY_MS).toISOString().slice(0, 10);
    assert.equal(run.result(vote(NEXT, from)), "OK");
    const late = { createdAtMs: AT_MS + 21 * DAY_MS };
    const payment = world.transaction(
      "PARAM_SET",
      {
        public: { parameter: "RESERVE_DAYS", value: 20, effectiveOn: "2027-06-01" },
        private: null,
      },
      { ...late, notAfterMs: late.createdAtMs + 60_000 },
    );
    assert.throws(() => run.result(payment, late.createdAtMs), { code: "RULES_UNKNOWN" });
    assert.doesNotThrow(() => run.tryBlock([], late.createdAtMs), "an empty block asks no rule");
  });

  it("keeps a type out that comes with a later version", () => {
    const run = new LedgerRun(world);
    const checked = run.check(vote(NEXT, "2027-01-01"));
    const declaration = { ...checked.declaration, since: NEXT };
    assert.deepEqual(run.tryBlock([{ ...checked, declaration }]).results, ["RULES_NOT_IN_FORCE"]);
  });
});
