import { record } from "../../ledger/schema.ts";
import { defineTransaction, officer } from "../declaration.ts";
import { shortName } from "../fields/fields.ts";
import { CAMPAIGN, campaignNameFields } from "./campaign-records.ts";
import { COST_SHARE, FUNDERS_MAX, issuerShareBp, shareBp } from "./cost-share.ts";

/** COST_SHARE_AGREE: an organisation bears a share of what a campaign gives. Both sign. */
export const costShareAgree = defineTransaction({
  type: "COST_SHARE_AGREE",
  since: 1,
  title: { ja: "費用分担の合意", en: "Agree to bear a share of the cost" },
  summary: {
    ja: "キャンペーンの特典の費用のうち、別の団体が負担する割合を双方の署名で定めます。残りは発行者の負担です。",
    en: "Another organisation bears a share of what a campaign gives; both sign. The rest is the issuer's.",
  },
  public: record({ ...campaignNameFields, funder: shortName, shareBp }),
  private: null,
  validity: "organisation",
  signers: [officer("issuer", "approver"), officer("funder", "approver")],
  faults: [
    "SAME_ORGANISATION",
    "UNKNOWN_CAMPAIGN",
    "CAMPAIGN_NOT_OPEN",
    "ALREADY_EXISTS",
    "LIMIT_EXCEEDED",
  ],
  keys: ({ public: { issuer, pointType, campaign } }) => [
    CAMPAIGN.key(issuer, pointType, campaign),
    COST_SHARE.key(issuer, pointType, campaign),
  ],
  apply(view, { public: { issuer, pointType, campaign, ...promise } }) {
    if (issuer === promise.funder) return "SAME_ORGANISATION";
    const terms = view.get(CAMPAIGN.key(issuer, pointType, campaign));
    if (terms === null) return "UNKNOWN_CAMPAIGN";
    if (terms.status !== "OPEN") return "CAMPAIGN_NOT_OPEN";
    const key = COST_SHARE.key(issuer, pointType, campaign);
    const { shares: before, bill } = view.get(key) ?? { shares: [], bill: null };
    if (before.some(({ funder }) => funder === promise.funder)) return "ALREADY_EXISTS";
    const shares = [...before, promise].sort((a, b) => (a.funder < b.funder ? -1 : 1));
    if (issuerShareBp(shares) < 0 || shares.length > FUNDERS_MAX) return "LIMIT_EXCEEDED";
    view.put(key, { shares, bill });
    return [];
  },
});
