/** What campaigns cost, and who bears it. */
import { CAMPAIGN } from "../../contracts/campaigns/campaign-records.ts";
import { COST_SHARE, issuerShareBp, partsOfCost } from "../../contracts/campaigns/cost-share.ts";
import { openYen } from "../../contracts/settlement/dues.ts";
import { DUE } from "../../contracts/state/state-records.ts";
import type { AuditedLedger } from "../audit/audited-ledger.ts";
import type { Cell, Table } from "./table.ts";

/**
 * One row for each who bears a part of a campaign: first its issuer, who also has the gain of what was clawed back since
 * the others were billed. The parts of a campaign come to what it gave (1 pt = ¥1).
 */
export function campaignCosts(ledger: AuditedLedger): Table {
  const rows = ledger.all(CAMPAIGN).flatMap(({ id, value: { premiumPt, status } }): Cell[][] => {
    const [issuer = "", pointType = "", campaign = ""] = id.split("/");
    const agreed = ledger.read(COST_SHARE.key(issuer, pointType, campaign));
    const { shares, bill } = agreed ?? { shares: [], bill: null };
    const costYen = bill?.costYen ?? premiumPt;
    const parts = partsOfCost(costYen, shares);
    const othersYen = parts.reduce((sumYen, { amountYen }) => sumYen + amountYen, 0);
    const name = [issuer, pointType, campaign, status];
    const billedOn = bill?.billedOn ?? "";
    const own = [issuer, issuerShareBp(shares), premiumPt - othersYen, "", ""];
    return [
      [...name, ...own],
      ...parts.map(({ funder, amountYen }, i): Cell[] => {
        const due = bill === null ? null : ledger.read(DUE.key(funder, issuer, bill.cause));
        const leftYen = due === null ? "" : openYen(due);
        return [...name, funder, shares[i]?.shareBp ?? 0, amountYen, billedOn, leftYen];
      }),
    ];
  });
  return {
    name: "campaign-costs",
    titleJa: "キャンペーンの費用と分担",
    titleEn: "Costs of campaigns and who bears them",
    columns: [
      { name: "issuer", ja: "発行者" },
      { name: "pointType", ja: "ポイント種別" },
      { name: "campaign", ja: "キャンペーン" },
      { name: "status", ja: "状態" },
      { name: "bearer", ja: "負担者" },
      { name: "shareBp", ja: "割合（一万分の一）" },
      { name: "amountYen", ja: "負担額" },
      { name: "billedOn", ja: "請求日" },
      { name: "openYen", ja: "未払額" },
    ],
    rows,
  };
}
