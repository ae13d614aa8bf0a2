/** The campaign of town a on conversions, and who bears the cost of what it adds, for company-model.ts. */
import { sum } from "./plain-lots.ts";

/** Its terms. */
export const CAMPAIGN = { percent: 25, walletCapPt: 900, totalCapPt: 1500, lastDay: 40 } as const;
/** Who may bear a share, in the order in which they are named. */
export const FUNDERS = ["b", "card", "state"] as const;
/** Who may bear a share. */
export type Funder = (typeof FUNDERS)[number];

const WHOLE_BP = 10_000;

/** Mistakes that an implementation may make: each must be found. */
export const CAMPAIGN_BUGS = [
  "no cap on a wallet's premium",
  "shares are rounded down",
  "the yen that is left goes to the first",
  "shares are billed twice",
] as const;

/** The campaign as the model has it. */
export class CampaignModel {
  premiumPt = 0;
  readonly #given = new Map<string, number>();
  readonly #shares = new Map<Funder, number>();
  #isClosed = false;
  #isBilled = false;
  readonly #bug: string | null;

  constructor(bug: string | null) {
    this.#bug = bug;
  }

  /** Whether it gives something on a day. */
  isOpen(today: number): boolean {
    return !this.#isClosed && today <= CAMPAIGN.lastDay;
  }

  /** What it adds to a conversion, pt. */
  give(who: string, basePt: number): number {
    const { percent, walletCapPt, totalCapPt } = CAMPAIGN;
    const givenPt = this.#given.get(who) ?? 0;
    const hasCap = this.#bug !== "no cap on a wallet's premium";
    const walletLeftPt = hasCap ? walletCapPt - givenPt : totalCapPt;
    const wantedPt = Math.floor((basePt * percent) / 100);
    const amountPt = Math.min(wantedPt, walletLeftPt, totalCapPt - this.premiumPt);
    this.#given.set(who, givenPt + amountPt);
    this.premiumPt += amountPt;
    return amountPt;
  }

  /** Somebody agrees to bear a share. @returns `OK` or why not. */
  share(funder: Funder, bp: number): string {
    if (this.#isClosed) return "CAMPAIGN_NOT_OPEN";
    if (this.#shares.has(funder)) return "ALREADY_EXISTS";
    if (sum([...this.#shares.values()]) + bp > WHOLE_BP) return "LIMIT_EXCEEDED";
    this.#shares.set(funder, bp);
    return "OK";
  }

  /** No more premiums. @returns `OK` or why not. */
  close(): string {
    if (this.#isClosed) return "CAMPAIGN_NOT_OPEN";
    this.#isClosed = true;
    return "OK";
  }

  /** The parts of all that bear some, or why they are not billed. */
  bill(): readonly (readonly [Funder, number])[] | string {
    // Nothing to name: a bill has parts.
    if (this.#shares.size === 0) return "INVALID_FIELD";
    if (!this.#isClosed) return "CAMPAIGN_STILL_OPEN";
    if (this.#isBilled && this.#bug !== "shares are billed twice") return "ALREADY_EXISTS";
    this.#isBilled = true;
    return this.#parts();
  }

  /** Each yen that rounding down leaves goes where the largest part of a yen is missing, to the town itself before others. */
  #parts(): readonly (readonly [Funder, number])[] {
    const own = WHOLE_BP - sum([...this.#shares.values()]);
    const all = [
      { funder: null, bp: own },
      ...FUNDERS.flatMap((funder) => ({ funder, bp: this.#shares.get(funder) ?? 0 })),
    ].map((share) => {
      const exact = share.bp * this.premiumPt;
      return { ...share, yen: Math.floor(exact / WHOLE_BP), missing: exact % WHOLE_BP };
    });
    const order = [...all].sort((one, other) => other.missing - one.missing);
    if (this.#bug === "the yen that is left goes to the first") order.reverse();
    const leftYen = this.premiumPt - sum(all.map(({ yen }) => yen));
    const isRoundedDown = this.#bug === "shares are rounded down";
    for (const part of order.slice(0, isRoundedDown ? 0 : leftYen)) part.yen += 1;
    return all.flatMap(({ funder, yen }) => (funder === null ? [] : [[funder, yen] as const]));
  }
}
