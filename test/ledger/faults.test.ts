import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { resultSchema } from "../../ledger/block.ts";
import { CHAIN_FAULTS } from "../../ledger/chain-faults.ts";
import { ECONOMY_FAULTS } from "../../ledger/economy-faults.ts";
import { EDGE_FAULTS } from "../../ledger/edge-faults.ts";
import { FAULTS, isFaultCode, LedgerFault } from "../../ledger/faults.ts";
import { RULE_FAULTS } from "../../ledger/rule-faults.ts";
import { SETTLEMENT_FAULTS } from "../../ledger/settlement-faults.ts";
import { faultCodeOf } from "../support/expect-fault.ts";
import { faultPage } from "../support/fault-page.ts";
import { readText } from "../support/files.ts";

describe("faults", () => {
  it("docs/faults.md is the registry", () => {
    assert.deepEqual(readText("docs/faults.md").split("\n"), faultPage().split("\n"));
  });

  for (const [code, row] of Object.entries(FAULTS)) {
    it(`${code} can be a result, and is told in both languages`, () => {
      assert.equal(
        faultCodeOf(() => resultSchema.fromJson(code)),
        null,
      );
      assert.ok(row.status === 202 || (row.status >= 400 && row.status <= 599));
      assert.match(row.ja, /^[^a-z|]+$/);
      assert.match(row.en, /^[A-Za-z][^|]+[^.|]$/);
      assert.match(row.counter.ja, /^[^a-z|]+$/);
      assert.match(row.counter.en, /^[A-Z][^|]+$/);
    });
  }

  it("each code stands in one place", () => {
    const parts = [EDGE_FAULTS, RULE_FAULTS, SETTLEMENT_FAULTS, ECONOMY_FAULTS, CHAIN_FAULTS];
    const codes = parts.flatMap((part) => Object.keys(part));
    assert.equal(codes.length, Object.keys(FAULTS).length);
  });

  it("a code is one of the registry, and no inherited name", () => {
    assert.equal(isFaultCode("EXPIRED"), true);
    for (const code of ["expired", "OK", "", "toString", "__proto__", "constructor"]) {
      assert.equal(isFaultCode(code), false);
    }
  });

  it("carries code, facts and cause; the message has the facts and not the cause", () => {
    const cause = new Error("what went wrong below");
    const fault = new LedgerFault("TOO_LARGE", { sizeBytes: 9, cause });
    assert.equal(fault.code, "TOO_LARGE");
    assert.equal(fault.name, "LedgerFault");
    assert.deepEqual(fault.facts, { sizeBytes: 9 });
    assert.equal(fault.cause, cause);
    assert.match(fault.message, /^TOO_LARGE: .*sizeBytes: 9/);
    assert.doesNotMatch(fault.message, /below/);
    assert.equal("cause" in new LedgerFault("TOO_LARGE"), false);
  });
});
