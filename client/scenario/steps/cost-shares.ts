/** Who bears what of a campaign. */
import { CAMPAIGN } from "../../../contracts/campaigns/campaign-records.ts";
import { COST_SHARE, partsOfCost } from "../../../contracts/campaigns/cost-share.ts";
import { field, nameOf } from "../reader.ts";
import { action, type StepKind } from "../step-kind.ts";
import { percent } from "../values.ts";
import { campaignName } from "./campaigns.ts";

const campaign = field("campaign", "キャンペーン", nameOf("campaign"));

/** COST_SHARE_AGREE. */
export const agreeCostShare: StepKind = action({
  words: { ja: "費用分担合意", en: "agree cost share" },
  says: {
    ja: "別の団体が、キャンペーンの特典の費用の一部を負担します。双方が署名します。",
    en: "Another organisation bears a share of what a campaign gives; both sign.",
  },
  fields: {
    campaign,
    funder: field("borne by", "負担する団体", nameOf("organisation")),
    shareBp: field("share", "割合", percent),
  },
  orders: ({ campaign: which, funder, shareBp }, play) => [
    {
      type: "COST_SHARE_AGREE",
      public: { ...campaignName(play, which), funder: funder.id, shareBp },
    },
  ],
});

/** COST_SHARE_BILL. */
export const billCostShares: StepKind = action({
  words: { ja: "費用分担請求", en: "bill cost shares" },
  says: {
    ja: "終了したキャンペーンの費用を、分担する団体の債務とします。",
    en: "Those who bear shares of a closed campaign owe them to its issuer.",
  },
  fields: { campaign },
  async orders({ campaign: which }, play) {
    const named = campaignName(play, which);
    const { issuer, pointType, campaign: id } = named;
    const agreed = await play.read(COST_SHARE.key(issuer, pointType, id));
    const costYen = (await play.read(CAMPAIGN.key(issuer, pointType, id)))?.premiumPt ?? 0;
    const parts = partsOfCost(costYen, agreed?.shares ?? []).map((part) => ({ ...part }));
    return [{ type: "COST_SHARE_BILL", public: { ...named, cause: id, costYen, parts } }];
  },
});
