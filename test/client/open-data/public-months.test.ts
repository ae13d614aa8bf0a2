import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { PEOPLE_MIN, PublicMonths } from "../../../client/open-data/public-months.ts";
import { addFlows, NO_FLOW } from "../../../client/reports/point-flows.ts";
import type { CivilDate } from "../../../contracts/fields/dates.ts";
import type { Posting } from "../../../contracts/points/accounts.ts";

const ASSET = "131164/health";

function post(account: string, deltaPt: number): Posting {
  return { account, asset: ASSET, deltaPt, lot: null };
}

/** What one resident does in a month. */
interface Act {
  readonly month: number;
  readonly person: number;
  readonly kind: "grant" | "pay" | "expire";
  readonly amountPt: number;
}

function postingsOf({ person, kind, amountPt }: Act): Posting[] {
  const wallet = `wallet/${person}`;
  if (kind === "grant") return [post(`issue/${ASSET}`, -amountPt), post(wallet, amountPt)];
  const to = kind === "pay" ? "merchant/bakery" : `expired/${ASSET}`;
  return [post(wallet, -amountPt), post(to, amountPt)];
}

function monthName(month: number): string {
  return `2026-${String(month).padStart(2, "0")}`;
}

function periodsOf(acts: readonly Act[], asOf: CivilDate) {
  const months = new PublicMonths();
  for (const act of acts.toSorted((a, b) => a.month - b.month)) {
    months.add({ date: `${monthName(act.month)}-15`, postings: [postingsOf(act)] });
  }
  return months.periods(asOf).flatMap(({ periods }) => periods);
}

const people = (count: number, act: Omit<Act, "person">): Act[] =>
  Array.from({ length: count }, (_, person) => ({ ...act, person }));

describe("public figures by month", () => {
  it("are told when ten people are behind each of them", () => {
    const acts = people(10, { month: 4, kind: "grant", amountPt: 100 });
    assert.deepEqual(periodsOf(acts, "2026-05-01"), [
      {
        fromMonth: "2026-04",
        toMonth: "2026-04",
        flow: { issuedPt: 1000, usedPt: 0, expiredPt: 0 },
      },
    ]);
  });

  it("wait for the next months when there are nine, and when one person did it ten times", () => {
    const nine = people(9, { month: 4, kind: "grant", amountPt: 100 });
    assert.deepEqual(periodsOf(nine, "2026-05-01"), []);
    const oneOften = Array.from({ length: 10 }, () => ({
      ...{ month: 4, person: 1, kind: "grant", amountPt: 100 },
    })) as Act[];
    assert.deepEqual(periodsOf(oneOften, "2026-05-01"), []);
    const later = [...nine, { month: 6, person: 20, kind: "grant", amountPt: 50 } as const];
    assert.deepEqual(
      periodsOf(later, "2026-07-01").map(({ fromMonth, toMonth, flow }) => [
        fromMonth,
        toMonth,
        flow.issuedPt,
      ]),
      [["2026-04", "2026-06", 950]],
    );
  });

  it("wait when few paid, though many were granted: what is outstanding would tell", () => {
    const acts = [
      ...people(20, { month: 4, kind: "grant", amountPt: 100 }),
      ...people(3, { month: 4, kind: "pay", amountPt: 10 }),
    ];
    assert.deepEqual(periodsOf(acts, "2026-05-01"), []);
  });

  it("of a month that is not over are not told", () => {
    const acts = people(10, { month: 4, kind: "grant", amountPt: 100 });
    assert.deepEqual(periodsOf(acts, "2026-04-30"), []);
  });

  it("never stem from fewer than ten people, follow one another, and lose nothing in between", () => {
    const act = fc.record({
      month: fc.integer({ min: 1, max: 9 }),
      person: fc.integer({ min: 0, max: 15 }),
      kind: fc.constantFrom("grant", "pay", "expire"),
      amountPt: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
        const periods = periodsOf(acts as Act[], "2026-10-01");
        const kinds = { issuedPt: "grant", usedPt: "pay", expiredPt: "expire" } as const;
        let end = "";
        for (const { fromMonth, toMonth, flow } of periods) {
          assert.ok(end < fromMonth && fromMonth <= toMonth);
          end = toMonth;
          for (const [column, kind] of Object.entries(kinds)) {
            const of = acts.filter(
              ({ month, kind: did }) =>
                did === kind && fromMonth <= monthName(month) && monthName(month) <= toMonth,
            );
            const sumPt = of.reduce((sum, { amountPt }) => sum + amountPt, 0);
            assert.equal(flow[column as keyof typeof kinds], sumPt);
            const count = new Set(of.map(({ person }) => person)).size;
            assert.ok(count === 0 || count >= PEOPLE_MIN, `${count} people behind ${column}`);
          }
        }
        const told = periods.map(({ flow }) => flow).reduce(addFlows, NO_FLOW);
        const untilEnd = acts.filter(
          ({ month, kind }) => kind === "grant" && monthName(month) <= end,
        );
        assert.equal(
          told.issuedPt,
          untilEnd.reduce((sum, { amountPt }) => sum + amountPt, 0),
        );
      }),
    );
  });
});
