/**
 * The rules by which companies' points become points of towns a second time, as plain as they can be said; and who bears the
 * cost of what a campaign adds. No code of the ledger. Time is counted in steps of seven hours, so that no two moments are
 * ever 72 hours apart.
 */
import { CAMPAIGN_BUGS, CampaignModel, type Funder } from "./campaign-model.ts";
import { type PlainLot, PlainWallet, sum } from "./plain-lots.ts";

const STEP_HOURS = 7;
/** The hour at which it all begins, in Japan. */
const FIRST_HOUR = 10;

/** Companies: what is taken, what it becomes, what the company may owe. `card` pays after, `air` before. */
export const COMPANIES = {
  card: {
    step: 200,
    stepPt: 900,
    unitsMin: 400,
    capPt: 4500,
    exposureYen: 9000,
    paysBefore: false,
  },
  air: { step: 1, stepPt: 1, unitsMin: 50, capPt: 2000, exposureYen: 0, paysBefore: true },
} as const;
/** A company. */
export type Company = keyof typeof COMPANIES;

/** Towns; each has wallets and reserves of its own. */
export const TOWNS = ["a", "b"] as const;
/** A town. */
export type Town = (typeof TOWNS)[number];

/** Points: whose, and how long they can be spent, days. What is no regional economy's cannot be converted to. */
export const POINTS = {
  "points a": { town: "a", days: 60, isEconomy: true },
  "points b": { town: "b", days: null, isEconomy: true },
  health: { town: "a", days: null, isEconomy: false },
} as const satisfies Record<string, { town: Town; days: number | null; isEconomy: boolean }>;
/** A kind of points. */
export type PointName = keyof typeof POINTS;

/** Who has wallets. */
export type ResidentName = "hanako" | "taro";

/** What was given before the first act, so that most requests can be done. */
export const CONSENTS = [
  { by: "hanako", company: "card", town: "a" },
  { by: "hanako", company: "air", town: "b" },
  { by: "taro", company: "card", town: "b" },
  { by: "taro", company: "air", town: "a" },
] as const;
/** What `air` had paid by then. */
export const ADVANCE_YEN = 2000;

const RESERVE_DAYS = 14;
const ANSWER_HOURS = 72;
const NOTICE_DAYS = 7;

/** Mistakes that an implementation may make: each must be found. */
export const COMPANY_BUGS = [
  "nobody's consent is asked",
  "a consent that was taken back still counts",
  "parts of a step are taken",
  "a conversion comes to the rate of the answer's day",
  "what is asked for does not count as owed",
  "what was paid frees nothing",
  "a company answers twice",
  "a company answers after its time",
  "anybody rejects at once",
  "points leave the reserve a day early",
  "points of all companies are allocated together",
  "the company owes for the premium too",
  "points of any kind are converted to",
  "a premium comes to wallets of other towns",
  ...CAMPAIGN_BUGS,
] as const;
/** A mistake. */
export type CompanyBug = (typeof COMPANY_BUGS)[number];

/** What is done. Requests are named by how many came after them, 0 the latest. */
export type CompanyAct =
  | { readonly kind: "wait"; readonly steps: number }
  | {
      readonly kind: "rate";
      readonly company: Company;
      readonly stepPt: number;
      readonly days: number;
    }
  | {
      readonly kind: "consent";
      readonly by: ResidentName;
      readonly company: Company;
      readonly town: Town;
      readonly isGiven: boolean;
    }
  | {
      readonly kind: "request";
      readonly by: ResidentName;
      readonly company: Company;
      readonly town: Town;
      readonly units: number;
    }
  | { readonly kind: "confirm"; readonly nth: number }
  | { readonly kind: "reject"; readonly nth: number; readonly by: Company | Town }
  | {
      readonly kind: "allocate";
      readonly by: ResidentName;
      readonly company: Company;
      readonly from: Town;
      readonly points: PointName;
      readonly amountPt: number;
      readonly withCampaign: boolean;
    }
  | { readonly kind: "auto"; readonly company: Company; readonly points: PointName }
  | { readonly kind: "default"; readonly by: ResidentName; readonly from: Town; readonly to: Town }
  | {
      readonly kind: "fund";
      readonly company: Company;
      readonly town: Town;
      readonly amountYen: number;
      readonly inAdvance: boolean;
    }
  | { readonly kind: "share"; readonly funder: Funder; readonly bp: number }
  | { readonly kind: "close" }
  | { readonly kind: "bill" };

interface Partner {
  stepPt: number;
  next: { readonly stepPt: number; readonly from: number } | null;
  pendingYen: number;
  convertedYen: number;
  fundedYen: number;
}

interface Request {
  readonly by: ResidentName;
  readonly company: Company;
  readonly town: Town;
  readonly units: number;
  readonly amountPt: number;
  readonly at: number;
  isOver: boolean;
}

interface Resting {
  readonly company: Company;
  readonly until: number;
  leftPt: number;
}

interface Due {
  readonly from: string;
  readonly to: Town;
  /** What it is for, in the ledger's order. */
  readonly cause: string;
  owedYen: number;
  paidYen: number;
}

type OfWallet<T> = Readonly<Record<ResidentName, Readonly<Record<Town, T>>>>;

function ofWallets<T>(make: () => T): OfWallet<T> {
  const ofTowns = () => ({ a: make(), b: make() });
  return { hanako: ofTowns(), taro: ofTowns() };
}

function newPartner(company: Company): Partner {
  const nothing = { pendingYen: 0, convertedYen: 0, fundedYen: 0 };
  return { stepPt: COMPANIES[company].stepPt, next: null, ...nothing };
}

/** Companies and towns as the model has them. */
export class CompanyModel {
  /** Steps of seven hours since the beginning. */
  now = 0;
  readonly wallets: OfWallet<PlainWallet> = ofWallets(() => new PlainWallet());
  readonly requests: Request[] = [];
  readonly campaign: CampaignModel;
  readonly #reserves: OfWallet<{ wasUsed: boolean; entries: Resting[] }> = ofWallets(() => {
    return { wasUsed: false, entries: [] };
  });
  readonly #consents = new Set<string>();
  readonly #partners = { card: newPartner("card"), air: newPartner("air") };
  readonly #dues: Due[] = [];
  readonly #bug: CompanyBug | null;

  constructor(bug: CompanyBug | null = null) {
    this.#bug = bug;
    this.campaign = new CampaignModel(bug);
    this.#partners.air.fundedYen = ADVANCE_YEN;
    for (const name of CONSENTS) this.#consents.add(`${name.by} ${name.company} ${name.town}`);
  }

  /** The day, from 0. */
  get today(): number {
    return Math.floor((FIRST_HOUR + this.now * STEP_HOURS) / 24);
  }

  /** The hour of the day. */
  get hour(): number {
    return (FIRST_HOUR + this.now * STEP_HOURS) % 24;
  }

  /** What rests for a wallet. */
  reservePt(who: ResidentName, town: Town): number {
    return sum(this.#reserves[who][town].entries.map(({ leftPt }) => leftPt));
  }

  /** What somebody owes a town. */
  owedYen(from: string, to: Town): number {
    const between = this.#dues.filter((due) => due.from === from && due.to === to);
    return sum(between.map(({ owedYen, paidYen }) => owedYen - paidYen));
  }

  /** Does it. @param month of the day, `YYYY-MM`. @returns `OK` or the code with which the ledger is to refuse it. */
  do(act: CompanyAct, month: string): string {
    switch (act.kind) {
      case "wait":
        this.now += act.steps;
        return "OK";
      case "rate":
        return this.#announce(act);
      case "consent":
        return this.#consent(act);
      case "request":
        return this.#request(act);
      case "confirm":
        return this.#confirm(this.requests.at(-1 - act.nth));
      case "reject":
        return this.#reject(this.requests.at(-1 - act.nth), act.by);
      case "allocate":
        return this.#allocate(act, month);
      case "auto":
        return this.#auto(act, month);
      case "default":
        return this.#setDefault(act);
      case "fund":
        return this.#fund(act);
      case "share":
        return this.campaign.share(act.funder, act.bp);
      case "close":
        return this.campaign.close();
      case "bill":
        return this.#bill();
    }
  }

  #rateOf(company: Company): number {
    const { stepPt, next } = this.#partners[company];
    return next !== null && next.from <= this.today ? next.stepPt : stepPt;
  }

  #announce({ company, stepPt, days }: CompanyAct & { kind: "rate" }): string {
    if (days < NOTICE_DAYS) return "NOTICE_TOO_SHORT";
    const partner = this.#partners[company];
    partner.stepPt = this.#rateOf(company);
    partner.next = { stepPt, from: this.today + days };
    return "OK";
  }

  #consent({ by, company, town, isGiven }: CompanyAct & { kind: "consent" }): string {
    const name = `${by} ${company} ${town}`;
    if (!isGiven && !this.#consents.has(name)) return "CONSENT_MISSING";
    if (isGiven) this.#consents.add(name);
    else if (this.#bug !== "a consent that was taken back still counts")
      this.#consents.delete(name);
    return "OK";
  }

  #request({ by, company, town, units }: CompanyAct & { kind: "request" }): string {
    const { step, unitsMin, capPt, exposureYen } = COMPANIES[company];
    const hasConsent =
      this.#consents.has(`${by} ${company} ${town}`) || this.#bug === "nobody's consent is asked";
    if (!hasConsent) return "CONSENT_MISSING";
    if (units % step > 0 && this.#bug !== "parts of a step are taken") return "NOT_UNIT_STEP";
    const amountPt = Math.floor(units / step) * this.#rateOf(company);
    if (units < unitsMin || amountPt > capPt) return "LIMIT_EXCEEDED";
    const partner = this.#partners[company];
    const { pendingYen, convertedYen, fundedYen } = partner;
    if (pendingYen + convertedYen - fundedYen + amountPt > exposureYen) return "EXPOSURE_EXCEEDED";
    if (this.#bug !== "what is asked for does not count as owed") partner.pendingYen += amountPt;
    this.requests.push({ by, company, town, units, amountPt, at: this.now, isOver: false });
    return "OK";
  }

  #isLate({ at }: Request): boolean {
    return (this.now - at) * STEP_HOURS > ANSWER_HOURS;
  }

  #confirm(request: Request | undefined): string {
    if (request === undefined) return "UNKNOWN_CONVERSION";
    const { company, units, by, town } = request;
    if (request.isOver && this.#bug !== "a company answers twice") return "CONVERSION_CLOSED";
    const isInTime = !this.#isLate(request) || this.#bug === "a company answers after its time";
    if (!isInTime) return "CONVERSION_LATE";
    const isOfToday = this.#bug === "a conversion comes to the rate of the answer's day";
    const nowPt = Math.floor(units / COMPANIES[company].step) * this.#rateOf(company);
    const leftPt = isOfToday ? nowPt : request.amountPt;
    request.isOver = true;
    this.#partners[company].pendingYen -= request.amountPt;
    this.#partners[company].convertedYen += leftPt;
    const reserve = this.#reserves[by][town];
    reserve.wasUsed = true;
    reserve.entries.push({ company, until: this.today + RESERVE_DAYS, leftPt });
    return "OK";
  }

  #reject(request: Request | undefined, by: Company | Town): string {
    if (request === undefined) return "UNKNOWN_CONVERSION";
    if (request.isOver) return "CONVERSION_CLOSED";
    const mayEnd =
      by === request.company || this.#isLate(request) || this.#bug === "anybody rejects at once";
    if (!mayEnd) return "ANSWER_PENDING";
    request.isOver = true;
    this.#partners[request.company].pendingYen -= request.amountPt;
    return "OK";
  }

  #allocate(act: CompanyAct & { kind: "allocate" }, month: string): string {
    const { by, company, from, points, amountPt, withCampaign } = act;
    const { town } = POINTS[points];
    if (!this.#isConvertible(points)) return "NOT_CONVERTIBLE";
    const isAny = this.#bug === "points of all companies are allocated together";
    const resting = this.#reserves[by][from].entries
      .filter((entry) => isAny || entry.company === company)
      .sort((one, other) => one.until - other.until);
    if (sum(resting.map(({ leftPt }) => leftPt)) < amountPt) return "BALANCE_INSUFFICIENT";
    const isHere = town === "a" || this.#bug === "a premium comes to wallets of other towns";
    const isOpen = this.campaign.isOpen(this.today) && isHere;
    if (withCampaign && !isOpen) return "CAMPAIGN_NOT_OPEN";
    let missingPt = amountPt;
    for (const entry of resting) {
      const takenPt = Math.min(missingPt, entry.leftPt);
      entry.leftPt -= takenPt;
      missingPt -= takenPt;
    }
    this.#drop();
    this.#credit(by, points, amountPt);
    this.#owe({ from: company, to: town, cause: `conversion-${month}` }, amountPt);
    if (withCampaign) this.#givePremium(act, month);
    return "OK";
  }

  #isConvertible(points: PointName): boolean {
    return POINTS[points].isEconomy || this.#bug === "points of any kind are converted to";
  }

  /** What is used up is no longer there. */
  #drop(): void {
    for (const ofTowns of Object.values(this.#reserves)) {
      for (const reserve of Object.values(ofTowns)) {
        reserve.entries = reserve.entries.filter(({ leftPt }) => leftPt > 0);
      }
    }
  }

  #credit(who: ResidentName, points: PointName, leftPt: number): void {
    const { town, days } = POINTS[points];
    const lastDay = days === null ? null : this.today + days;
    const terms = { onlyAtMuseums: false, issuedOn: this.today, hasComeBack: false };
    const lot: PlainLot = { points, lastDay, leftPt, ...terms };
    this.wallets[who][town].lots.push(lot);
  }

  #givePremium({ by, company, amountPt }: CompanyAct & { kind: "allocate" }, month: string): void {
    const premiumPt = this.campaign.give(by, amountPt);
    if (premiumPt === 0) return;
    this.#credit(by, "points a", premiumPt);
    if (this.#bug === "the company owes for the premium too") {
      this.#owe({ from: company, to: "a", cause: `conversion-${month}` }, premiumPt);
    }
  }

  #owe(name: Pick<Due, "from" | "to" | "cause">, amountYen: number): void {
    const isIt = ({ from, to, cause }: Due) =>
      from === name.from && to === name.to && cause === name.cause;
    const due = this.#dues.find(isIt);
    if (due === undefined) this.#dues.push({ ...name, owedYen: amountYen, paidYen: 0 });
    else due.owedYen += amountYen;
  }

  #auto({ company, points }: CompanyAct & { kind: "auto" }, month: string): string {
    const { town } = POINTS[points];
    const here = (["hanako", "taro"] as const).map((who) => {
      return { who, ...this.#reserves[who][town] };
    });
    // Nobody ever had a reserve here: there is no wallet to name.
    if (!here.some(({ wasUsed }) => wasUsed)) return "INVALID_FIELD";
    if (!this.#isConvertible(points)) return "NOT_CONVERTIBLE";
    const early = this.#bug === "points leave the reserve a day early" ? 1 : 0;
    let totalPt = 0;
    for (const { who, entries } of here) {
      const rested = entries.filter(
        (entry) => entry.company === company && entry.until - early < this.today,
      );
      const amountPt = sum(rested.map(({ leftPt }) => leftPt));
      for (const entry of rested) entry.leftPt = 0;
      if (amountPt > 0) this.#credit(who, points, amountPt);
      totalPt += amountPt;
    }
    this.#drop();
    if (totalPt === 0) return "RESERVE_EMPTY";
    this.#owe({ from: company, to: town, cause: `conversion-${month}` }, totalPt);
    return "OK";
  }

  #setDefault({ by, from, to }: CompanyAct & { kind: "default" }): string {
    const source = this.#reserves[by][from];
    const target = this.#reserves[by][to];
    if (from === to || source.entries.length === 0) return "RESERVE_EMPTY";
    target.wasUsed = true;
    target.entries.push(...source.entries);
    source.entries = [];
    return "OK";
  }

  #fund({ company, town, amountYen, inAdvance }: CompanyAct & { kind: "fund" }): string {
    const { paysBefore } = COMPANIES[company];
    const partner = this.#partners[company];
    const frees = this.#bug !== "what was paid frees nothing";
    if (inAdvance) {
      if (!paysBefore) return "FUNDING_MISMATCH";
      partner.fundedYen += frees ? amountYen : 0;
      return "OK";
    }
    // What is owed for a campaign is cleared, not funded.
    const due = this.#dues
      .filter(({ cause }) => cause !== "campaign")
      .filter(
        ({ from, to, owedYen, paidYen }) => from === company && to === town && paidYen < owedYen,
      )
      .sort((one, other) => (one.cause < other.cause ? -1 : 1))[0];
    if (due === undefined) return "UNKNOWN_DUE";
    if (due.paidYen + amountYen > due.owedYen) return "LIMIT_EXCEEDED";
    due.paidYen += amountYen;
    // What was paid in advance was counted then.
    partner.fundedYen += paysBefore || !frees ? 0 : amountYen;
    return "OK";
  }

  #bill(): string {
    const parts = this.campaign.bill();
    if (typeof parts === "string") return parts;
    for (const [funder, yen] of parts) {
      if (yen > 0) this.#owe({ from: funder, to: "a", cause: "campaign" }, yen);
    }
    return "OK";
  }
}
