/** Points by day and by month, and the unused balance of prepaid instruments on base dates. */
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { depositYenMin } from "../../contracts/settlement/unused-balance.ts";
import { POINT_TYPE, UNUSED_BALANCE } from "../../contracts/state/state-records.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";
import { addFlows, type Flow, NO_FLOW, outstandingPt, type PointFlows } from "./point-flows.ts";
import type { Cell, Column, Table } from "./table.ts";

const FLOW_COLUMNS: readonly Column[] = [
  { name: "issuedPt", ja: "発行" },
  { name: "usedPt", ja: "利用" },
  { name: "expiredPt", ja: "失効" },
  { name: "outstandingPt", ja: "未使用残高" },
];
const TYPE_COLUMNS: readonly Column[] = [
  { name: "issuer", ja: "発行者" },
  { name: "pointType", ja: "ポイント種別" },
];

/** Each type on each day on which something moved; outstanding at the end of the day. */
export function pointsByDay(flows: PointFlows): Table {
  return {
    name: "points-by-day",
    titleJa: "日別のポイント増減",
    titleEn: "Points by day",
    columns: [...TYPE_COLUMNS, { name: "date", ja: "日" }, ...FLOW_COLUMNS],
    rows: flows.days().flatMap(({ asset, days }) => rowsOf(asset, days)),
  };
}

/** The same by month. */
export function pointsByMonth(flows: PointFlows): Table {
  return {
    name: "points-by-month",
    titleJa: "月別のポイント増減",
    titleEn: "Points by month",
    columns: [...TYPE_COLUMNS, { name: "month", ja: "月" }, ...FLOW_COLUMNS],
    rows: flows.days().flatMap(({ asset, days }) => {
      const months = new Map<string, Flow>();
      for (const [date, flow] of days) {
        const month = date.slice(0, 7);
        months.set(month, addFlows(months.get(month) ?? NO_FLOW, flow));
      }
      return rowsOf(asset, [...months]);
    }),
  };
}

/** Prepaid instruments on each base date that has passed, beside what the issuer reported. */
export function unusedBalances(flows: PointFlows, ledger: AuditedLedger): Table {
  const rows = flows.days().flatMap(({ asset, days }) => {
    const [issuer = "", pointType = ""] = asset.split("/");
    const first = days[0]?.[0];
    const isPrepaid = ledger.read(POINT_TYPE.key(issuer, pointType))?.legalClass === "PREPAID";
    if (first === undefined || !isPrepaid) return [];
    return baseDates(first, ledger.asOf).map((date): Cell[] => {
      const until = days.filter(([day]) => day <= date).map(([, flow]) => flow);
      const total = until.reduce(addFlows, NO_FLOW);
      const report = ledger.read(UNUSED_BALANCE.key(issuer, date));
      const reported = report?.types.find((type) => type.pointType === pointType);
      const { issuedPt, usedPt, expiredPt } = total;
      const unusedPt = outstandingPt(total);
      const says = [depositYenMin(unusedPt), reported?.unusedPt ?? ""];
      return [issuer, pointType, date, issuedPt, usedPt, expiredPt, unusedPt, ...says];
    });
  });
  return {
    name: "unused-balance",
    titleJa: "基準日の未使用残高（前払式支払手段）",
    titleEn: "Unused balance of prepaid instruments on base dates",
    columns: [
      ...TYPE_COLUMNS,
      { name: "baseDate", ja: "基準日" },
      ...FLOW_COLUMNS,
      { name: "depositDueYen", ja: "要供託額（種別ごと）" },
      { name: "reportedPt", ja: "報告された残高" },
    ],
    rows,
  };
}

/** A row for each period, with what is outstanding at its end. */
function rowsOf(asset: string, periods: readonly (readonly [string, Flow])[]): Cell[][] {
  let total = NO_FLOW;
  return periods.map(([period, flow]) => {
    total = addFlows(total, flow);
    const { issuedPt, usedPt, expiredPt } = flow;
    return [...asset.split("/"), period, issuedPt, usedPt, expiredPt, outstandingPt(total)];
  });
}

/** 31 March and 30 September from one date to before another. */
function baseDates(from: CivilDate, to: CivilDate): CivilDate[] {
  const dates: CivilDate[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year++) {
    dates.push(`${year}-03-31`, `${year}-09-30`);
  }
  return dates.filter((date) => date >= from && date < to);
}
