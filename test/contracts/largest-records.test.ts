/** The largest records that the rules let come about can be read again: a node that could not would stop. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PROJECT } from "../../contracts/projects/project.ts";
import {
  BATCH_HOLDINGS_MAX,
  BATCH_LINES_MAX,
  type Batch,
} from "../../contracts/settlement/batch.ts";
import { CLEARING_DUES_MAX, positionsOf } from "../../contracts/settlement/clearing.ts";
import { HOLDINGS_MAX, type Holdings } from "../../contracts/spending/till.ts";
import { BATCH, CLEARING } from "../../contracts/state/state-records.ts";
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";

/** The longest id with that number. */
function longName(number: number): string {
  return `${number}`.padStart(32, "x");
}

function manyHoldings(count: number): Holdings {
  return Array.from({ length: count }, (_, i) => {
    return { fiscalYear: 2026, issuer: "131164", pointType: longName(i), balancePt: ISSUED_PT_MAX };
  });
}

describe("the largest records", () => {
  it("a batch of all lines and balances", () => {
    const holdings = manyHoldings(BATCH_HOLDINGS_MAX / BATCH_LINES_MAX);
    const day = "2026-11-16";
    const batch: Batch = {
      fiscalYear: 2026,
      closesOn: day,
      cutOn: day,
      objectionUntil: day,
      paysOn: day,
      feeBp: 1000,
      approvedOn: day,
      lines: Array.from({ length: BATCH_LINES_MAX }, (_, i) => {
        const feeYen = ISSUED_PT_MAX;
        return { merchant: longName(i), holdings, feeYen, status: "RETURNED", paidOn: day };
      }),
    };
    assert.deepEqual(BATCH.decode(BATCH.encode(batch)), batch);
  });

  it("a clearing in which nobody is named twice", () => {
    const dues = Array.from({ length: CLEARING_DUES_MAX }, (_, i) => {
      const parties = { debtor: longName(2 * i), creditor: longName(2 * i + 1) };
      return { ...parties, cause: longName(i), amountYen: ISSUED_PT_MAX };
    });
    const positions = positionsOf(dues).map((position) => {
      return { ...position, accepted: "WAITING" as const, settledOn: "2026-11-16" };
    });
    const clearing = { cutOn: "2026-11-16", dues, positions };
    assert.deepEqual(CLEARING.decode(CLEARING.encode(clearing)), clearing);
  });

  it("a project of all types", () => {
    const project = {
      nameJa: "名".repeat(100),
      nameEn: "n".repeat(100),
      goalPt: ISSUED_PT_MAX,
      deadline: "2026-11-16",
      beneficiary: longName(1),
      refundable: true,
      category: "LITERATURE_MUSEUM" as const,
      raisedPt: ISSUED_PT_MAX,
      holdings: manyHoldings(HOLDINGS_MAX),
      status: "REFUNDING" as const,
      claimUntil: "2026-11-16",
    };
    assert.deepEqual(PROJECT.decode(PROJECT.encode(project)), project);
  });
});
