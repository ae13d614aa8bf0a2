/**
 * The rules of points a second time, as plain as they can be said: numbers, arrays, no code of the ledger. What it
 * says of every act is compared with what the ledger does (side-by-side.ts).
 *
 * Days are counted from 0. A lot can be spent up to and including its last day.
 */

/** A kind of points. */
export interface PointTerms {
  /** How long they can be spent, days; null: for ever. */
  readonly days: number | null;
  readonly onlyAtMuseums: boolean;
  readonly grantCapPt: number;
  readonly useCapPt: number;
  readonly budgetPt: number;
}

/** The kinds of points in the town. */
export const POINTS = {
  long: { days: 60, onlyAtMuseums: false, grantCapPt: 500, useCapPt: 300, budgetPt: 5000 },
  museum: { days: 30, onlyAtMuseums: true, grantCapPt: 400, useCapPt: 25_000, budgetPt: 3000 },
  ever: { days: null, onlyAtMuseums: false, grantCapPt: 300, useCapPt: 25_000, budgetPt: 2000 },
  premium: { days: 20, onlyAtMuseums: false, grantCapPt: 100, useCapPt: 25_000, budgetPt: 400 },
} as const satisfies Record<string, PointTerms>;
/** A kind of points. */
export type PointName = keyof typeof POINTS;
/** What the museum's house asks for a visit, pt. */
export const TARIFF = { adult: 120, child: 45 } as const;
/** A fee of it. */
export type FeeName = keyof typeof TARIFF;
/** A shop; the first is a museum. */
export type ShopName = "museum" | "grocer";
/** Who has a wallet. */
export type ResidentName = "hanako" | "taro";

/** The campaign: a premium on payments until a day. */
export const CAMPAIGN = {
  percent: 50,
  walletCapPt: 200,
  dayCapPt: 120,
  totalCapPt: 300,
  lastDay: 40,
} as const;

/** How long after a payment it can be refunded, and how long lapsed points come back for, days. */
const REFUND_DAYS = 45;
const GRACE_DAYS = 14;

/** Mistakes that an implementation may make: each must be found. */
export const BUGS = [
  "oldest lot first instead of the one that expires first",
  "restricted points last",
  "premium rounded up",
  "premium kept when goods are returned",
  "points spent a day too short",
  "no cap on a payment",
  "no cap on a wallet's premium",
  "no cap on a day's premium",
  "no cap on all premiums",
  "refund to the lot used first",
  "lapsed points come back without grace",
  "no end of budgets",
  "a fee is what the till asks for",
] as const;
/** A mistake. */
export type Bug = (typeof BUGS)[number];

/** What is done. */
export type Act =
  | { readonly kind: "wait"; readonly days: number }
  | {
      readonly kind: "grant";
      readonly to: ResidentName;
      readonly points: PointName;
      readonly amountPt: number;
    }
  | {
      readonly kind: "pay";
      readonly by: ResidentName;
      readonly shop: ShopName;
      readonly amountPt: number;
      readonly withCampaign: boolean;
    }
  | {
      readonly kind: "pay fee";
      readonly by: ResidentName;
      readonly fee: FeeName;
      readonly count: number;
      /** What the till asks for beside the tariff. */
      readonly morePt: number;
      readonly withCampaign: boolean;
    }
  /** Takes the n-th latest payment back, 0 the latest; `amountPt` null: a void of the whole. */
  | { readonly kind: "take back"; readonly nth: number; readonly amountPt: number | null }
  | { readonly kind: "sweep"; readonly points: PointName };

/** A lot. */
export interface ModelLot {
  readonly number: number;
  readonly points: PointName;
  readonly issuedOn: number;
  readonly lastDay: number | null;
  readonly isPremium: boolean;
  leftPt: number;
}

interface ModelPayment {
  readonly by: ResidentName;
  readonly shop: ShopName;
  readonly day: number;
  /** What was taken from which lot and has not come back, in order of use. */
  uses: { readonly lot: ModelLot; usedPt: number }[];
  /** The lot of its premium; more payments of a day may share one. */
  premium: { readonly lot: ModelLot; amountPt: number } | null;
}

/** Everything that the model knows. */
interface Town {
  today: number;
  nextLot: number;
  readonly lots: Record<ResidentName, ModelLot[]>;
  readonly payments: ModelPayment[];
  readonly tills: Record<ShopName, number>;
  readonly granted: Record<PointName, number>;
  readonly issued: Record<PointName, number>;
  readonly expired: Record<PointName, number>;
  /** What the campaign gave: in all, to each, on each day. */
  premiumPt: number;
  readonly shares: Record<ResidentName, number>;
  readonly onDay: Map<number, number>;
}

/** The town as the model has it. */
export class TownModel {
  #town: Town = {
    today: 0,
    nextLot: 1,
    lots: { hanako: [], taro: [] },
    payments: [],
    tills: { museum: 0, grocer: 0 },
    granted: { long: 0, museum: 0, ever: 0, premium: 0 },
    issued: { long: 0, museum: 0, ever: 0, premium: 0 },
    expired: { long: 0, museum: 0, ever: 0, premium: 0 },
    premiumPt: 0,
    shares: { hanako: 0, taro: 0 },
    onDay: new Map(),
  };
  readonly #bug: Bug | null;

  constructor(bug: Bug | null = null) {
    this.#bug = bug;
  }

  /** What it knows; not to be changed from outside. */
  get town(): Readonly<Town> {
    return this.#town;
  }

  /** Does it, wholly or not at all. @returns `OK` or the code with which the ledger is to refuse it. */
  do(act: Act): string {
    const before = structuredClone(this.#town);
    const result = this.#try(act);
    if (result !== "OK") this.#town = before;
    return result;
  }

  #try(act: Act): string {
    switch (act.kind) {
      case "wait":
        this.#town.today += act.days;
        return "OK";
      case "grant":
        return this.#grant(act.to, act.points, act.amountPt);
      case "pay":
        return this.#pay(act);
      case "pay fee":
        return this.#payFee(act);
      case "take back":
        return this.#takeBack(act.nth, act.amountPt);
      case "sweep":
        return this.#sweep(act.points);
    }
  }

  /** What is left of a budget, less what the campaign has set aside. */
  budgetLeft(points: PointName): number {
    const setAsidePt = points === "premium" ? CAMPAIGN.totalCapPt : 0;
    return Math.max(0, POINTS[points].budgetPt - setAsidePt - this.#town.granted[points]);
  }

  /** The lots that have not lapsed, in the order in which they came. */
  spendable(who: ResidentName): ModelLot[] {
    return this.#town.lots[who]
      .filter((lot) => lot.leftPt > 0 && !hasLapsed(lot, this.#town.today))
      .sort((a, b) => a.number - b.number);
  }

  #grant(to: ResidentName, points: PointName, amountPt: number): string {
    if (amountPt > POINTS[points].grantCapPt) return "LIMIT_EXCEEDED";
    if (amountPt > this.budgetLeft(points) && this.#bug !== "no end of budgets") {
      return "BUDGET_INSUFFICIENT";
    }
    this.#addLot(to, points, amountPt, {});
    this.#town.granted[points] += amountPt;
    this.#town.issued[points] += amountPt;
    return "OK";
  }

  #addLot(
    who: ResidentName,
    points: PointName,
    leftPt: number,
    { lastDay, isPremium = false }: { lastDay?: number; isPremium?: boolean },
  ): ModelLot {
    const { days } = POINTS[points];
    const ruled = days === null ? null : this.#town.today + days;
    const terms = { issuedOn: this.#town.today, lastDay: lastDay ?? ruled, isPremium };
    const lot = { number: this.#town.nextLot, points, leftPt, ...terms };
    this.#town.nextLot += 1;
    this.#town.lots[who].push(lot);
    return lot;
  }

  #pay({ by, shop, amountPt, withCampaign }: Act & { kind: "pay" }): string {
    const usable = this.spendable(by)
      .filter((lot) => shop === "museum" || !POINTS[lot.points].onlyAtMuseums)
      .filter(
        (lot) => this.#bug !== "points spent a day too short" || lot.lastDay !== this.#town.today,
      )
      .sort((a, b) => this.#order(a, b));
    const uses: { lot: ModelLot; usedPt: number }[] = [];
    let wantedPt = amountPt;
    for (const lot of usable) {
      const ofType = uses.filter((use) => use.lot.points === lot.points);
      const capPt = this.#bug === "no cap on a payment" ? 1e9 : POINTS[lot.points].useCapPt;
      const roomPt = capPt - total(ofType.map((use) => use.usedPt));
      const usedPt = Math.min(wantedPt, lot.leftPt, roomPt);
      if (usedPt > 0) uses.push({ lot, usedPt });
      wantedPt -= Math.max(usedPt, 0);
    }
    if (wantedPt > 0) {
      const allPt = total(usable.map(({ leftPt }) => leftPt));
      return allPt < amountPt ? "BALANCE_INSUFFICIENT" : "LIMIT_EXCEEDED";
    }
    if (withCampaign && this.#town.today > CAMPAIGN.lastDay) return "CAMPAIGN_NOT_OPEN";
    for (const { lot, usedPt } of uses) lot.leftPt -= usedPt;
    this.#town.tills[shop] += amountPt;
    const premium = withCampaign ? this.#givePremium(by, amountPt) : null;
    this.#town.payments.push({ by, shop, day: this.#town.today, uses, premium });
    return "OK";
  }

  #payFee({ by, fee, count, morePt, withCampaign }: Act & { kind: "pay fee" }): string {
    if (morePt > 0 && this.#bug !== "a fee is what the till asks for") return "FEE_MISMATCH";
    const amountPt = TARIFF[fee] * count + morePt;
    return this.#pay({ kind: "pay", by, shop: "museum", amountPt, withCampaign });
  }

  /** What expires first; then what only museums take; then what is older. */
  #order(a: ModelLot, b: ModelLot): number {
    if (this.#bug === "oldest lot first instead of the one that expires first") {
      return a.number - b.number;
    }
    const byLastDay = (a.lastDay ?? 1e9) - (b.lastDay ?? 1e9);
    const restricted = (lot: ModelLot) => Number(!POINTS[lot.points].onlyAtMuseums);
    const byPlace = restricted(a) - restricted(b);
    const sign = this.#bug === "restricted points last" ? -1 : 1;
    return byLastDay || sign * byPlace || a.issuedOn - b.issuedOn || a.number - b.number;
  }

  #givePremium(who: ResidentName, basePt: number): ModelPayment["premium"] {
    const cap = (bug: Bug, capPt: number, givenPt: number) =>
      this.#bug === bug ? 1e9 : capPt - givenPt;
    const amountPt = Math.min(
      this.#shareOf(basePt),
      cap("no cap on a wallet's premium", CAMPAIGN.walletCapPt, this.#town.shares[who]),
      cap(
        "no cap on a day's premium",
        CAMPAIGN.dayCapPt,
        this.#town.onDay.get(this.#town.today) ?? 0,
      ),
      cap("no cap on all premiums", CAMPAIGN.totalCapPt, this.#town.premiumPt),
    );
    if (amountPt <= 0) return null;
    this.#bookPremium(who, this.#town.today, amountPt);
    const mine = this.#town.lots[who].filter(({ leftPt }) => leftPt > 0);
    const latest = mine.sort((a, b) => a.number - b.number).at(-1);
    if (latest?.isPremium === true && latest.issuedOn === this.#town.today) {
      latest.leftPt += amountPt;
      return { lot: latest, amountPt };
    }
    return { lot: this.#addLot(who, "premium", amountPt, { isPremium: true }), amountPt };
  }

  #bookPremium(who: ResidentName, day: number, amountPt: number): void {
    this.#town.shares[who] += amountPt;
    this.#town.onDay.set(day, (this.#town.onDay.get(day) ?? 0) + amountPt);
    this.#town.premiumPt += amountPt;
    this.#town.issued.premium += amountPt;
  }

  #shareOf(basePt: number): number {
    const exact = (basePt * CAMPAIGN.percent) / 100;
    return this.#bug === "premium rounded up" ? Math.ceil(exact) : Math.floor(exact);
  }

  #takeBack(nth: number, amountPt: number | null): string {
    const payment = this.#town.payments.at(-1 - nth);
    const leftPt = total((payment?.uses ?? []).map(({ usedPt }) => usedPt));
    if (payment === undefined || leftPt === 0) return "PAYMENT_NOT_FOUND";
    if (amountPt === null && payment.day !== this.#town.today) return "VOID_TOO_LATE";
    if (amountPt !== null && payment.day + REFUND_DAYS < this.#town.today) return "REFUND_TOO_LATE";
    const backPt = amountPt ?? leftPt;
    if (backPt > leftPt) return "REFUND_TOO_LARGE";
    return this.#returnPoints(payment, backPt, leftPt - backPt);
  }

  #returnPoints(payment: ModelPayment, backPt: number, keptPt: number): string {
    const { by, shop, premium } = payment;
    const lossPt = premium === null ? 0 : premium.amountPt - this.#premiumOn(keptPt, premium);
    let wantedPt = backPt;
    while (wantedPt > 0) {
      const isFirst = this.#bug === "refund to the lot used first";
      const use = isFirst ? payment.uses[0] : payment.uses.at(-1);
      if (use === undefined) throw new RangeError("a payment has no more uses than points");
      const usedPt = Math.min(wantedPt, use.usedPt);
      wantedPt -= usedPt;
      use.usedPt -= usedPt;
      payment.uses = payment.uses.filter((each) => each.usedPt > 0);
      this.#putBack(by, use.lot, usedPt);
    }
    if (!this.#clawBack(by, payment, lossPt)) return "PREMIUM_SPENT";
    this.#town.tills[shop] -= backPt;
    return "OK";
  }

  #premiumOn(keptPt: number, { amountPt }: { readonly amountPt: number }): number {
    if (this.#bug === "premium kept when goods are returned") return amountPt;
    return Math.min(this.#shareOf(keptPt), amountPt);
  }

  /** Puts points back into a lot, or into a new one with some days of grace. */
  #putBack(who: ResidentName, lot: ModelLot, amountPt: number): void {
    if (!hasLapsed(lot, this.#town.today)) {
      lot.leftPt += amountPt;
      return;
    }
    const graceDays = this.#bug === "lapsed points come back without grace" ? 0 : GRACE_DAYS;
    this.#addLot(who, lot.points, amountPt, { lastDay: this.#town.today + graceDays });
  }

  /** From the premium's own lot, also when it has lapsed, then from other premium points. */
  #clawBack(who: ResidentName, { premium, day }: ModelPayment, lossPt: number): boolean {
    if (premium === null || lossPt === 0) return true;
    const others = this.spendable(who)
      .filter((lot) => lot.points === "premium" && lot !== premium.lot)
      .sort((a, b) => this.#order(a, b));
    const sources = [premium.lot, ...others];
    if (total(sources.map(({ leftPt }) => leftPt)) < lossPt) return false;
    let wantedPt = lossPt;
    for (const lot of sources) {
      const takenPt = Math.min(wantedPt, lot.leftPt);
      lot.leftPt -= takenPt;
      wantedPt -= takenPt;
    }
    premium.amountPt -= lossPt;
    this.#bookPremium(who, day, -lossPt);
    return true;
  }

  #sweep(points: PointName): string {
    const ofType = Object.values(this.#town.lots)
      .flat()
      .filter((lot) => lot.points === points && lot.leftPt > 0);
    const lapsed = ofType.filter((lot) => hasLapsed(lot, this.#town.today));
    // Nobody has such points: there is no wallet to name.
    if (ofType.length === 0) return "INVALID_FIELD";
    if (lapsed.length === 0) return "NOTHING_EXPIRED";
    for (const lot of lapsed) {
      this.#town.expired[points] += lot.leftPt;
      lot.leftPt = 0;
    }
    return "OK";
  }
}

function hasLapsed({ lastDay }: ModelLot, today: number): boolean {
  return lastDay !== null && lastDay < today;
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, each) => sum + each, 0);
}
