/**
 * The rules by which towns settle with shops and with one another a second time, as plain as they can be said. Three towns
 * take one another's points; a shop is paid by its own town, which is owed for the points of others.
 */

/** A town; each issues points that never expire. */
export const TOWNS = ["a", "b", "c"] as const;
/** A town. */
export type Town = (typeof TOWNS)[number];
/** Shops and their towns. */
export const SHOPS = { a1: "a", a2: "a", b1: "b", c1: "c" } as const satisfies Record<string, Town>;
/** A shop. */
export type Shop = keyof typeof SHOPS;
/** The shops by name. */
export const SHOP_NAMES = Object.keys(SHOPS) as Shop[];

/** Points of each town that the resident has at first. */
export const GRANTED_PT = 5000;
/** How long shops may object, days. */
const OBJECTION_DAYS = 5;
const BP = 10_000;

/** Mistakes that an implementation may make: each must be found. */
export const REGION_BUGS = [
  "a town claims its own points from itself",
  "the fee is rounded up",
  "what a shop objected to is paid all the same",
  "a due comes into two clearings",
  "a no is counted as a yes",
  "who has not answered is counted as a yes",
  "a clearing settles what is owed to others too",
  "a refused clearing keeps its dues",
  "what is written off is still cleared",
] as const;
/** A mistake. */
export type RegionBug = (typeof REGION_BUGS)[number];

/** What is done. Batches and clearings are named by how many came after them, 0 the latest. */
export type RegionAct =
  | { readonly kind: "wait"; readonly days: number }
  | { readonly kind: "pay"; readonly from: Town; readonly shop: Shop; readonly amountPt: number }
  | { readonly kind: "cut"; readonly town: Town; readonly feeBp: number }
  | { readonly kind: "object"; readonly nth: number; readonly shop: Shop }
  | { readonly kind: "approve"; readonly nth: number }
  | { readonly kind: "report"; readonly nth: number; readonly isFailed: boolean }
  | {
      readonly kind: "write off";
      readonly from: Town;
      readonly to: Town;
      readonly amountYen: number;
    }
  | { readonly kind: "clear"; readonly town: Town }
  | { readonly kind: "answer"; readonly nth: number; readonly town: Town; readonly isYes: boolean }
  | { readonly kind: "settle"; readonly nth: number; readonly town: Town };

type Points = Record<Town, number>;

interface Line {
  readonly shop: Shop;
  readonly points: Points;
  readonly feeYen: number;
  status: "OPEN" | "OBJECTED" | "RETURNED" | "DUE" | "FAILED" | "PAID";
}

interface Batch {
  readonly town: Town;
  readonly cutOn: number;
  isApproved: boolean;
  readonly lines: Line[];
}

interface Due {
  readonly from: Town;
  readonly to: Town;
  openYen: number;
  /** Number of the clearing that holds it. */
  clearing: number | null;
}

interface Clearing {
  readonly town: Town;
  readonly dues: { readonly due: Due; readonly amountYen: number }[];
  readonly answers: Partial<Record<Town, boolean>>;
  readonly settled: Town[];
}

/** The region as the model has it. */
export class RegionModel {
  today = 0;
  readonly batches: Batch[] = [];
  readonly clearings: Clearing[] = [];
  /** In the order of the ledger: by debtor, creditor, batch. */
  readonly #dues: Due[] = [];
  readonly #wallets: Points = { a: GRANTED_PT, b: GRANTED_PT, c: GRANTED_PT };
  readonly #tills: Partial<Record<Shop, Points>> = {};
  readonly #bug: RegionBug | null;

  constructor(bug: RegionBug | null = null) {
    this.#bug = bug;
  }

  /** What a shop took and was not settled. */
  tillPt(shop: Shop): number {
    return total(this.#tills[shop] ?? { a: 0, b: 0, c: 0 });
  }

  /** What one town owes another. */
  owedYen(from: Town, to: Town): number {
    const between = this.#dues.filter((due) => due.from === from && due.to === to);
    return between.reduce((sum, { openYen }) => sum + openYen, 0);
  }

  /** Does it. @returns `OK` or the code with which the ledger is to refuse it. */
  do(act: RegionAct): string {
    switch (act.kind) {
      case "wait":
        this.today += act.days;
        return "OK";
      case "pay":
        return this.#pay(act);
      case "cut":
        return this.#cut(act.town, act.feeBp);
      case "object":
        return this.#object(this.batches.at(-1 - act.nth), act.shop);
      case "approve":
        return this.#approve(this.batches.at(-1 - act.nth));
      case "report":
        return this.#report(this.batches.at(-1 - act.nth), act.isFailed);
      case "write off":
        return this.#writeOff(act.from, act.to, act.amountYen);
      case "clear":
        return this.#clear(act.town);
      case "answer":
        return this.#answer(this.clearings.at(-1 - act.nth), act.town, act.isYes);
      case "settle":
        return this.#settle(this.clearings.at(-1 - act.nth), act.town);
    }
  }

  /** What a town gets by a clearing, below 0: pays. */
  netYen({ dues }: Clearing, town: Town): number {
    return dues.reduce((sum, { due: { from, to }, amountYen }) => {
      return sum + (to === town ? amountYen : 0) - (from === town ? amountYen : 0);
    }, 0);
  }

  /** Whose business a clearing is. */
  isIn({ dues }: Clearing, town: Town): boolean {
    return dues.some(({ due: { from, to } }) => from === town || to === town);
  }

  #pay({ from, shop, amountPt }: RegionAct & { kind: "pay" }): string {
    if (amountPt > this.#wallets[from]) return "BALANCE_INSUFFICIENT";
    this.#wallets[from] -= amountPt;
    this.#give(shop, { a: 0, b: 0, c: 0, [from]: amountPt });
    return "OK";
  }

  #give(shop: Shop, points: Points): void {
    const till = this.#tills[shop] ?? { a: 0, b: 0, c: 0 };
    for (const town of TOWNS) till[town] += points[town];
    this.#tills[shop] = till;
  }

  #cut(town: Town, feeBp: number): string {
    const shops = SHOP_NAMES.filter((shop) => SHOPS[shop] === town && this.tillPt(shop) > 0);
    // Nothing to name: a batch has shops.
    if (shops.length === 0) return "INVALID_FIELD";
    const lines = shops.map((shop) => {
      const points = this.#tills[shop] ?? { a: 0, b: 0, c: 0 };
      this.#tills[shop] = { a: 0, b: 0, c: 0 };
      const exactYen = (total(points) * feeBp) / BP;
      const feeYen =
        this.#bug === "the fee is rounded up" ? Math.ceil(exactYen) : Math.floor(exactYen);
      return { shop, points, feeYen, status: "OPEN" as const };
    });
    this.batches.push({ town, cutOn: this.today, isApproved: false, lines });
    return "OK";
  }

  #object(batch: Batch | undefined, shop: Shop): string {
    const line = batch?.lines.find((each) => each.shop === shop);
    if (batch === undefined || line === undefined) return "PAYOUT_MISMATCH";
    if (line.status !== "OPEN") return "BATCH_CLOSED";
    if (this.today > batch.cutOn + OBJECTION_DAYS) return "OBJECTION_LATE";
    line.status = "OBJECTED";
    return "OK";
  }

  #approve(batch: Batch | undefined): string {
    if (batch === undefined) return "UNKNOWN_BATCH";
    if (batch.isApproved) return "BATCH_CLOSED";
    if (this.today <= batch.cutOn + OBJECTION_DAYS) return "OBJECTION_OPEN";
    batch.isApproved = true;
    for (const line of batch.lines) {
      const isReturned = line.status === "OBJECTED";
      if (isReturned) this.#give(line.shop, line.points);
      line.status = isReturned ? "RETURNED" : "DUE";
    }
    const isPaid = ({ status }: Line) =>
      status === "DUE" || this.#bug === "what a shop objected to is paid all the same";
    for (const from of TOWNS) {
      const amountYen = batch.lines
        .filter(isPaid)
        .reduce((sum, { points }) => sum + points[from], 0);
      const isOwn = from === batch.town && this.#bug !== "a town claims its own points from itself";
      if (amountYen > 0 && !isOwn) {
        this.#dues.push({ from, to: batch.town, openYen: amountYen, clearing: null });
      }
    }
    return "OK";
  }

  #report(batch: Batch | undefined, isFailed: boolean): string {
    if (batch === undefined) return "UNKNOWN_BATCH";
    const owed = batch.lines.filter(({ status }) => status === "DUE" || status === "FAILED");
    // Nothing to name: a report has results.
    if (owed.length === 0) return "INVALID_FIELD";
    for (const line of owed) line.status = isFailed ? "FAILED" : "PAID";
    return "OK";
  }

  /** Of the oldest due between the two. */
  #writeOff(from: Town, to: Town, amountYen: number): string {
    const due = this.#dues.find((one) => one.from === from && one.to === to && one.openYen > 0);
    if (due === undefined) return "UNKNOWN_DUE";
    if (due.clearing !== null) return "DUE_IN_CLEARING";
    if (amountYen > due.openYen) return "LIMIT_EXCEEDED";
    due.openYen -= this.#bug === "what is written off is still cleared" ? 0 : amountYen;
    return "OK";
  }

  #clear(town: Town): string {
    const number = this.clearings.length;
    const isFree = ({ clearing }: Due) =>
      clearing === null || this.#bug === "a due comes into two clearings";
    const dues = this.#dues.filter((due) => due.openYen > 0 && isFree(due));
    // Nothing to name: a clearing has dues.
    if (dues.length === 0) return "INVALID_FIELD";
    for (const due of dues) due.clearing = number;
    const held = dues.map((due) => ({ due, amountYen: due.openYen }));
    this.clearings.push({ town, dues: held, answers: {}, settled: [] });
    return "OK";
  }

  #isRefused({ answers }: Clearing): boolean {
    return Object.values(answers).includes(false) && this.#bug !== "a no is counted as a yes";
  }

  #isAccepted(clearing: Clearing): boolean {
    const hasAnswered = (town: Town) =>
      clearing.answers[town] !== undefined ||
      this.#bug === "who has not answered is counted as a yes";
    return (
      !this.#isRefused(clearing) &&
      TOWNS.every((town) => !this.isIn(clearing, town) || hasAnswered(town))
    );
  }

  #answer(clearing: Clearing | undefined, town: Town, isYes: boolean): string {
    if (clearing === undefined) return "UNKNOWN_CLEARING";
    if (!this.isIn(clearing, town)) return "NOT_A_PARTICIPANT";
    // Whoever said yes may still say no, until all have said yes.
    const saysTheSame = isYes && clearing.answers[town] === true;
    const isDecided = this.#isRefused(clearing) || this.#isAccepted(clearing);
    if (isDecided || saysTheSame) return "CLEARING_CLOSED";
    clearing.answers[town] = isYes;
    if (!isYes && this.#bug !== "a refused clearing keeps its dues") {
      for (const { due } of clearing.dues) due.clearing = null;
    }
    return "OK";
  }

  #settle(clearing: Clearing | undefined, town: Town): string {
    if (clearing === undefined) return "UNKNOWN_CLEARING";
    const owed = clearing.dues.filter(
      ({ due }) => due.to === town || this.#bug === "a clearing settles what is owed to others too",
    );
    // Nothing to name: whoever is owed nothing confirms nothing.
    if (!clearing.dues.some(({ due }) => due.to === town)) return "INVALID_FIELD";
    if (!this.#isAccepted(clearing) || clearing.settled.includes(town)) return "CLEARING_CLOSED";
    for (const { due, amountYen } of owed) {
      due.openYen -= amountYen;
      due.clearing = null;
    }
    clearing.settled.push(town);
    return "OK";
  }
}

function total({ a, b, c }: Points): number {
  return a + b + c;
}
