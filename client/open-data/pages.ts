/** The three public pages. They say what the tables say and nothing else, and need no script. */
import { readFileSync } from "node:fs";
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { type Cell, jsonOf, type Table } from "../reports/table.ts";
import { type Content, Html, html, table } from "./html.ts";

type Row = { readonly [column: string]: Cell };

/** The rows of the public tables by the names of the tables. */
export type OpenData = { readonly [name: string]: readonly Row[] };

/** A page. */
interface Page {
  readonly file: string;
  readonly titleJa: string;
  readonly titleEn: string;
  readonly leadJa: string;
  readonly leadEn: string;
  /** What it says of a municipality; null when it has nothing there. */
  readonly of: (data: OpenData, municipality: string) => Content | null;
}

/** Kinds of services and shops that 美術館ナビ is about. */
const MUSEUMS: ReadonlySet<Cell> = new Set([
  "MUSEUM",
  "LITERATURE_MUSEUM",
  "ZOO",
  "AQUARIUM",
  "GARDEN",
]);

const PAGES: readonly Page[] = [
  {
    file: "points.html",
    titleJa: "自治体ポイントナビ",
    titleEn: "Municipal points",
    leadJa: "自治体ごとに、どんなポイントがあり、どこで使えるかを示します。",
    leadEn: "Which points there are in each municipality, and where they are taken.",
    of: pointsOf,
  },
  {
    file: "museums.html",
    titleJa: "美術館ナビ",
    titleEn: "Museums",
    leadJa: "美術館、博物館、動植物園の料金と催しです。ポイントで支払えます。",
    leadEn: "Fees and events of museums, zoos and gardens, where points are taken.",
    of: museumsOf,
  },
  {
    file: "living.html",
    titleJa: "移住ナビ",
    titleEn: "Moving there",
    leadJa:
      "暮らしに役立つサービスと、参加できる活動やプロジェクトです。住民でなくてもポイントを使えます。",
    leadEn:
      "Services for daily life, and activities and projects to take part in. Guests can use points too.",
    of: livingOf,
  },
];

/** The sources stand beside this file's source, not beside its compiled form. */
const STYLE = new URL("../../../client/open-data/page.css", import.meta.url);

/** The pages by their file names. @param asOf the date of the last block. */
export function pagesOf(tables: readonly Table[], asOf: CivilDate): ReadonlyMap<string, string> {
  const all: OpenData = Object.fromEntries(tables.map((each) => [each.name, jsonOf(each)]));
  // What is over stands in the data, not on the pages.
  const campaigns = rowsOf(all, "campaigns").filter(
    (campaign) => cell(campaign, "status") === "OPEN" && cell(campaign, "closesAt") > asOf,
  );
  const data = { ...all, campaigns };
  const style = new Html(readFileSync(STYLE, "utf8").trimEnd());
  return new Map(PAGES.map((page) => [page.file, pageText(page, { data, asOf, style })]));
}

function pageText(
  page: Page,
  {
    data,
    asOf,
    style,
  }: { readonly data: OpenData; readonly asOf: CivilDate; readonly style: Html },
): string {
  const { titleJa, titleEn, leadJa, leadEn } = page;
  const links = PAGES.map(({ file, titleJa: title }) => {
    const isHere = file === page.file;
    return html`<li><a href="${file}"${isHere ? new Html(' aria-current="page"') : ""}>${title}</a></li>\n`;
  });
  const sections = rowsOf(data, "municipalities").flatMap(({ municipality, nameJa, nameEn }) => {
    const content = page.of(data, String(municipality));
    if (content === null) return [];
    return html`<section id="m${String(municipality)}">
<h2>${nameJa ?? ""} <span class="en" lang="en">${nameEn ?? ""}</span></h2>
${content}</section>
`;
  });
  return html`<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${titleJa} / ${titleEn}</title>
<style>
${style}
</style>
</head>
<body>
<header>
<nav aria-label="ページ"><ul>
${links}</ul></nav>
<h1>${titleJa} <span class="en" lang="en">${titleEn}</span></h1>
<p>${leadJa}<br><span class="en" lang="en">${leadEn}</span></p>
</header>
<main>
${sections.length === 0 ? html`<p>まだ掲載するものがありません。 <span class="en" lang="en">Nothing to show yet.</span></p>` : sections}</main>
<footer>
<p>${asOf} の台帳から作りました。個人の情報は含みません。元のデータ：<a href="datapackage.json">datapackage.json</a><br>
<span class="en" lang="en">Made from the ledger of ${asOf}; no personal data. The data behind it stand beside this page.</span></p>
</footer>
</body>
</html>
`.text;
}

function pointsOf(data: OpenData, municipality: string): Content {
  const own = ownRows(data, municipality);
  const shops = own("shops");
  return [
    titled("ポイント", "Points", [
      table(
        [{ ja: "名称" }, { ja: "目的" }, { ja: "有効期限" }, { ja: "使えるところ" }],
        own("point-types").map((type) => [
          named(type),
          cell(type, "categoryJa"),
          endOf(type),
          cell(type, "onlyAtJa") === "" ? "すべての店" : cell(type, "onlyAtJa"),
        ]),
      ),
    ]),
    titled("キャンペーンとイベント", "Campaigns and events", campaignTable(own("campaigns"))),
    titled(
      `使える店 ${shops.length}`,
      "Where points are taken",
      table(
        [{ ja: "店" }, { ja: "種類" }],
        shops.map((shop) => [named(shop), cell(shop, "categoryJa")]),
      ),
    ),
    titled(
      "月別のポイント",
      "Points by month",
      table(
        [
          { ja: "期間" },
          { ja: "ポイント" },
          { ja: "発行", isNumber: true },
          { ja: "利用", isNumber: true },
          { ja: "失効", isNumber: true },
          { ja: "未使用", isNumber: true },
        ],
        own("months").map((row) => {
          const { fromMonth, toMonth, pointType, issuedPt, usedPt, expiredPt, outstandingPt } = row;
          const time = fromMonth === toMonth ? `${fromMonth}` : `${fromMonth}〜${toMonth}`;
          const figures = [issuedPt, usedPt, expiredPt, outstandingPt].map((pt) => pt ?? "");
          const type = own("point-types").find((each) => cell(each, "pointType") === pointType);
          return [time, type === undefined ? "" : cell(type, "nameJa"), ...figures];
        }),
      ),
    ),
  ];
}

function museumsOf(data: OpenData, municipality: string): Content | null {
  const own = ownRows(data, municipality);
  const services = rowsOf(data, "services").filter(({ category }) => MUSEUMS.has(category ?? ""));
  const facilities = own("facilities").filter(({ facility }) =>
    services.some((service) => cell(service, "facility") === facility),
  );
  const alone = own("shops").filter(
    ({ category, shop }) =>
      MUSEUMS.has(category ?? "") &&
      !facilities.some((facility) => cell(facility, "shop") === shop),
  );
  if (facilities.length + alone.length === 0) return null;
  const events = own("campaigns").filter(({ onlyAt }) =>
    String(onlyAt)
      .split(" ")
      .some((kind) => MUSEUMS.has(kind)),
  );
  return [
    facilities.map((facility) => {
      const offered = services.filter(
        (service) => cell(service, "facility") === cell(facility, "facility"),
      );
      return titled(
        cell(facility, "nameJa"),
        cell(facility, "nameEn"),
        table(
          [{ ja: "サービス" }, { ja: "種類" }, { ja: "料金" }],
          offered.map((service) => [
            named(service),
            cell(service, "categoryJa"),
            feesOf(data, service),
          ]),
        ),
      );
    }),
    alone.length === 0 ? "" : titled("ポイントが使える施設", "Where points are taken", tags(alone)),
    titled("企画展とイベント", "Exhibitions and events", campaignTable(events)),
  ];
}

function livingOf(data: OpenData, municipality: string): Content | null {
  const own = ownRows(data, municipality);
  const facilities = own("facilities");
  const services = rowsOf(data, "services").filter(({ facility }) =>
    facilities.some((each) => cell(each, "facility") === facility),
  );
  const types = own("point-types").filter(({ endsOn }) => endsOn === "");
  const projects = own("projects").filter(({ status }) => status === "OPEN");
  if (services.length + types.length + projects.length === 0) return null;
  return [
    titled(
      "ポイントがもらえること",
      "What brings points",
      table(
        [{ ja: "目的" }, { ja: "ポイント" }, { ja: "有効期限" }],
        types.map((type) => [cell(type, "categoryJa"), named(type), endOf(type)]),
      ),
    ),
    titled("参加できるイベント", "Events", campaignTable(own("campaigns"))),
    titled(
      "公共施設とサービス",
      "Public facilities and services",
      table(
        [{ ja: "施設" }, { ja: "サービス" }, { ja: "種類" }, { ja: "使える人" }],
        services.map((service) => {
          const facility = facilities.find(
            (each) => cell(each, "facility") === cell(service, "facility"),
          );
          const who = cell(service, "residentsOf") === "" ? "どなたでも" : "住民";
          return [cell(facility ?? {}, "nameJa"), named(service), cell(service, "categoryJa"), who];
        }),
      ),
    ),
    titled(
      "応援できるプロジェクト",
      "Projects to support",
      table(
        [
          { ja: "プロジェクト" },
          { ja: "期限" },
          { ja: "集まったポイント", isNumber: true },
          { ja: "目標", isNumber: true },
        ],
        projects.map((project) => {
          const { deadline, raisedPt, goalPt } = project;
          return [named(project), deadline ?? "", raisedPt ?? "", goalPt ?? ""];
        }),
      ),
    ),
  ];
}

function campaignTable(campaigns: readonly Row[]): Html {
  return table(
    [{ ja: "名称" }, { ja: "期間" }, { ja: "内容" }],
    campaigns.map((campaign) => {
      const { opensAt, closesAt, checkinPt, ratePercent, triggerJa, onlyAtJa } = campaign;
      const gives =
        checkinPt === "" ? `${triggerJa}の${ratePercent}％` : `来場で${checkinPt}ポイント`;
      const where = onlyAtJa === "" ? "" : `（${onlyAtJa}）`;
      return [named(campaign), `${minuteOf(opensAt)}〜${minuteOf(closesAt)}`, `${gives}${where}`];
    }),
  );
}

/** A part with a heading; nothing when there is nothing in it. */
function titled(ja: string, en: string, content: Content): Html {
  const inner = html`${content}`;
  if (inner.text === "") return inner;
  return html`<h3>${ja} <span class="en" lang="en">${en}</span></h3>\n${inner}`;
}

function tags(rows: readonly Row[]): Html {
  return html`<ul class="tags">${rows.map((row) => html`<li>${cell(row, "nameJa")}</li>`)}</ul>\n`;
}

function feesOf(data: OpenData, { facility, service }: Row): Content {
  const fees = rowsOf(data, "fees").filter(
    (fee) => cell(fee, "facility") === facility && cell(fee, "service") === service,
  );
  if (fees.length === 0) return "無料、または窓口で";
  return fees.map(({ fee, amountPt }, i) => [i > 0 ? "、" : "", `${fee} `, amountPt ?? "", " pt"]);
}

function endOf(type: Row): Content {
  const { expiryJa, endsOn } = type;
  return endsOn === "" ? `${expiryJa}` : `${expiryJa}（${endsOn} に終了）`;
}

function named(row: Row): Content {
  const [ja, en] = [cell(row, "nameJa"), cell(row, "nameEn")];
  return ja === en ? ja : html`${ja} <span class="en" lang="en">${en}</span>`;
}

function minuteOf(time: Cell | undefined): string {
  return String(time).slice(0, 16).replace("T", " ");
}

function cell(row: Row, column: string): string {
  return String(row[column] ?? "");
}

function rowsOf(data: OpenData, name: string): readonly Row[] {
  return data[name] ?? [];
}

/** The rows of a municipality. */
function ownRows(data: OpenData, municipality: string) {
  return (name: string) =>
    rowsOf(data, name).filter((row) => cell(row, "municipality") === municipality);
}
