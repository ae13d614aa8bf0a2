import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  addDays,
  civilDate,
  civilDateAt,
  endOfNextFiscalYear,
  fiscalYearOf,
} from "../../../contracts/fields/dates.ts";

describe("civilDateAt", () => {
  const rows = [
    { id: "the epoch is 9 o'clock in Japan", at: 0, date: "1970-01-01" },
    {
      id: "last ms before midnight",
      at: Date.UTC(2026, 9, 31, 14, 59, 59, 999),
      date: "2026-10-31",
    },
    { id: "midnight in Japan", at: Date.UTC(2026, 9, 31, 15), date: "2026-11-01" },
    { id: "midnight in London", at: Date.UTC(2026, 10, 1), date: "2026-11-01" },
    { id: "leap day", at: Date.UTC(2028, 1, 28, 15), date: "2028-02-29" },
    { id: "day after the leap day", at: Date.UTC(2028, 1, 29, 15), date: "2028-03-01" },
    { id: "no leap day in 2100", at: Date.UTC(2100, 1, 28, 15), date: "2100-03-01" },
    { id: "leap day of 2000", at: Date.UTC(2000, 1, 28, 15), date: "2000-02-29" },
    { id: "new year", at: Date.UTC(2026, 11, 31, 15), date: "2027-01-01" },
    { id: "the last day there is", at: Date.UTC(9999, 11, 31, 14, 59), date: "9999-12-31" },
  ];
  for (const row of rows) it(row.id, () => assert.equal(civilDateAt(row.at), row.date));

  it("agrees with the runtime's calendar everywhere", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 250_000_000_000_000 }), (atMs) => {
        const expected = new Date(atMs + 9 * 3_600_000).toISOString().slice(0, 10);
        assert.equal(civilDateAt(atMs), expected);
      }),
    );
  });

  it("refuses moments beyond the year 9999", () => {
    assert.throws(() => civilDateAt(Date.UTC(9999, 11, 31, 15)), RangeError);
  });
});

describe("civilDate", () => {
  for (const date of ["1970-01-01", "2026-02-28", "2028-02-29", "2000-02-29", "9999-12-31"]) {
    it(`takes ${date}`, () => assert.equal(civilDate.fromCbor(date), date));
  }
  const wrong = [
    "2026-02-30",
    "2026-02-29",
    "2100-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "1970-01-00",
    "9999-12-32",
    "2026-1-1",
    "1969-12-31",
    "10000-01-01",
    "2026/01/01",
    "2026-01-01 ",
    "２０２６-01-01",
    "",
    20_260_101,
    null,
  ];
  for (const raw of wrong) {
    it(`refuses ${JSON.stringify(raw)}`, () => {
      assert.throws(() => civilDate.fromCbor(raw), { code: "INVALID_FIELD" });
      assert.throws(() => civilDate.fromJson(raw), { code: "INVALID_FIELD" });
      assert.throws(() => civilDate.toCbor(raw as string), { code: "INVALID_FIELD" });
    });
  }
});

describe("addDays", () => {
  it("is the calendar's addition", () => {
    const days = fc.integer({ min: 0, max: 3650 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000_000_000_000 }), days, (atMs, added) => {
        const after = civilDateAt(atMs + added * 86_400_000);
        assert.equal(addDays(civilDateAt(atMs), added), after);
      }),
    );
  });
});

describe("fiscal years", () => {
  const rows = [
    { date: "2027-03-31", year: 2026, endOfNext: "2028-03-31" },
    { date: "2027-04-01", year: 2027, endOfNext: "2029-03-31" },
    { date: "2026-12-31", year: 2026, endOfNext: "2028-03-31" },
    { date: "2028-02-29", year: 2027, endOfNext: "2029-03-31" },
  ];
  for (const { date, year, endOfNext } of rows) {
    it(`${date} is in ${year}`, () => {
      assert.equal(fiscalYearOf(date), year);
      assert.equal(endOfNextFiscalYear(date), endOfNext);
    });
  }
});
