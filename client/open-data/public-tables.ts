/** What everybody may know of a network, as tables: what stands in its state about offers, and joined figures of points. */

import { CAMPAIGN, CAMPAIGN_SHARE } from "../../contracts/campaigns/campaign-records.ts";
import type { ExpiryRule } from "../../contracts/points/expiry-rule.ts";
import { PROJECT } from "../../contracts/projects/project.ts";
import { FACILITY, SERVICE } from "../../contracts/services/service.ts";
import {
  ISSUER,
  MERCHANT,
  ORGANISATION,
  POINT_TYPE,
  WIND_DOWN,
} from "../../contracts/state/state-records.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";
import { addFlows, NO_FLOW, outstandingPt } from "../reports/point-flows.ts";
import type { Cell, Column, Table } from "../reports/table.ts";
import {
  GRANT_CATEGORY_WORDS,
  MERCHANT_CATEGORY_WORDS,
  SERVICE_CATEGORY_WORDS,
} from "../scenario/values.ts";
import { PEOPLE_MIN, type PublicMonths } from "./public-months.ts";

/** A table's columns, and the values of its rows by them. */
interface Plan<T> {
  readonly name: string;
  readonly titleJa: string;
  readonly titleEn: string;
  readonly columns: readonly (Column & { readonly of: (row: T) => Cell })[];
}

const NAMES = [
  { name: "nameJa", ja: "名称", of: (row: { readonly nameJa: string }) => row.nameJa },
  { name: "nameEn", ja: "英語名", of: (row: { readonly nameEn: string }) => row.nameEn },
] as const;

/** All public tables of a ledger whose blocks were heard by `months`. */
export function publicTables(ledger: AuditedLedger, months: PublicMonths): readonly Table[] {
  return [
    municipalities(ledger),
    pointTypes(ledger),
    campaigns(ledger),
    shops(ledger),
    facilities(ledger),
    services(ledger),
    fees(ledger),
    projects(ledger),
    figures(ledger, months),
  ];
}

function municipalities(ledger: AuditedLedger): Table {
  const issuers = ledger.all(ISSUER).flatMap(({ id, value: { openedOn } }) => {
    const organisation = ledger.read(ORGANISATION.key(id));
    return organisation === null ? [] : [{ ...organisation, openedOn }];
  });
  return tableOf(issuers, {
    name: "municipalities",
    titleJa: "ポイントを発行する自治体",
    titleEn: "Municipalities that issue points",
    columns: [
      { name: "municipality", ja: "団体コード", of: ({ id }) => id },
      ...NAMES,
      { name: "openedOn", ja: "開始日", of: ({ openedOn }) => openedOn },
    ],
  });
}

function pointTypes(ledger: AuditedLedger): Table {
  const types = ledger.all(POINT_TYPE).map(({ id, value }) => {
    const [issuer = "", pointType = ""] = id.split("/");
    const endsOn = ledger.read(WIND_DOWN.key(issuer, pointType))?.endsOn ?? "";
    return { ...value, issuer, pointType, endsOn };
  });
  return tableOf(types, {
    name: "point-types",
    titleJa: "ポイントの種類",
    titleEn: "Types of points",
    columns: [
      { name: "municipality", ja: "団体コード", of: ({ issuer }) => issuer },
      { name: "pointType", ja: "略称", of: ({ pointType }) => pointType },
      ...NAMES,
      { name: "category", ja: "目的（符号）", of: ({ category }) => category },
      { name: "categoryJa", ja: "目的", of: ({ category }) => GRANT_CATEGORY_WORDS[category] },
      { name: "expiryJa", ja: "有効期限", of: ({ expiryRule }) => expiryWords(expiryRule) },
      { name: "perUseCapPt", ja: "一回の利用上限", of: ({ perUseCapPt }) => perUseCapPt },
      { name: "onlyAtJa", ja: "使える店の種類", of: ({ restrictedTo }) => kindsOf(restrictedTo) },
      { name: "endsOn", ja: "制度の終了日", of: ({ endsOn }) => endsOn },
    ],
  });
}

function campaigns(ledger: AuditedLedger): Table {
  const people = new Map<string, number>();
  for (const { id } of ledger.all(CAMPAIGN_SHARE)) {
    const name = id.slice(0, id.lastIndexOf("/"));
    people.set(name, (people.get(name) ?? 0) + 1);
  }
  const all = ledger.all(CAMPAIGN).map(({ id, value }) => {
    const [issuer = "", pointType = "", campaign = ""] = id.split("/");
    const isSpeakable = (people.get(id) ?? 0) >= PEOPLE_MIN;
    return { ...value, issuer, pointType, campaign, givenPt: isSpeakable ? value.premiumPt : "" };
  });
  return tableOf(all, {
    name: "campaigns",
    titleJa: "キャンペーンとイベント",
    titleEn: "Campaigns and events",
    columns: [
      { name: "municipality", ja: "団体コード", of: ({ issuer }) => issuer },
      { name: "pointType", ja: "ポイントの略称", of: ({ pointType }) => pointType },
      { name: "campaign", ja: "略称", of: ({ campaign }) => campaign },
      ...NAMES,
      { name: "triggerJa", ja: "対象", of: ({ trigger }) => TRIGGER_WORDS[trigger] },
      { name: "ratePercent", ja: "特典の割合（％）", of: rateOf },
      { name: "checkinPt", ja: "来場ごとのポイント", of: ({ checkinPt }) => checkinPt ?? "" },
      { name: "walletCapPt", ja: "一人の上限", of: ({ walletCapPt }) => walletCapPt },
      { name: "totalCapPt", ja: "全体の上限", of: ({ totalCapPt }) => totalCapPt },
      { name: "opensAt", ja: "開始", of: ({ opensAtMs }) => timeInJapan(opensAtMs) },
      { name: "closesAt", ja: "終了", of: ({ closesAtMs }) => timeInJapan(closesAtMs) },
      { name: "onlyAt", ja: "対象の店の種類（符号）", of: (row) => row.restrictedTo.join(" ") },
      { name: "onlyAtJa", ja: "対象の店の種類", of: ({ restrictedTo }) => kindsOf(restrictedTo) },
      { name: "status", ja: "状態", of: ({ status }) => status },
      { name: "givenPt", ja: "付与済み（十人未満は空欄）", of: ({ givenPt }) => givenPt },
    ],
  });
}

function shops(ledger: AuditedLedger): Table {
  const active = ledger.all(MERCHANT).filter(({ value }) => value.status === "ACTIVE");
  const rows = active.map(({ id, value }) => ({ ...value, id }));
  return tableOf(rows, {
    name: "shops",
    titleJa: "ポイントが使える店と施設",
    titleEn: "Shops and facilities that take points",
    columns: [
      { name: "municipality", ja: "団体コード", of: ({ issuer }) => issuer },
      { name: "shop", ja: "略称", of: ({ id }) => id },
      ...NAMES,
      { name: "category", ja: "種類（符号）", of: ({ category }) => category },
      { name: "categoryJa", ja: "種類", of: ({ category }) => MERCHANT_CATEGORY_WORDS[category] },
      {
        name: "alsoTakes",
        ja: "ほかに使えるポイントの団体",
        of: ({ accepts }) => accepts.join(" "),
      },
    ],
  });
}

function facilities(ledger: AuditedLedger): Table {
  const rows = ledger.all(FACILITY).map(({ id, value }) => ({ ...value, id }));
  return tableOf(rows, {
    name: "facilities",
    titleJa: "公共施設",
    titleEn: "Public facilities",
    columns: [
      { name: "municipality", ja: "団体コード", of: ({ municipality }) => municipality },
      { name: "facility", ja: "略称", of: ({ id }) => id },
      ...NAMES,
      { name: "shop", ja: "ポイントを使う窓口", of: ({ merchant }) => merchant ?? "" },
    ],
  });
}

function services(ledger: AuditedLedger): Table {
  return tableOf(publicServices(ledger), {
    name: "services",
    titleJa: "施設のサービス",
    titleEn: "Services of facilities",
    columns: [
      { name: "facility", ja: "施設の略称", of: ({ facility }) => facility },
      { name: "service", ja: "略称", of: ({ service }) => service },
      ...NAMES,
      { name: "category", ja: "種類（符号）", of: ({ category }) => category },
      { name: "categoryJa", ja: "種類", of: ({ category }) => SERVICE_CATEGORY_WORDS[category] },
      { name: "termMonths", ja: "登録の月数（0は無期限）", of: ({ termMonths }) => termMonths },
      { name: "residentsOf", ja: "住民に限る団体", of: ({ attesters }) => attesters.join(" ") },
    ],
  });
}

function fees(ledger: AuditedLedger): Table {
  const rows = publicServices(ledger).flatMap((service) =>
    service.fees.map((fee) => ({ ...fee, facility: service.facility, service: service.service })),
  );
  return tableOf(rows, {
    name: "fees",
    titleJa: "施設の料金",
    titleEn: "Fees of facilities",
    columns: [
      { name: "facility", ja: "施設の略称", of: ({ facility }) => facility },
      { name: "service", ja: "サービスの略称", of: ({ service }) => service },
      { name: "fee", ja: "区分", of: ({ fee }) => fee },
      { name: "amountPt", ja: "ポイント", of: ({ amountPt }) => amountPt },
    ],
  });
}

function projects(ledger: AuditedLedger): Table {
  const rows = ledger.all(PROJECT).map(({ id, value }) => {
    const [issuer = "", project = ""] = id.split("/");
    return { ...value, issuer, project };
  });
  return tableOf(rows, {
    name: "projects",
    titleJa: "ポイントで支援するプロジェクト",
    titleEn: "Projects that points support",
    columns: [
      { name: "municipality", ja: "団体コード", of: ({ issuer }) => issuer },
      { name: "project", ja: "略称", of: ({ project }) => project },
      ...NAMES,
      { name: "goalPt", ja: "目標", of: ({ goalPt }) => goalPt },
      { name: "raisedPt", ja: "集まったポイント", of: ({ raisedPt }) => raisedPt },
      { name: "deadline", ja: "期限", of: ({ deadline }) => deadline },
      { name: "status", ja: "状態", of: ({ status }) => status },
    ],
  });
}

function figures(ledger: AuditedLedger, months: PublicMonths): Table {
  const rows = months.periods(ledger.asOf).flatMap(({ asset, periods }) => {
    const [issuer = "", pointType = ""] = asset.split("/");
    let total = NO_FLOW;
    return periods.map(({ flow, ...period }) => {
      total = addFlows(total, flow);
      return { issuer, pointType, ...period, ...flow, outstandingPt: outstandingPt(total) };
    });
  });
  return tableOf(rows, {
    name: "months",
    titleJa: "月別のポイント（十人未満の月は次の月と合算）",
    titleEn: "Points by month; months of fewer than ten people are joined with the next",
    columns: [
      { name: "municipality", ja: "団体コード", of: ({ issuer }) => issuer },
      { name: "pointType", ja: "ポイントの略称", of: ({ pointType }) => pointType },
      { name: "fromMonth", ja: "月から", of: ({ fromMonth }) => fromMonth },
      { name: "toMonth", ja: "月まで", of: ({ toMonth }) => toMonth },
      { name: "issuedPt", ja: "発行", of: ({ issuedPt }) => issuedPt },
      { name: "usedPt", ja: "利用", of: ({ usedPt }) => usedPt },
      { name: "expiredPt", ja: "失効", of: ({ expiredPt }) => expiredPt },
      { name: "outstandingPt", ja: "未使用残高", of: (row) => row.outstandingPt },
    ],
  });
}

function tableOf<T>(rows: readonly T[], { columns, ...head }: Plan<T>): Table {
  return {
    ...head,
    columns: columns.map(({ name, ja }) => ({ name, ja })),
    rows: rows.map((row) => columns.map(({ of }) => of(row))),
  };
}

/** Of sensitive services (a hospital's) nothing is said here, though nothing of them is anybody's own. */
function publicServices(ledger: AuditedLedger) {
  return ledger.all(SERVICE).flatMap(({ id, value }) => {
    const [facility = "", service = ""] = id.split("/");
    return value.sensitive ? [] : [{ ...value, facility, service }];
  });
}

const TRIGGER_WORDS = { PAY: "支払い", CONVERT: "ポイント交換", CHECKIN: "来場" } as const;

function rateOf({ trigger, rateBp }: { readonly trigger: string; readonly rateBp: number }): Cell {
  return trigger === "CHECKIN" ? "" : rateBp / 100;
}

function kindsOf(categories: readonly (keyof typeof MERCHANT_CATEGORY_WORDS)[]): string {
  return categories.map((category) => MERCHANT_CATEGORY_WORDS[category]).join("、");
}

function expiryWords({ kind, date, days }: ExpiryRule): string {
  switch (kind) {
    case "NONE":
      return "なし";
    case "FIXED_DATE":
      return `${date}`;
    case "DAYS_FROM_ISSUE":
      return `付与から${days}日`;
    case "END_OF_NEXT_FISCAL_YEAR":
      return "翌年度末";
    case "SET_AT_ISSUE":
      return "付与のときに決まる";
  }
}

const JST_AHEAD_MS = 9 * 3_600_000;

/** ISO 8601, to the minute, in Japan. */
function timeInJapan(ms: number): string {
  return `${new Date(ms + JST_AHEAD_MS).toISOString().slice(0, 16)}+09:00`;
}
