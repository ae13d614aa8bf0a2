import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { addDays } from "../../../contracts/fields/dates.ts";
import { isNationalHoliday } from "../../../contracts/settlement/national-holidays.ts";

/** As the Cabinet Office announced them, without the equinoxes and the day between two holidays (22 September 2026). */
const ANNOUNCED = {
  2026: "01-01 01-12 02-11 02-23 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 10-12 11-03 11-23",
  2027: "01-01 01-11 02-11 02-23 04-29 05-03 05-04 05-05 07-19 08-11 09-20 10-11 11-03 11-23",
};

describe("national holidays", () => {
  for (const [year, days] of Object.entries(ANNOUNCED)) {
    it(`of ${year} are those that were announced`, () => {
      const found: string[] = [];
      for (let date = `${year}-01-01`; date.startsWith(year); date = addDays(date, 1)) {
        if (isNationalHoliday(date)) found.push(date.slice(5));
      }
      assert.equal(found.join(" "), days);
    });
  }

  it("on a Sunday move to the next day that is none", () => {
    // 3 May 2026 is a Sunday, and the 4th and 5th are holidays themselves.
    for (const date of ["2026-05-06", "2029-02-12", "2029-04-30", "2023-01-02"]) {
      assert.ok(isNationalHoliday(date), date);
    }
    // 5 May 2029 is a Saturday; 23 November 2026 is a Monday.
    for (const date of ["2026-05-07", "2029-05-07", "2026-11-24"]) {
      assert.ok(!isNationalHoliday(date), date);
    }
  });
});
