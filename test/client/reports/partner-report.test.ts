/** What a company sees of a ledger that two companies use. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { AuditedLedger } from "../../../client/audit/audited-ledger.ts";
import { partnerReport } from "../../../client/reports/partner-report.ts";
import { csvOf, jsonOf } from "../../../client/reports/table.ts";
import { CONVERSION, PARTNER } from "../../../contracts/conversion/conversion-records.ts";
import { MemoryState } from "../../../contracts/state/state.ts";
import { DUE } from "../../../contracts/state/state-records.ts";
import { toHex } from "../../../ledger/bytes.ts";
import { makeTransactionId } from "../../../ledger/transaction-id.ts";
import { noonOf } from "../../support/november.ts";

const OWN = "card-company";
const OTHER = "airline";
const WALLET = new Uint8Array(32).fill(0xab);

/** Two companies: in October and November the first converted 900 and 1,800 pt, and 2,700 wait for its answer. */
function ledgerOf(convertedYen = 2700): AuditedLedger {
  const records: [string, Uint8Array][] = [];
  const partner = { exposureCapYen: 10_000, funding: "POST", fundedYen: 500 } as const;
  const own = { ...partner, convertedYen, pendingYen: 2700, supportPt: 300 };
  const other = { ...partner, convertedYen: 7777, pendingYen: 0, supportPt: 0 };
  const conversions = [
    { company: OWN, month: 10, amountPt: 900, status: "CONFIRMED" },
    { company: OWN, month: 11, amountPt: 1800, status: "CONFIRMED" },
    { company: OWN, month: 11, amountPt: 450, status: "REJECTED" },
    { company: OWN, month: 11, amountPt: 2700, status: "REQUESTED" },
    { company: OTHER, month: 11, amountPt: 7777, status: "CONFIRMED" },
  ] as const;
  const dues = [
    [`${OWN}/131164/conversion-2026-10`, 900],
    [`${OWN}/072028/conversion-2026-11`, 1500],
    [`${OTHER}/131164/conversion-2026-11`, 7777],
  ] as const;
  const put = <T>(key: { text: string; space: { encode(value: T): Uint8Array } }, value: T) =>
    records.push([key.text, key.space.encode(value)]);
  put(PARTNER.key(OWN), own);
  put(PARTNER.key(OTHER), other);
  for (const [i, { company, month, amountPt, status }] of conversions.entries()) {
    const requestedAtMs = noonOf(month, 2);
    const id = toHex(makeTransactionId("card", requestedAtMs, new Uint8Array(16).fill(i)));
    const wallet = status === "REQUESTED" ? WALLET : null;
    const answerByMs = requestedAtMs + 72 * 3_600_000;
    put(CONVERSION.key(id), { partner: company, wallet, amountPt, answerByMs, status });
  }
  for (const [name, owedYen] of dues) {
    const [debtor = "", creditor = "", cause = ""] = name.split("/");
    const arisenOn = `${cause.slice(-7)}-05`;
    const amounts = { owedYen, settledYen: 500, writtenOffYen: 0, clearing: null };
    put(DUE.key(debtor, creditor, cause), { kind: "CONVERSION", arisenOn, ...amounts });
  }
  records.sort(([a], [b]) => (a < b ? -1 : 1));
  return new AuditedLedger(new MemoryState(records), { height: 9, date: "2026-12-01" });
}

describe("a company's report", () => {
  it("has its months, its dues by municipality, and how it stands; every figure ties", () => {
    const { tables, ties } = partnerReport(ledgerOf(), OWN);
    const found = Object.fromEntries(tables.map((table) => [table.name, jsonOf(table)]));
    assert.deepEqual(
      found["partner-months"]?.map((month) => Object.values(month)),
      [
        ["2026-10", 0, 0, 1, 900, 0, 0],
        ["2026-11", 1, 2700, 1, 1800, 1, 450],
      ],
    );
    assert.deepEqual(
      found["partner-owed"]?.map(({ municipality, month, owedYen }) => [
        municipality,
        month,
        owedYen,
      ]),
      [
        ["072028", "2026-11", 1500],
        ["131164", "2026-10", 900],
      ],
    );
    assert.equal(found["partner-dues"]?.length, 2);
    const [standing] = found["partner-standing"] ?? [];
    assert.deepEqual(Object.values(standing ?? {}), ["POST", 2700, 500, 2700, 300, 10_000]);
    assert.deepEqual(
      ties.filter(({ left, right }) => left !== right),
      [],
    );
    assert.equal(ties.length, 5);
  });

  it("has nothing of another company, and no wallet", () => {
    for (const table of partnerReport(ledgerOf(), OWN).tables) {
      const text = csvOf(table);
      assert.ok(!text.includes(OTHER) && !text.includes("7777"), table.name);
      assert.ok(!text.includes(toHex(WALLET)), table.name);
    }
  });

  it("says which figures do not tie", () => {
    const { ties } = partnerReport(ledgerOf(2800), OWN);
    const wrong = ties.filter(({ left, right }) => left !== right).map(({ name }) => name);
    assert.deepEqual(wrong, ["confirmed: months = state"]);
  });

  it("is not made for a name that the ledger does not know", () => {
    assert.throws(() => partnerReport(ledgerOf(), "nobody"), { code: "COMPANY_UNKNOWN" });
  });
});
