import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  isBankingDay,
  isClosingDay,
  payDayOf,
} from "../../../contracts/settlement/payout-schedule.ts";

describe("the payout schedule", () => {
  const rows = [
    ["2026-11-15", "2026-11-30"],
    ["2026-10-31", "2026-11-16"], // the 15th is a Sunday
    ["2026-12-15", "2027-01-04"], // the 31st is no banking day, nor are the days to the 3rd
    ["2027-02-15", "2027-03-01"], // 28 February is a Sunday
    ["2027-03-31", "2027-04-15"],
    ["2026-12-31", "2027-01-15"],
    ["2026-04-15", "2026-04-30"],
    ["2028-04-15", "2028-05-01"], // the 30th is a Sunday
    ["2028-02-15", "2028-02-29"], // the end of February in a leap year
    ["2028-06-30", "2028-07-18"], // a Saturday; Monday the 17th is the day of the sea
    ["2029-04-15", "2029-05-01"], // 29 April is a Sunday, so Monday the 30th takes its place
    ["2029-08-31", "2029-09-18"], // a Saturday; Monday the 17th is the day of the aged
    ["2031-08-31", "2031-09-16"], // Monday the 15th is the day of the aged
  ] as const;
  for (const [closesOn, paidOn] of rows) {
    it(`pays what was taken up to ${closesOn} on ${paidOn}`, () => {
      assert.ok(isClosingDay(closesOn));
      assert.equal(payDayOf(closesOn), paidOn);
      assert.ok(isBankingDay(paidOn));
    });
  }

  it("closes on no other day", () => {
    for (const date of ["2026-11-14", "2026-11-16", "2026-02-27", "2028-02-28", "2026-12-30"]) {
      assert.ok(!isClosingDay(date), date);
    }
    assert.ok(isClosingDay("2028-02-29"));
  });
});
