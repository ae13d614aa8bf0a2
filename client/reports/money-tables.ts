/** What merchants are paid, what is owed and for how long, and what organisations owe one another. */

import { type CivilDate, daysBetween } from "../../contracts/fields/dates.ts";
import { type BatchLine, grossPtOf, payoutYenOf } from "../../contracts/settlement/batch.ts";
import { openYen } from "../../contracts/settlement/dues.ts";
import { BATCH, DUE, MERCHANT, MERCHANT_ACCOUNT } from "../../contracts/state/state-records.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";
import type { Cell, Column, Table } from "./table.ts";

/** Upper ends of the classes of age, days. */
const AGE_CLASSES = [30, 60, 90] as const;

/** One row for each merchant in each batch, and one for what is still in its till. */
export function merchantStatements(ledger: AuditedLedger): Table {
  const settled = ledger.all(BATCH).flatMap(({ id, value: batch }) =>
    batch.lines.map((line): Cell[] => {
      const { merchant, feeYen, status, paidOn } = line;
      const dates = [batch.closesOn, batch.paysOn, paidOn ?? ""];
      return [
        ...named(ledger, merchant),
        id,
        ...dates,
        grossPtOf(line),
        feeYen,
        ...yenOf(line),
        status,
      ];
    }),
  );
  const open = ledger.all(MERCHANT_ACCOUNT).map(({ id, value: till }): Cell[] => {
    const grossPt = grossPtOf(till);
    return [...named(ledger, id), "", "", "", "", grossPt, 0, 0, "IN_TILL"];
  });
  const rows = [...settled, ...open.filter((row) => row[6] !== 0)];
  return {
    name: "merchant-statements",
    titleJa: "加盟店別の精算明細",
    titleEn: "Merchants' statements",
    columns: [
      { name: "merchant", ja: "加盟店" },
      { name: "nameJa", ja: "名称" },
      { name: "batch", ja: "精算" },
      { name: "closesOn", ja: "締め日" },
      { name: "paysOn", ja: "支払予定日" },
      { name: "paidOn", ja: "支払日" },
      { name: "grossPt", ja: "ポイント" },
      { name: "feeYen", ja: "手数料" },
      { name: "payoutYen", ja: "支払額" },
      { name: "status", ja: "状態" },
    ],
    rows: rows.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  };
}

/** Everything that was ever owed, and how old what is open is. */
export function duesByAge(ledger: AuditedLedger): Table {
  const payouts = ledger.all(BATCH).flatMap(({ id, value: { approvedOn, lines } }) => {
    const [payer = "", batch = ""] = id.split("/");
    if (approvedOn === null) return [];
    return lines.flatMap((line): Cell[][] => {
      if (line.status === "RETURNED") return [];
      const owedYen = payoutYenOf(line);
      const settledYen = line.status === "PAID" ? owedYen : 0;
      const parties = [payer, line.merchant, batch, "PAYOUT"];
      const amounts = { owedYen, settledYen, writtenOffYen: 0 };
      return [[...parties, ...aged(approvedOn, amounts, ledger.asOf)]];
    });
  });
  const dues = ledger.all(DUE).map(({ id, value: due }): Cell[] => {
    return [...id.split("/"), due.kind, ...aged(due.arisenOn, due, ledger.asOf)];
  });
  return {
    name: "dues",
    titleJa: "債務と経過日数",
    titleEn: "Dues with ageing",
    columns: [
      { name: "debtor", ja: "債務者" },
      { name: "creditor", ja: "債権者" },
      { name: "cause", ja: "原因" },
      { name: "kind", ja: "種類" },
      { name: "arisenOn", ja: "発生日" },
      { name: "owedYen", ja: "債務額" },
      { name: "settledYen", ja: "支払済額" },
      { name: "writtenOffYen", ja: "放棄額" },
      { name: "openYen", ja: "未払額" },
      { name: "ageDays", ja: "経過日数" },
      { name: "ageClass", ja: "区分" },
    ],
    rows: [...payouts, ...dues],
  };
}

/** What each organisation owes each other one, gross, and what it comes to net. */
export function clearingMatrix(ledger: AuditedLedger): Table {
  const open = ledger.all(DUE).flatMap(({ id, value }) => {
    const [debtor = "", creditor = ""] = id.split("/");
    return openYen(value) === 0 ? [] : [{ debtor, creditor, yen: openYen(value) }];
  });
  const parties = [...new Set(open.flatMap(({ debtor, creditor }) => [debtor, creditor]))].sort();
  const between = (debtor: string, creditor: string) =>
    sum(open.filter((due) => due.debtor === debtor && due.creditor === creditor));
  const creditors = parties.map((party): Column => ({ name: party, ja: "宛" }));
  return {
    name: "clearing-matrix",
    titleJa: "団体間の債務（総額と差引）",
    titleEn: "Dues between organisations, gross and net",
    columns: [
      { name: "debtor", ja: "債務者" },
      ...creditors,
      { name: "grossOutYen", ja: "支払総額" },
      { name: "grossInYen", ja: "受取総額" },
      { name: "netYen", ja: "差引受取額" },
    ],
    rows: parties.map((party) => {
      const outYen = sum(open.filter(({ debtor }) => debtor === party));
      const inYen = sum(open.filter(({ creditor }) => creditor === party));
      const gross = parties.map((creditor) => between(party, creditor));
      return [party, ...gross, outYen, inYen, inYen - outYen];
    }),
  };
}

/** What companies owe for points that were converted, by company and municipality. */
export function conversions(ledger: AuditedLedger): Table {
  const sums = new Map<string, { owedYen: number; settledYen: number }>();
  for (const { id, value: due } of ledger.all(DUE)) {
    if (due.kind !== "CONVERSION") continue;
    const [company = "", municipality = ""] = id.split("/");
    const name = [company, municipality, due.arisenOn.slice(0, 7)].join("/");
    const { owedYen, settledYen } = sums.get(name) ?? { owedYen: 0, settledYen: 0 };
    sums.set(name, { owedYen: owedYen + due.owedYen, settledYen: settledYen + due.settledYen });
  }
  return {
    name: "conversions",
    titleJa: "企業別のポイント交換",
    titleEn: "Conversions by company",
    columns: [
      { name: "company", ja: "企業" },
      { name: "municipality", ja: "自治体" },
      { name: "month", ja: "月" },
      { name: "owedYen", ja: "債務額" },
      { name: "settledYen", ja: "入金済額" },
    ],
    rows: [...sums].map(([name, { owedYen, settledYen }]) => {
      return [...name.split("/"), owedYen, settledYen];
    }),
  };
}

function named(ledger: AuditedLedger, merchant: string): Cell[] {
  return [merchant, ledger.read(MERCHANT.key(merchant))?.nameJa ?? ""];
}

/** What the merchant gets for a line; nothing for points that went back to the till. */
function yenOf(line: BatchLine): Cell[] {
  return [line.status === "RETURNED" ? 0 : payoutYenOf(line)];
}

interface Amounts {
  readonly owedYen: number;
  readonly settledYen: number;
  readonly writtenOffYen: number;
}

function aged(arisenOn: CivilDate, amounts: Amounts, asOf: CivilDate): Cell[] {
  const { owedYen, settledYen, writtenOffYen } = amounts;
  const leftYen = openYen(amounts);
  const ageDays = leftYen === 0 ? 0 : daysBetween(arisenOn, asOf);
  const cells = [arisenOn, owedYen, settledYen, writtenOffYen, leftYen, ageDays];
  return [...cells, leftYen === 0 ? "-" : ageClass(ageDays)];
}

function ageClass(ageDays: number): string {
  const end = AGE_CLASSES.find((days) => ageDays <= days);
  return end === undefined ? `>${AGE_CLASSES.at(-1)}` : `<=${end}`;
}

function sum(dues: readonly { readonly yen: number }[]): number {
  return dues.reduce((totalYen, { yen }) => totalYen + yen, 0);
}
