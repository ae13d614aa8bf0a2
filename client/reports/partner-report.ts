/** What a company gets to see of a ledger: its own conversions, dues and settlement, and nobody else's. */
import {
  CONVERSION,
  PARTNER,
  type Partner,
} from "../../contracts/conversion/conversion-records.ts";
import { civilDateAt } from "../../contracts/fields/dates.ts";
import { createdAtMsOf } from "../../ledger/transaction-id.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";
import { ClientError } from "../client-fault.ts";
import type { LedgerReport, Tie } from "./ledger-report.ts";
import { conversions, duesByAge } from "./money-tables.ts";
import { type Cell, sumOf, type Table } from "./table.ts";

const STATUSES = ["REQUESTED", "CONFIRMED", "REJECTED"] as const;

/** The report of a company. @throws ClientError `COMPANY_UNKNOWN`. */
export function partnerReport(ledger: AuditedLedger, partner: string): LedgerReport {
  const record = ledger.read(PARTNER.key(partner));
  if (record === null) throw new ClientError("COMPANY_UNKNOWN", { partner });
  const each = conversionsOf(ledger, partner);
  const months = monthsOf(each);
  const owed = onlyOf(conversions(ledger), ["company"], partner, "partner-owed");
  const dues = onlyOf(duesByAge(ledger), ["debtor", "creditor"], partner, "partner-dues");
  const standing = standingOf(record);
  return {
    tables: [standing, months, each, owed, dues],
    ties: tiesOf(record, { each, months, owed, dues }),
  };
}

/** Each conversion, by the number that the company's own system has for it. */
function conversionsOf(ledger: AuditedLedger, partner: string): Table {
  const own = ledger.all(CONVERSION).filter(({ value }) => value.partner === partner);
  return {
    name: "partner-conversions",
    titleJa: "ポイント交換の一覧",
    titleEn: "Conversions",
    columns: [
      { name: "conversion", ja: "番号" },
      { name: "requestedOn", ja: "申込日" },
      { name: "answerBy", ja: "回答期限" },
      { name: "amountPt", ja: "ポイント" },
      { name: "status", ja: "状態" },
    ],
    rows: own.map(({ id, value: { answerByMs, amountPt, status } }): Cell[] => {
      // An id begins with the time of the request.
      const requestedOn = civilDateAt(createdAtMsOf(id));
      return [id, requestedOn, civilDateAt(answerByMs), amountPt, status];
    }),
  };
}

/** The same by the month of the request. */
function monthsOf({ rows }: Table): Table {
  const months = [...new Set(rows.map(([, requestedOn]) => String(requestedOn).slice(0, 7)))];
  return {
    name: "partner-months",
    titleJa: "月別のポイント交換",
    titleEn: "Conversions by month",
    columns: [
      { name: "month", ja: "月" },
      { name: "requested", ja: "回答待ちの件数" },
      { name: "requestedPt", ja: "回答待ちのポイント" },
      { name: "confirmed", ja: "確定した件数" },
      { name: "confirmedPt", ja: "確定したポイント" },
      { name: "rejected", ja: "不成立の件数" },
      { name: "rejectedPt", ja: "不成立のポイント" },
    ],
    rows: months.sort().map((month): Cell[] => {
      const ofMonth = rows.filter(([, requestedOn]) => String(requestedOn).startsWith(month));
      const figures = STATUSES.flatMap((wanted) => {
        const amountsPt = ofMonth
          .filter(([, , , , status]) => status === wanted)
          .map(([, , , amountPt]) => Number(amountPt));
        return [amountsPt.length, amountsPt.reduce((sumPt, pt) => sumPt + pt, 0)];
      });
      return [month, ...figures];
    }),
  };
}

/** How the company stands with all municipalities together. */
function standingOf(partner: Partner): Table {
  const { convertedYen, fundedYen, pendingYen, supportPt, exposureCapYen, funding } = partner;
  return {
    name: "partner-standing",
    titleJa: "残高と限度額",
    titleEn: "Standing and limit",
    columns: [
      { name: "funding", ja: "入金の方法" },
      { name: "convertedYen", ja: "交換した額" },
      { name: "fundedYen", ja: "入金した額" },
      { name: "pendingYen", ja: "回答待ちの額" },
      { name: "unallocatedPt", ja: "自治体が決まっていないポイント" },
      { name: "exposureCapYen", ja: "限度額" },
    ],
    rows: [[funding, convertedYen, fundedYen, pendingYen, supportPt, exposureCapYen]],
  };
}

/** The rows of a table in which the company stands in one of the columns, under another name. */
function onlyOf(table: Table, columns: readonly string[], partner: string, name: string): Table {
  const places = columns.map((wanted) => table.columns.findIndex((one) => one.name === wanted));
  return {
    ...table,
    name,
    rows: table.rows.filter((row) => places.some((i) => row[i] === partner)),
  };
}

function tiesOf(
  { convertedYen, pendingYen, supportPt }: Partner,
  tables: { readonly [name in "each" | "months" | "owed" | "dues"]: Table },
): Tie[] {
  const { each, months, owed, dues } = tables;
  const converted = dues.rows.filter((row) => row.includes("CONVERSION"));
  const owedYen = sumOf(owed, "owedYen");
  const confirmedPt = sumOf(months, "confirmedPt");
  const allPt = confirmedPt + sumOf(months, "requestedPt") + sumOf(months, "rejectedPt");
  return [
    { name: "conversions: months = list", left: allPt, right: sumOf(each, "amountPt") },
    { name: "confirmed: months = state", left: confirmedPt, right: convertedYen },
    {
      name: "waiting: months = state",
      left: sumOf(months, "requestedPt"),
      right: pendingYen,
    },
    { name: "owed + not allocated = confirmed", left: owedYen + supportPt, right: confirmedPt },
    {
      name: "owed: by municipality and month = dues",
      left: owedYen,
      right: sumOf({ ...dues, rows: converted }, "owedYen"),
    },
  ];
}
