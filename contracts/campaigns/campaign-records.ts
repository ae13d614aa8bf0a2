/**
 * Campaigns: a premium on payments, on conversions or on coming to an event, in a time, at certain merchants,
 * within caps. The points come into being against budget rights that were set aside when the campaign opened.
 */
import { TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { type Infer, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { civilDate } from "../fields/dates.ts";
import {
  amountPt,
  displayName,
  fiscalYear,
  grantCategory,
  restrictedTo,
  shortName,
  totalPt,
} from "../fields/fields.ts";
import { municipalityCode } from "../fields/municipality-code.ts";
import { budgetAsset } from "../points/accounts.ts";
import { keySpace } from "../state/key-space.ts";

/** Ten times what is paid: no scheme comes near it. */
const RATE_BP_MAX = 100_000;

/** What names a campaign: the type of points that it gives is part of the name. */
export const campaignNameFields = {
  issuer: municipalityCode,
  pointType: shortName,
  campaign: shortName,
};

/** The name of a campaign. */
export const campaignName = record(campaignNameFields);
/** The name of a campaign. */
export type CampaignName = Infer<typeof campaignName>;

/** A whole, in hundredths of a percent. */
export const BASIS_POINTS = 10_000;

/** A share of an amount, in hundredths of a percent. */
export const rateBp = uint(RATE_BP_MAX);

/** A moment whose date in Japan is in the calendar. */
const campaignTimeMs = uint(TIMESTAMP_MS_MAX - 86_400_000);

/** The caps of a campaign and its end: what may be adjusted while it runs. */
export const campaignLimitFields = {
  /** For one wallet. */
  walletCapPt: amountPt,
  /** For all wallets together on one day. */
  dayCapPt: totalPt,
  /** For all wallets together: so much is set aside. */
  totalCapPt: totalPt,
  /** The first moment after it. */
  closesAtMs: campaignTimeMs,
};

/** The terms of a campaign. */
export const campaignFields = {
  nameJa: displayName,
  nameEn: displayName,
  /** What brings the premium: a payment, a conversion, or coming to an event. */
  trigger: oneOf(["PAY", "CONVERT", "CHECKIN"]),
  /** The premium on what is paid or converted; 10,000 for an event. */
  rateBp,
  /** What coming to the event brings, pt; null for the others. */
  checkinPt: nullable(amountPt),
  opensAtMs: campaignTimeMs,
  ...campaignLimitFields,
  /** Where one pays or comes; empty = at all merchants of the issuer. */
  restrictedTo,
  /** The last day of the premium where the point type leaves it to each issue; null: by the type's rule. */
  premiumExpiresOn: nullable(civilDate),
};

const campaignSchema = record({
  ...campaignFields,
  fiscalYear,
  budgetCategory: grantCategory,
  status: oneOf(["OPEN", "CLOSED"]),
  /** Given so far. */
  premiumPt: totalPt,
  /** The last day on which something was given, and how much on that day. */
  day: civilDate,
  dayPt: totalPt,
});
/** A campaign. */
export type Campaign = Infer<typeof campaignSchema>;

/** A campaign; its right to give is a part of a budget. */
export const CAMPAIGN = keySpace(
  "campaign",
  "<issuer>/<pointType>/<campaign>",
  campaignSchema,
  ({ id, text }, { totalCapPt, premiumPt, fiscalYear: year, budgetCategory }) => {
    const asset = budgetAsset(id.slice(0, id.indexOf("/")), year, budgetCategory);
    return [
      { account: text, asset, balancePt: totalCapPt - premiumPt },
      { account: `premium/${id}`, asset, balancePt: premiumPt },
    ];
  },
);

/** What a wallet got from a campaign. */
export const CAMPAIGN_SHARE = keySpace(
  "campaign-share",
  "<issuer>/<pointType>/<campaign>/<handleHex>",
  record({ premiumPt: totalPt }),
);
