/** Rows of the table of all rules: the transactions of settlement. */
import { BATCH_HOLDINGS_MAX, type Batch } from "../../contracts/settlement/batch.ts";
import { type Clearing, positionsOf } from "../../contracts/settlement/clearing.ts";
import type { Due } from "../../contracts/settlement/dues.ts";
import { HOLDINGS_MAX, type Holdings } from "../../contracts/spending/till.ts";
import {
  BATCH,
  CLEARING,
  DUE,
  FISCAL_YEAR_END,
  MERCHANT,
  MERCHANT_ACCOUNT,
  POINT_TYPE,
  TERMINAL,
  UNUSED_BALANCE,
} from "../../contracts/state/state-records.ts";
import { ISSUED_PT_MAX } from "../../ledger/limits.ts";
import type { LedgerRun } from "../support/ledger-run.ts";
import { KAWASAKI, newTerminal, officerOf, TOSHIMA } from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

const TILL = MERCHANT_ACCOUNT.key("museum");
const BATCH_KEY = BATCH.key(TOSHIMA, "2026-10b");
const DUE_KEY = DUE.key(KAWASAKI, TOSHIMA, "2026-10b");
const CLEARING_KEY = CLEARING.key(TOSHIMA, "2026-11");
const HEALTH = POINT_TYPE.key(TOSHIMA, "health");

/** 22 November 2026 in Japan, when nobody may object any more. */
const LATER_MS = Date.UTC(2026, 10, 22);

/** What the museum took: 4,000 pt. */
const taken: Holdings = [
  { fiscalYear: 2026, issuer: TOSHIMA, pointType: "health", balancePt: 4000 },
];

function fillTill(holdings: Holdings = taken): (run: LedgerRun) => void {
  return (run) => run.plant(TILL, { holdings });
}

/** A batch of 4,000 pt at 150 basis points, approved yesterday, with other fields where a row wants them. */
function plantBatch(
  fields: Partial<Batch> = {},
  line: Partial<Batch["lines"][number]> = {},
): (run: LedgerRun) => void {
  const museum = { merchant: "museum", holdings: taken, feeYen: 60, paidOn: null };
  return (run) =>
    run.plant(BATCH_KEY, {
      fiscalYear: 2026,
      closesOn: "2026-10-31",
      cutOn: "2026-10-25",
      objectionUntil: "2026-10-30",
      paysOn: "2026-11-16",
      feeBp: 150,
      approvedOn: "2026-10-31",
      lines: [{ ...museum, status: "DUE", ...line }],
      ...fields,
    });
}

const cut = { approvedOn: null } as const;

function plantDue(fields: Partial<Due> = {}): (run: LedgerRun) => void {
  return (run) =>
    run.plant(DUE_KEY, {
      kind: "ACCEPTANCE",
      arisenOn: "2026-10-31",
      owedYen: 4000,
      settledYen: 0,
      writtenOffYen: 0,
      clearing: null,
      ...fields,
    });
}

type Answer = Clearing["positions"][number]["accepted"];

/** The due's name. */
const OWED = { debtor: KAWASAKI, creditor: TOSHIMA, cause: "2026-10b" };

/** A clearing of the due, with the answers of debtor and creditor. */
function plantClearing(answers: readonly [Answer, Answer], name = CLEARING_KEY) {
  const dues = [{ ...OWED, amountYen: 4000 }];
  return (run: LedgerRun) => {
    const clearing = { operator: TOSHIMA, clearing: name.id.split("/")[1] ?? "" };
    plantDue({ clearing })(run);
    const answerOf = (organisation: string) => answers[organisation === KAWASAKI ? 0 : 1];
    const positions = positionsOf(dues).map((position) => {
      return { ...position, accepted: answerOf(position.organisation) };
    });
    run.plant(name, { cutOn: "2026-10-31", dues, positions });
  };
}

function inOrder(...steps: readonly ((run: LedgerRun) => void)[]): (run: LedgerRun) => void {
  return (run) => {
    for (const step of steps) step(run);
  };
}

/** Those of batches. */
function batchRows(): RuleRow[] {
  const later = { atMs: LATER_MS, overrides: { createdAtMs: LATER_MS } };
  const anotherTerminal = newTerminal();
  return [
    { id: "what the museum took", type: "BATCH_CUT", arrange: fillTill(), code: "OK" },
    {
      id: "a batch of that name",
      type: "BATCH_CUT",
      arrange: inOrder(fillTill(), plantBatch()),
      code: "ALREADY_EXISTS",
    },
    {
      id: "a period that is not over",
      type: "BATCH_CUT",
      public: { closesOn: "2026-11-15", paysOn: "2026-11-30" },
      arrange: fillTill(),
      code: "CLOSING_DATE_MISMATCH",
    },
    {
      id: "a period that ends in the middle of nothing",
      type: "BATCH_CUT",
      public: { closesOn: "2026-10-30" },
      arrange: fillTill(),
      code: "CLOSING_DATE_MISMATCH",
    },
    {
      id: "a period of another fiscal year",
      type: "BATCH_CUT",
      public: { fiscalYear: 2025 },
      arrange: fillTill(),
      code: "CLOSING_DATE_MISMATCH",
    },
    {
      id: "paid on the Sunday on which the schedule falls",
      type: "BATCH_CUT",
      public: { paysOn: "2026-11-15" },
      arrange: fillTill(),
      code: "PAY_DATE_MISMATCH",
    },
    {
      id: "paid on a Saturday",
      type: "BATCH_CUT",
      public: { paysOn: "2026-11-21" },
      arrange: fillTill(),
      code: "PAY_DATE_MISMATCH",
    },
    {
      id: "paid on a later banking day",
      type: "BATCH_CUT",
      public: { paysOn: "2026-11-17" },
      arrange: fillTill(),
      code: "OK",
    },
    {
      id: "another municipality's merchant",
      type: "BATCH_CUT",
      arrange: inOrder(fillTill(), change(MERCHANT.key("museum"), { issuer: KAWASAKI })),
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "no such merchant",
      type: "BATCH_CUT",
      public: { merchants: ["cafe"] },
      code: "UNKNOWN_MERCHANT",
    },
    { id: "an empty till", type: "BATCH_CUT", code: "NOTHING_TO_SETTLE" },
    {
      id: "a till of another year",
      type: "BATCH_CUT",
      arrange: fillTill([{ fiscalYear: 2025, issuer: TOSHIMA, pointType: "health", balancePt: 9 }]),
      code: "NOTHING_TO_SETTLE",
    },
    {
      id: "more balances than a batch holds",
      type: "BATCH_CUT",
      public: { merchants: Array.from({ length: 5 }, (_, i) => `shop-${i}`) },
      arrange: (run) => {
        const museum = run.read(MERCHANT.key("museum"));
        if (museum === null) throw new Error("the set-up has a museum");
        for (let shop = 0; shop < 5; shop++) {
          run.plant(MERCHANT.key(`shop-${shop}`), museum);
          run.plant(MERCHANT_ACCOUNT.key(`shop-${shop}`), {
            holdings: holdingsOf(BATCH_HOLDINGS_MAX / 5 + 1, 2026),
          });
        }
      },
      code: "LIMIT_EXCEEDED",
    },

    {
      id: "a line that is open",
      type: "BATCH_OBJECT",
      arrange: plantBatch({ ...cut, objectionUntil: "2026-11-01" }, { status: "OPEN" }),
      code: "OK",
    },
    {
      id: "the day after the last day for it",
      type: "BATCH_OBJECT",
      arrange: plantBatch({ ...cut, objectionUntil: "2026-10-31" }, { status: "OPEN" }),
      code: "OBJECTION_LATE",
    },
    {
      id: "a line that is approved",
      type: "BATCH_OBJECT",
      arrange: plantBatch({ objectionUntil: "2026-11-01" }),
      code: "BATCH_CLOSED",
    },
    {
      id: "a batch without the merchant",
      type: "BATCH_OBJECT",
      arrange: plantBatch(cut, { status: "OPEN", merchant: "cafe" }),
      code: "PAYOUT_MISMATCH",
    },
    {
      id: "a merchant that nobody registered",
      type: "BATCH_OBJECT",
      public: { merchant: "cafe" },
      arrange: plantBatch(cut),
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "a suspended merchant",
      type: "BATCH_OBJECT",
      arrange: inOrder(plantBatch(cut), change(MERCHANT.key("museum"), { status: "SUSPENDED" })),
      code: "MERCHANT_SUSPENDED",
    },
    { id: "no such batch", type: "BATCH_OBJECT", code: "UNKNOWN_BATCH" },
    {
      id: "another merchant's terminal",
      type: "BATCH_OBJECT",
      arrange: inOrder(plantBatch(cut), change(TERMINAL.key("museum-1"), { merchant: "cafe" })),
      code: "UNKNOWN_TERMINAL",
    },
    {
      id: "a revoked terminal",
      type: "BATCH_OBJECT",
      arrange: inOrder(plantBatch(cut), change(TERMINAL.key("museum-1"), { status: "REVOKED" })),
      code: "TERMINAL_REVOKED",
    },
    {
      id: "another terminal's signature",
      type: "BATCH_OBJECT",
      arrange: plantBatch(cut),
      overrides: { signers: [anotherTerminal] },
      code: "SIGNER_NOT_AUTHORISED",
    },

    {
      id: "after the last day for objections",
      type: "BATCH_APPROVE",
      arrange: plantBatch(cut, { status: "OPEN" }),
      code: "OK",
    },
    {
      id: "on the last day for objections",
      type: "BATCH_APPROVE",
      arrange: plantBatch({ ...cut, objectionUntil: "2026-11-01" }, { status: "OPEN" }),
      code: "OBJECTION_OPEN",
    },
    { id: "no such batch", type: "BATCH_APPROVE", code: "UNKNOWN_BATCH" },
    { id: "a second time", type: "BATCH_APPROVE", arrange: plantBatch(), code: "BATCH_CLOSED" },
    {
      id: "in spite of an objection",
      type: "BATCH_APPROVE",
      arrange: plantBatch(cut, { status: "OBJECTED" }),
      code: "OBJECTION_MISMATCH",
    },
    {
      id: "without a line that the officers do not approve",
      type: "BATCH_APPROVE",
      public: { returned: ["museum"], totalYen: 0 },
      arrange: plantBatch(cut, { status: "OPEN" }),
      code: "OK",
    },
    {
      id: "without a merchant that is not in it",
      type: "BATCH_APPROVE",
      public: { returned: ["cafe"] },
      arrange: plantBatch(cut, { status: "OPEN" }),
      code: "OBJECTION_MISMATCH",
    },
    {
      id: "with the points of those that objected going back",
      type: "BATCH_APPROVE",
      public: { returned: ["museum"], totalYen: 0 },
      arrange: plantBatch(cut, { status: "OBJECTED" }),
      code: "OK",
    },
    {
      id: "back into a till that has no room",
      type: "BATCH_APPROVE",
      public: { returned: ["museum"], totalYen: 0 },
      arrange: inOrder(
        plantBatch(cut, { status: "OBJECTED" }),
        fillTill(holdingsOf(HOLDINGS_MAX, 2025)),
      ),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "a yen too much",
      type: "BATCH_APPROVE",
      public: { totalYen: 3941 },
      arrange: plantBatch(cut, { status: "OPEN" }),
      code: "TOTAL_MISMATCH",
    },
    {
      id: "without the claim on another issuer",
      type: "BATCH_APPROVE",
      arrange: plantBatch(cut, { status: "OPEN", holdings: foreign }),
      code: "TOTAL_MISMATCH",
    },
    {
      id: "with a claim for a cause of which something is owed already",
      type: "BATCH_APPROVE",
      public: { claims: [{ issuer: KAWASAKI, amountYen: 4000 }] },
      arrange: inOrder(plantBatch(cut, { status: "OPEN", holdings: foreign }), plantDue()),
      code: "ALREADY_EXISTS",
    },
    {
      id: "with the claim on another issuer",
      type: "BATCH_APPROVE",
      public: { claims: [{ issuer: KAWASAKI, amountYen: 4000 }] },
      arrange: plantBatch(cut, { status: "OPEN", holdings: foreign }),
      code: "OK",
    },

    { id: "all of it", type: "PAYOUT_REPORT", arrange: plantBatch(), code: "OK" },
    {
      id: "what had failed before",
      type: "PAYOUT_REPORT",
      arrange: plantBatch({}, { status: "FAILED" }),
      code: "OK",
    },
    {
      id: "a payment that failed",
      type: "PAYOUT_REPORT",
      public: { totalYen: 0, results: [{ merchant: "museum", outcome: "FAILED" }] },
      arrange: plantBatch(),
      code: "OK",
    },
    { id: "no such batch", type: "PAYOUT_REPORT", code: "UNKNOWN_BATCH" },
    {
      id: "a batch that nobody approved",
      type: "PAYOUT_REPORT",
      arrange: plantBatch(cut, { status: "OPEN" }),
      code: "BATCH_OPEN",
    },
    {
      id: "paid tomorrow",
      type: "PAYOUT_REPORT",
      public: { paidOn: "2026-11-02" },
      arrange: plantBatch(),
      code: "PAY_DATE_MISMATCH",
    },
    {
      id: "paid before it was approved",
      type: "PAYOUT_REPORT",
      public: { paidOn: "2026-10-30" },
      arrange: plantBatch(),
      code: "PAY_DATE_MISMATCH",
    },
    {
      id: "paid twice",
      type: "PAYOUT_REPORT",
      arrange: plantBatch({}, { status: "PAID", paidOn: "2026-10-31" }),
      code: "PAYOUT_MISMATCH",
    },
    {
      id: "a merchant named twice",
      type: "PAYOUT_REPORT",
      public: {
        results: [
          { merchant: "museum", outcome: "PAID" },
          { merchant: "museum", outcome: "PAID" },
        ],
      },
      arrange: plantBatch(),
      code: "PAYOUT_MISMATCH",
    },
    {
      id: "a merchant that the batch does not know",
      type: "PAYOUT_REPORT",
      public: { results: [{ merchant: "cafe", outcome: "PAID" }] },
      arrange: plantBatch(),
      code: "PAYOUT_MISMATCH",
    },
    {
      id: "a yen too little",
      type: "PAYOUT_REPORT",
      public: { totalYen: 3939 },
      arrange: plantBatch(),
      code: "TOTAL_MISMATCH",
    },
    {
      id: "by an approver",
      type: "PAYOUT_REPORT",
      arrange: plantBatch(),
      overrides: { ...later.overrides, signers: [officerOf(TOSHIMA, "approver")] },
      atMs: later.atMs,
      code: "SIGNER_NOT_AUTHORISED",
    },
  ];
}

/** Points of another issuer in the museum's line. */
const foreign: Holdings = [
  { fiscalYear: 2026, issuer: KAWASAKI, pointType: "health", balancePt: 4000 },
];

/** So many balances of one year. */
function holdingsOf(count: number, fiscalYear: number): Holdings {
  return Array.from({ length: count }, (_, i) => {
    return { fiscalYear, issuer: TOSHIMA, pointType: `type-${1000 + i}`, balancePt: 1 };
  });
}

/** Those of clearings and dues. */
function clearingRows(): RuleRow[] {
  const former = CLEARING.key(TOSHIMA, "2026-10");
  const refusal = { type: "CLEARING_ACCEPT", public: { accepted: false, released: [OWED] } };
  return [
    { id: "an open due", type: "CLEARING_CUT", arrange: plantDue(), code: "OK" },
    {
      id: "a clearing of that name",
      type: "CLEARING_CUT",
      arrange: plantClearing(["YES", "YES"]),
      code: "ALREADY_EXISTS",
    },
    { id: "nothing that is owed", type: "CLEARING_CUT", code: "UNKNOWN_DUE" },
    {
      id: "a due that is settled",
      type: "CLEARING_CUT",
      arrange: plantDue({ settledYen: 4000 }),
      code: "UNKNOWN_DUE",
    },
    {
      id: "a due in another clearing",
      type: "CLEARING_CUT",
      arrange: plantClearing(["WAITING", "WAITING"], former),
      code: "DUE_IN_CLEARING",
    },
    {
      id: "a due twice",
      type: "CLEARING_CUT",
      public: {
        dues: [OWED, OWED],
      },
      arrange: plantDue(),
      code: "DUE_IN_CLEARING",
    },
    {
      id: "more than can be counted",
      type: "CLEARING_CUT",
      public: {
        dues: ["2026-10b", "2026-10c"].map((cause) => {
          return { debtor: KAWASAKI, creditor: TOSHIMA, cause };
        }),
      },
      arrange: (run) => {
        plantDue({ owedYen: ISSUED_PT_MAX })(run);
        const due = run.read(DUE_KEY);
        if (due !== null) run.plant(DUE.key(KAWASAKI, TOSHIMA, "2026-10c"), due);
      },
      code: "LIMIT_EXCEEDED",
    },

    {
      id: "the debtor says yes",
      type: "CLEARING_ACCEPT",
      arrange: plantClearing(["WAITING", "WAITING"]),
      code: "OK",
    },
    {
      id: "the debtor says no",
      ...refusal,
      arrange: plantClearing(["WAITING", "YES"]),
      code: "OK",
    },
    {
      id: "the debtor takes his yes back, as long as somebody has not answered",
      ...refusal,
      arrange: plantClearing(["YES", "WAITING"]),
      code: "OK",
    },
    {
      id: "a no when all said yes",
      ...refusal,
      arrange: plantClearing(["YES", "YES"]),
      code: "CLEARING_CLOSED",
    },
    {
      id: "a no that keeps the dues",
      ...refusal,
      public: { accepted: false, released: [] },
      arrange: plantClearing(["WAITING", "YES"]),
      code: "TOTAL_MISMATCH",
    },
    {
      id: "a yes that gives them back",
      ...refusal,
      public: { accepted: true, released: [OWED] },
      arrange: plantClearing(["WAITING", "YES"]),
      code: "TOTAL_MISMATCH",
    },
    { id: "no such clearing", type: "CLEARING_ACCEPT", code: "UNKNOWN_CLEARING" },
    {
      id: "somebody who owes nothing",
      type: "CLEARING_ACCEPT",
      public: { organisation: "card-company" },
      arrange: plantClearing(["WAITING", "WAITING"]),
      code: "NOT_A_PARTICIPANT",
    },
    {
      id: "a second yes",
      type: "CLEARING_ACCEPT",
      arrange: plantClearing(["YES", "WAITING"]),
      code: "CLEARING_CLOSED",
    },
    {
      id: "a clearing that was refused",
      type: "CLEARING_ACCEPT",
      arrange: plantClearing(["WAITING", "NO"]),
      code: "CLEARING_CLOSED",
    },

    {
      id: "the creditor, after all said yes",
      type: "CLEARING_SETTLED",
      arrange: plantClearing(["YES", "YES"]),
      code: "OK",
    },
    { id: "no such clearing", type: "CLEARING_SETTLED", code: "UNKNOWN_CLEARING" },
    {
      id: "somebody who is owed nothing",
      type: "CLEARING_SETTLED",
      public: { organisation: "card-company" },
      arrange: plantClearing(["YES", "YES"]),
      code: "NOT_A_PARTICIPANT",
    },
    {
      id: "before all said yes",
      type: "CLEARING_SETTLED",
      arrange: plantClearing(["WAITING", "YES"]),
      code: "CLEARING_CLOSED",
    },
    {
      id: "other dues than the clearing's",
      type: "CLEARING_SETTLED",
      public: { dues: [{ debtor: KAWASAKI, cause: "2026-10c" }] },
      arrange: plantClearing(["YES", "YES"]),
      code: "TOTAL_MISMATCH",
    },

    { id: "a part", type: "DUE_WRITE_OFF", arrange: plantDue(), code: "OK" },
    { id: "nothing that is owed", type: "DUE_WRITE_OFF", code: "UNKNOWN_DUE" },
    {
      id: "more than is owed",
      type: "DUE_WRITE_OFF",
      arrange: plantDue({ settledYen: 3901 }),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "what a clearing holds",
      type: "DUE_WRITE_OFF",
      arrange: plantClearing(["YES", "YES"]),
      code: "DUE_IN_CLEARING",
    },
  ];
}

/** Another type on the terms of the sample's. */
function plantLikeHealth(pointType: string): (run: LedgerRun) => void {
  return (run) => {
    const terms = run.read(HEALTH);
    if (terms !== null) run.plant(POINT_TYPE.key(TOSHIMA, pointType), terms);
  };
}

/** Those of the ends of periods. */
function periodRows(): RuleRow[] {
  const prepaid = change(HEALTH, { legalClass: "PREPAID" });
  const [type] = [{ pointType: "health", issuedPt: 30_000_000, usedPt: 9_000_000 }];
  const manyTypes = Array.from({ length: 10 }, (_, i) => `type-${i}`);
  const nothingUsed = { usedPt: 0, expiredPt: 0 };
  const newYearMs = Date.UTC(2027, 2, 31, 15); // 1 April 2027 in Japan
  const inNewYear = { atMs: newYearMs, overrides: { createdAtMs: newYearMs } };
  return [
    { id: "half of it deposited", type: "UNUSED_BALANCE_REPORT", arrange: prepaid, code: "OK" },
    {
      id: "ten million, without a deposit",
      type: "UNUSED_BALANCE_REPORT",
      public: {
        types: [{ ...type, expiredPt: 11_000_000, unusedPt: 10_000_000 }],
        depositYen: 0,
      },
      arrange: prepaid,
      code: "OK",
    },
    {
      id: "a yen less than half",
      type: "UNUSED_BALANCE_REPORT",
      public: { depositYen: 10_000_000 },
      arrange: prepaid,
      code: "DEPOSIT_INSUFFICIENT",
    },
    {
      id: "a balance that does not add up",
      type: "UNUSED_BALANCE_REPORT",
      public: { types: [{ ...type, expiredPt: 0, unusedPt: 20_000_001 }] },
      arrange: prepaid,
      code: "TOTAL_MISMATCH",
    },
    {
      id: "more of all types together than there can be",
      type: "UNUSED_BALANCE_REPORT",
      public: {
        types: manyTypes.map((pointType) => {
          return { pointType, ...nothingUsed, issuedPt: ISSUED_PT_MAX, unusedPt: ISSUED_PT_MAX };
        }),
        depositYen: ISSUED_PT_MAX,
      },
      arrange: inOrder(prepaid, ...manyTypes.map(plantLikeHealth)),
      code: "TOTAL_MISMATCH",
    },
    {
      id: "points that are no prepaid instrument",
      type: "UNUSED_BALANCE_REPORT",
      code: "UNKNOWN_POINT_TYPE",
    },
    {
      id: "a base date to come",
      type: "UNUSED_BALANCE_REPORT",
      public: { baseDate: "2027-03-31" },
      arrange: prepaid,
      code: "CLOSING_DATE_MISMATCH",
    },
    {
      id: "a second time",
      type: "UNUSED_BALANCE_REPORT",
      arrange: inOrder(prepaid, (run) =>
        run.plant(UNUSED_BALANCE.key(TOSHIMA, "2026-09-30"), {
          reportedOn: "2026-10-01",
          types: [{ ...type, expiredPt: 0, unusedPt: 0 }],
          depositYen: 0,
        }),
      ),
      code: "ALREADY_EXISTS",
    },

    { id: "last year", type: "FY_CLOSE", code: "OK" },
    {
      id: "the year that ended at midnight",
      type: "FY_CLOSE",
      public: { fiscalYear: 2026 },
      ...inNewYear,
      code: "OK",
    },
    {
      id: "the year that runs",
      type: "FY_CLOSE",
      public: { fiscalYear: 2026 },
      code: "FISCAL_YEAR_MISMATCH",
    },
    {
      id: "twice",
      type: "FY_CLOSE",
      arrange: (run) =>
        run.plant(FISCAL_YEAR_END.key(TOSHIMA, 2025), { closedOn: "2026-04-01", budgets: [] }),
      code: "ALREADY_EXISTS",
    },
    {
      id: "an issuer that has not opened",
      type: "FY_CLOSE",
      public: { issuer: KAWASAKI },
      code: "UNKNOWN_ISSUER",
    },
  ];
}

/** The rows of settlement. */
export function settlementRows(): readonly RuleRow[] {
  return [...batchRows(), ...clearingRows(), ...periodRows()];
}
