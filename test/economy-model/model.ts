/**
 * The point economy once more, as plainly as it can be said: lots, tills and a campaign in arrays and maps, days as numbers.
 * It shares no code with contracts/. Each planted bug makes one rule wrong, so that we see that the comparison finds it.
 */

/** A rule that is made wrong. */
export const BUGS = ["order", "rounding", "claw-back", "expiry", "cap", "refund-order"] as const;
/** A rule that is made wrong, or none. */
export type Bug = (typeof BUGS)[number] | null;

/** What happens. Names are of wallets and merchants, amounts in pt. */
export type Act =
  | {
      readonly kind: "grant";
      readonly wallet: string;
      readonly type: TypeName;
      readonly pt: number;
    }
  | {
      readonly kind: "pay";
      readonly wallet: string;
      readonly at: string;
      readonly pt: number;
      readonly inCampaign: boolean;
    }
  | { readonly kind: "void"; readonly payment: number }
  | { readonly kind: "refund"; readonly payment: number; readonly pt: number }
  | { readonly kind: "sweep"; readonly type: TypeName };

/** Points for everything, which outlive every run here, and points for museums, valid for thirty days. */
export type TypeName = "health" | "culture";

/** The campaign's terms. */
export const CAMPAIGN = { rateBp: 1000, wallet: 60, day: 80, total: 150, lastDay: 19 } as const;
/** Terms of the two types: the last day after so many days, and the cap on one payment. */
const TYPES = {
  health: { days: null, perUse: 25_000, isForMuseums: false },
  culture: { days: 30, perUse: 300, isForMuseums: true },
} as const;
/** 31 March 2028, counted from the first day of the runs, 1 November 2026. */
export const HEALTH_LAST_DAY = 516;
const GRACE_DAYS = 14;
const REFUND_DAYS = 45;

interface Lot {
  readonly wallet: string;
  readonly type: TypeName;
  readonly issued: number;
  readonly last: number;
  left: number;
}

interface Payment {
  readonly wallet: string;
  readonly at: string;
  readonly day: number;
  readonly uses: { readonly lot: Lot; pt: number }[];
  premium: { readonly lot: Lot; pt: number } | null;
}

interface Books {
  readonly lots: Lot[];
  readonly payments: Payment[];
  readonly tills: Record<string, number>;
  readonly expired: Record<string, number>;
  readonly given: Record<string, number>;
}

/** Why an act is refused. */
class Refusal extends Error {}

/** The economy. */
export class EconomyModel {
  #books: Books = { lots: [], payments: [], tills: {}, expired: {}, given: {} };
  readonly #bug: Bug;

  constructor(bug: Bug = null) {
    this.#bug = bug;
  }

  /** The payments that were accepted so far. */
  get payments(): readonly Payment[] {
    return this.#books.payments;
  }

  /** The verdict on an act on a day. A refusal changes nothing. */
  act(act: Act, day: number): string {
    const before = structuredClone(this.#books);
    try {
      this.#do(act, day);
      return "OK";
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#books = before;
      return error.message;
    }
  }

  /** Every figure that the ledger must agree on, by name; zeros left out. */
  figures(): Map<string, number> {
    const figures = new Map<string, number>();
    const add = (name: string, pt: number) => figures.set(name, (figures.get(name) ?? 0) + pt);
    for (const { wallet, type, last, left } of this.#books.lots)
      add(`${wallet} ${type} ${last}`, left);
    for (const [name, pt] of Object.entries(this.#books.tills)) add(`till ${name}`, pt);
    for (const [name, pt] of Object.entries(this.#books.expired)) add(`expired ${name}`, pt);
    const { all = 0 } = this.#books.given;
    add("premium", all);
    return new Map([...figures].filter(([, pt]) => pt !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #do(act: Act, day: number): void {
    if (act.kind === "grant") this.#issue(act.wallet, act.type, act.pt, day);
    if (act.kind === "pay") this.#pay(act, day);
    if (act.kind === "sweep") this.#sweep(act.type, day);
    if (act.kind === "void" || act.kind === "refund") this.#return(act, day);
  }

  #return(act: Extract<Act, { kind: "void" | "refund" }>, day: number): void {
    const payment = this.#books.payments[act.payment];
    if (payment === undefined) throw new Error("no such payment");
    const left = sum(payment.uses.map((use) => use.pt));
    if (left === 0) throw new Refusal("PAYMENT_NOT_FOUND");
    if (act.kind === "void") {
      if (payment.day !== day) throw new Refusal("VOID_TOO_LATE");
      this.#takeBack(payment, left, day);
      return;
    }
    if (payment.day + REFUND_DAYS < day) throw new Refusal("REFUND_TOO_LATE");
    if (act.pt > left) throw new Refusal("REFUND_TOO_LARGE");
    this.#takeBack(payment, act.pt, day);
  }

  /** By the rule of the type. */
  #issue(wallet: string, type: TypeName, pt: number, day: number): Lot {
    const { days } = TYPES[type];
    const last = days === null ? HEALTH_LAST_DAY : day + days;
    return this.#addLot({ wallet, type, issued: day, last, left: pt });
  }

  #addLot(lot: Lot): Lot {
    this.#books.lots.push(lot);
    return lot;
  }

  #pay(act: Extract<Act, { kind: "pay" }>, day: number): void {
    const usable = this.#usable(act.wallet, act.at, day);
    const taken: Record<string, number> = {};
    const uses: Payment["uses"] = [];
    let wanted = act.pt;
    for (const lot of usable) {
      const { perUse } = TYPES[lot.type];
      const pt = Math.min(wanted, lot.left, perUse - (taken[lot.type] ?? 0));
      if (pt <= 0) continue;
      taken[lot.type] = (taken[lot.type] ?? 0) + pt;
      wanted -= pt;
      uses.push({ lot, pt });
    }
    if (wanted > 0) {
      const isThere = sum(usable.map(({ left }) => left)) >= act.pt;
      throw new Refusal(isThere ? "LIMIT_EXCEEDED" : "BALANCE_INSUFFICIENT");
    }
    for (const { lot, pt } of uses) {
      lot.left -= pt;
      bump(this.#books.tills, `${act.at} ${lot.type}`, pt);
    }
    const premium = act.inCampaign ? this.#premium(act.wallet, act.pt, day) : null;
    this.#books.payments.push({ wallet: act.wallet, at: act.at, day, uses, premium });
  }

  /** What can be spent there today: what lapses first, then what fits fewest places, then what is older. */
  #usable(wallet: string, at: string, day: number): Lot[] {
    const isOpen = (lot: Lot) => (this.#bug === "expiry" ? lot.last > day : lot.last >= day);
    const sign = this.#bug === "order" ? -1 : 1;
    return this.#books.lots
      .filter((lot) => lot.wallet === wallet && lot.left > 0 && isOpen(lot))
      .filter((lot) => !TYPES[lot.type].isForMuseums || at === "museum")
      .sort((a, b) => sign * (a.last - b.last) || a.issued - b.issued);
  }

  #premium(wallet: string, base: number, day: number): Payment["premium"] {
    if (day > CAMPAIGN.lastDay) throw new Refusal("CAMPAIGN_NOT_OPEN");
    const { given } = this.#books;
    const { all = 0 } = given;
    const caps = [
      CAMPAIGN.wallet - (given[wallet] ?? 0),
      CAMPAIGN.day - (given[`day ${day}`] ?? 0),
      CAMPAIGN.total - all,
    ];
    const pt = Math.min(this.#share(base), ...(this.#bug === "cap" ? caps.slice(1) : caps));
    if (pt <= 0) return null;
    this.#count(wallet, day, pt);
    return { lot: this.#issue(wallet, "health", pt, day), pt };
  }

  #share(base: number): number {
    const exact = (base * CAMPAIGN.rateBp) / 10_000;
    return this.#bug === "rounding" ? Math.round(exact) : Math.floor(exact);
  }

  #count(wallet: string, day: number, pt: number): void {
    for (const name of [wallet, `day ${day}`, "all"]) bump(this.#books.given, name, pt);
  }

  #takeBack(payment: Payment, pt: number, day: number): void {
    let back = pt;
    const uses = this.#bug === "refund-order" ? payment.uses : [...payment.uses].reverse();
    for (const use of uses) {
      const part = Math.min(back, use.pt);
      if (part === 0) continue;
      back -= part;
      use.pt -= part;
      const { lot } = use;
      bump(this.#books.tills, `${payment.at} ${lot.type}`, -part);
      if (lot.last >= day) lot.left += part;
      else this.#addLot({ ...lot, issued: day, last: day + GRACE_DAYS, left: part });
    }
    if (payment.premium !== null && this.#bug !== "claw-back") this.#clawBack(payment, day);
  }

  /** The premium on what is left stays; the rest goes, out of the premium first, then of whatever else there is. */
  #clawBack(payment: Payment, day: number): void {
    const { premium, wallet } = payment;
    if (premium === null) return;
    const kept = Math.min(this.#share(sum(payment.uses.map(({ pt }) => pt))), premium.pt);
    const others = this.#books.lots.filter(
      (lot) =>
        lot !== premium.lot && lot.wallet === wallet && lot.type === "health" && lot.last >= day,
    );
    let back = premium.pt - kept;
    this.#count(wallet, payment.day, -back);
    for (const lot of [premium.lot, ...others]) {
      const part = Math.min(back, lot.left);
      lot.left -= part;
      back -= part;
    }
    if (back > 0) throw new Refusal("PREMIUM_SPENT");
    payment.premium = kept === 0 ? null : { ...premium, pt: kept };
  }

  #sweep(type: TypeName, day: number): void {
    const lapsed = this.#books.lots.filter((lot) => lot.type === type && lot.last < day);
    const pt = sum(lapsed.map(({ left }) => left));
    if (pt === 0) throw new Refusal("NOTHING_EXPIRED");
    for (const lot of lapsed) lot.left = 0;
    bump(this.#books.expired, type, pt);
  }
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, pt) => total + pt, 0);
}

function bump(totals: Record<string, number>, name: string, pt: number): void {
  totals[name] = (totals[name] ?? 0) + pt;
}
