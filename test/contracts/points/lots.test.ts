import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  chooseLots,
  debitLots,
  type Lot,
  type LotUse,
  type Place,
} from "../../../contracts/points/lots.ts";

const TOSHIMA = "131164";
const PLAIN: Lot = {
  number: 1,
  issuer: TOSHIMA,
  pointType: "health",
  category: "HEALTH",
  amountPt: 100,
  remainingPt: 100,
  issuedOn: "2026-10-01",
  expiresOn: null,
  origin: "GRANT",
  consideration: "NONE",
  restrictedTo: [],
  perUseCapPt: 25_000,
};
const MUSEUM: Place = { issuer: TOSHIMA, category: "MUSEUM", today: "2026-11-01" };
const GROCER: Place = { ...MUSEUM, category: "GROCERY" };

function lot(number: number, remainingPt: number, terms: Partial<Lot>): Lot {
  return { ...PLAIN, number, amountPt: remainingPt, remainingPt, ...terms };
}

/** `[number of the lot, pt]` in order of use, or the fault. */
function taken(uses: readonly LotUse[] | string): readonly (readonly [number, number])[] | string {
  return typeof uses === "string" ? uses : uses.map((use) => [use.lot.number, use.usedPt]);
}

describe("order of consumption", () => {
  // domain example E1
  const [A, B, C, D] = [1, 2, 3, 4] as const;
  const wallet = [
    lot(A, 300, { expiresOn: "2027-03-31" }),
    lot(B, 500, { expiresOn: "2026-12-31" }),
    lot(C, 200, { expiresOn: "2026-12-31", restrictedTo: ["MUSEUM"] }),
    lot(D, 100, {}),
  ];

  it("E1: 650 at a museum take C 200, B 450", () => {
    assert.deepEqual(taken(chooseLots(wallet, MUSEUM, 650)), [
      [C, 200],
      [B, 450],
    ]);
  });

  it("E1: 650 at a grocer take B 500, A 150", () => {
    assert.deepEqual(taken(chooseLots(wallet, GROCER, 650)), [
      [B, 500],
      [A, 150],
    ]);
  });

  it("what never expires comes last", () => {
    assert.deepEqual(taken(chooseLots(wallet, GROCER, 900)), [
      [B, 500],
      [A, 300],
      [D, 100],
    ]);
  });

  const rows: readonly { id: string; lots: readonly Lot[]; expected: readonly number[] }[] = [
    {
      id: "earlier expiry before restriction",
      lots: [lot(1, 10, { restrictedTo: ["MUSEUM"] }), lot(2, 10, { expiresOn: "2026-11-01" })],
      expected: [2, 1],
    },
    {
      id: "restricted before free of consideration",
      lots: [lot(1, 10, {}), lot(2, 10, { restrictedTo: ["MUSEUM"], consideration: "PAID" })],
      expected: [2, 1],
    },
    {
      id: "granted before paid, even when younger",
      lots: [lot(1, 10, { consideration: "PAID" }), lot(2, 10, { issuedOn: "2026-10-31" })],
      expected: [2, 1],
    },
    {
      id: "older first",
      lots: [lot(1, 10, { issuedOn: "2026-10-02" }), lot(2, 10, {})],
      expected: [2, 1],
    },
    { id: "then by number", lots: [lot(2, 10, {}), lot(1, 10, {})], expected: [1, 2] },
  ];
  for (const { id, lots, expected } of rows) {
    it(id, () => {
      const uses = chooseLots(lots, MUSEUM, 20);
      assert.ok(typeof uses !== "string");
      assert.deepEqual(
        uses.map((use) => use.lot.number),
        expected,
      );
    });
  }
});

describe("what is usable", () => {
  const rows: readonly { id: string; terms: Partial<Lot>; result: unknown }[] = [
    { id: "on its last day", terms: { expiresOn: "2026-11-01" }, result: [[1, 100]] },
    { id: "not after it", terms: { expiresOn: "2026-10-31" }, result: "BALANCE_INSUFFICIENT" },
    { id: "not another issuer's", terms: { issuer: "141305" }, result: "BALANCE_INSUFFICIENT" },
    { id: "not elsewhere", terms: { restrictedTo: ["ZOO"] }, result: "BALANCE_INSUFFICIENT" },
    { id: "in one of its places", terms: { restrictedTo: ["ZOO", "MUSEUM"] }, result: [[1, 100]] },
    { id: "not above its cap", terms: { perUseCapPt: 99 }, result: "LIMIT_EXCEEDED" },
  ];
  for (const { id, terms, result } of rows) {
    it(id, () => assert.deepEqual(taken(chooseLots([lot(1, 100, terms)], MUSEUM, 100)), result));
  }

  it("a cap is one for all lots of a type; other types fill up", () => {
    const lots = [
      lot(1, 60, { perUseCapPt: 100 }),
      lot(2, 60, { perUseCapPt: 100 }),
      lot(3, 60, { pointType: "sports" }),
    ];
    assert.deepEqual(taken(chooseLots(lots, MUSEUM, 120)), [
      [1, 60],
      [2, 40],
      [3, 20],
    ]);
    assert.equal(chooseLots(lots, MUSEUM, 161), "LIMIT_EXCEEDED");
    assert.equal(chooseLots(lots, MUSEUM, 181), "BALANCE_INSUFFICIENT");
  });
});

describe("chooseLots and debitLots", () => {
  const dates = ["2026-10-31", "2026-11-01", "2026-12-31", "2027-03-31"];
  const anyTerms = fc.record({
    remainingPt: fc.integer({ min: 1, max: 50 }),
    expiresOn: fc.constantFrom(...dates, null),
    issuedOn: fc.constantFrom("2026-09-01", "2026-10-01"),
    consideration: fc.constantFrom("NONE" as const, "PAID" as const),
    restrictedTo: fc.constantFrom<Lot["restrictedTo"]>([], ["MUSEUM"], ["ZOO"]),
    issuer: fc.constantFrom(TOSHIMA, TOSHIMA, "141305"),
  });
  const wallets = fc
    .array(anyTerms, { maxLength: 12 })
    .map((all) =>
      all.map((terms, i): Lot => ({ ...PLAIN, ...terms, number: i + 1, amountPt: 50 })),
    );

  /** The order as the domain's sentence has it, point by point, sorted as text. */
  function naiveOrder(lots: readonly Lot[]): number[] {
    return lots
      .filter(
        (one) =>
          one.issuer === TOSHIMA &&
          (one.expiresOn === null || one.expiresOn >= MUSEUM.today) &&
          (one.restrictedTo.length === 0 || one.restrictedTo.includes("MUSEUM")),
      )
      .map((one) => {
        const rank = [
          one.expiresOn ?? "9999-99-99",
          one.restrictedTo.length > 0 ? "0" : "1",
          one.consideration === "NONE" ? "0" : "1",
          one.issuedOn,
          String(one.number).padStart(3, "0"),
        ].join(" ");
        return { rank, one };
      })
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .flatMap(({ one }) => Array<number>(one.remainingPt).fill(one.number));
  }

  it("take point after point in the order of the domain", () => {
    fc.assert(
      fc.property(wallets, fc.integer({ min: 1, max: 200 }), (lots, wantedPt) => {
        const order = naiveOrder(lots);
        const uses = chooseLots(lots, MUSEUM, wantedPt);
        if (order.length < wantedPt) return assert.equal(uses, "BALANCE_INSUFFICIENT");
        assert.ok(typeof uses !== "string");
        const points = uses.flatMap((use) => Array<number>(use.usedPt).fill(use.lot.number));
        assert.deepEqual(points, order.slice(0, wantedPt));
        const left = debitLots(lots, uses);
        const sum = (all: readonly Lot[]) => all.reduce((pt, one) => pt + one.remainingPt, 0);
        assert.equal(sum(left), sum(lots) - wantedPt);
        assert.ok(left.every(({ remainingPt }) => remainingPt > 0));
      }),
    );
  });
});
