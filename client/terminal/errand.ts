/** What somebody comes to a counter for with his card. */
import type { CampaignName } from "../../contracts/campaigns/campaign-records.ts";

/** A payment, or a visit to an event. */
export type Errand = Payment | Visit;

/** Of an amount that the clerk entered. */
export interface Payment {
  readonly kind: "PAYMENT";
  readonly amountPt: number;
}

/** Somebody comes to an event and gets its points, once. */
export interface Visit {
  readonly kind: "VISIT";
  readonly event: CampaignName;
  /** The event as visitors know it; its id where that is not known. */
  readonly nameJa: string;
  readonly nameEn: string;
  /** What a visit brings at most, for the event's caps may leave less; null where that is not known. */
  readonly upToPt: number | null;
}
