import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type ExpiryRule, expiryRule, lastDayOf } from "../../../contracts/points/expiry-rule.ts";

const NONE: ExpiryRule = { kind: "NONE", date: null, days: null };
const FIXED: ExpiryRule = { kind: "FIXED_DATE", date: "2027-03-31", days: null };
const DAYS: ExpiryRule = { kind: "DAYS_FROM_ISSUE", date: null, days: 180 };
const FISCAL: ExpiryRule = { kind: "END_OF_NEXT_FISCAL_YEAR", date: null, days: null };
const AT_ISSUE: ExpiryRule = { kind: "SET_AT_ISSUE", date: null, days: null };

describe("lastDayOf", () => {
  const rows = [
    { id: "none", rule: NONE, stated: null, last: null },
    { id: "none, but a date is stated", rule: NONE, stated: "2027-03-31", last: "EXPIRY_MISMATCH" },
    { id: "fixed", rule: FIXED, stated: null, last: "2027-03-31" },
    { id: "fixed, stated right", rule: FIXED, stated: "2027-03-31", last: "2027-03-31" },
    { id: "fixed, stated wrong", rule: FIXED, stated: "2027-04-01", last: "EXPIRY_MISMATCH" },
    { id: "days from issue", rule: DAYS, stated: null, last: "2027-04-30" },
    { id: "days, stated wrong", rule: DAYS, stated: "2027-04-29", last: "EXPIRY_MISMATCH" },
    { id: "end of next fiscal year", rule: FISCAL, stated: null, last: "2028-03-31" },
    { id: "set at issue", rule: AT_ISSUE, stated: "2026-12-24", last: "2026-12-24" },
    { id: "set at issue, but not stated", rule: AT_ISSUE, stated: null, last: "EXPIRY_MISMATCH" },
  ];
  for (const { id, rule, stated, last } of rows) {
    it(id, () => assert.equal(lastDayOf(rule, "2026-11-01", stated), last));
  }
});

describe("expiryRule", () => {
  for (const rule of [NONE, FIXED, DAYS, FISCAL, AT_ISSUE]) {
    it(`takes ${rule.kind}`, () => {
      assert.deepEqual(expiryRule.fromCbor(expiryRule.toCbor(rule)), rule);
    });
  }
  const wrong: readonly ExpiryRule[] = [
    { ...NONE, date: "2027-03-31" },
    { ...NONE, days: 1 },
    { ...FIXED, date: null },
    { ...FIXED, days: 1 },
    { ...DAYS, days: null },
    { ...DAYS, days: 0 },
    { ...DAYS, days: 3651 },
    { ...FISCAL, date: "2027-03-31" },
    { ...AT_ISSUE, days: 5 },
  ];
  for (const rule of wrong) {
    it(`refuses ${JSON.stringify(rule)}`, () => {
      assert.throws(() => expiryRule.toCbor(rule), { code: "INVALID_FIELD" });
      assert.throws(() => expiryRule.fromJson(rule), { code: "INVALID_FIELD" });
    });
  }
});
