import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PARAMETER } from "../../contracts/governance/parameters.ts";
import { RULE_VERSION } from "../../contracts/rule-version.ts";
import { RulesWatch } from "../../node/rules-watch.ts";

/** Midnight of 1 December 2026 in Japan. */
const MIDNIGHT_MS = Date.UTC(2026, 10, 30, 15);
const DAY_MS = 86_400_000;

describe("the watch over the rules", () => {
  const record = PARAMETER.encode({
    value: RULE_VERSION,
    next: { value: RULE_VERSION + 1, from: "2026-12-01" },
  });

  function watch() {
    const failures: unknown[] = [];
    const warnings: string[] = [];
    const ignore = () => undefined;
    const log = { debug: ignore, info: ignore, error: ignore };
    const watched = new RulesWatch({ ...log, warn: (code) => void warnings.push(code) }, (error) =>
      failures.push(error),
    );
    return { failures, warnings, watched };
  }

  it("says nothing while nothing is announced that this program does not know", () => {
    const { failures, warnings, watched } = watch();
    watched.look(null, MIDNIGHT_MS);
    assert.deepEqual([failures, warnings], [[], []]);
  });

  it("tells the operator once a day, and ends the node before the day begins", () => {
    const { failures, warnings, watched } = watch();
    watched.look(record, MIDNIGHT_MS - 2 * DAY_MS);
    watched.look(record, MIDNIGHT_MS - 2 * DAY_MS + 1000);
    watched.look(record, MIDNIGHT_MS - DAY_MS);
    assert.deepEqual([failures, warnings], [[], ["RULES_ANNOUNCED", "RULES_ANNOUNCED"]]);
    watched.look(record, MIDNIGHT_MS - 5001);
    assert.deepEqual(failures, []);
    watched.look(record, MIDNIGHT_MS - 5000);
    assert.deepEqual(
      failures.map((error) => (error as { code: string }).code),
      ["RULES_UNKNOWN"],
    );
  });
});
