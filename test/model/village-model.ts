/**
 * The rules of what residents do with points beside paying a second time, as plain as they can be said: vouchers, gifts to
 * projects, transfers into a shopping street's own system. No code of the ledger. Time is counted in steps of seven hours,
 * so that no two moments are ever 24 hours apart.
 */
import { hasLapsed, type PlainLot, type PlainUse, PlainWallet, sum } from "./plain-lots.ts";

const STEP_HOURS = 7;
/** The hour at which it all begins, in Japan. */
const FIRST_HOUR = 10;

/** Kinds of points: how long they can be spent, days, and where. */
export const POINTS = {
  long: { days: 90, onlyAtMuseums: false },
  museum: { days: 30, onlyAtMuseums: true },
  ever: { days: null, onlyAtMuseums: false },
} as const;
/** A kind of points. */
export type PointName = keyof typeof POINTS;

/** Points of each kind that everybody has at first. */
export const GRANTED_PT = 400;

/** Series of vouchers: the last day of residents, and that of shops; whether museums alone take them. */
export const SERIES = {
  paper: { points: "long", facePt: 100, limitPt: 600, days: [88, 93], museum: false },
  // Longer than what is there at first.
  late: { points: "long", facePt: 50, limitPt: 500, days: [95, 95], museum: false },
  tickets: { points: "museum", facePt: 60, limitPt: 300, days: [29, 29], museum: true },
  loose: { points: "museum", facePt: 30, limitPt: 300, days: [29, 36], museum: false },
} as const;
/** A series. */
export type SeriesName = keyof typeof SERIES;

/** Projects. */
export const PROJECTS = {
  school: { goalPt: 300, deadline: 6, till: "grocer", isRefundable: true },
  gallery: { goalPt: 500, deadline: 8, till: "museum", isRefundable: true },
  feast: { goalPt: 400, deadline: 5, till: "grocer", isRefundable: false },
} as const;
/** A project. */
export type ProjectName = keyof typeof PROJECTS;

/** A shop; the first is a museum. */
export type ShopName = "museum" | "grocer";
/** Who has a wallet. */
export type ResidentName = "hanako" | "taro";
/** Who ends a transfer. */
export type Releaser = "street" | "town";

const ACK_HOURS = 24;
const CLAIM_DAYS = 60;

/** Mistakes that an implementation may make: each must be found. */
export const VILLAGE_BUGS = [
  "points go into vouchers that outlive them",
  "points of museums go into vouchers for anywhere",
  "a voucher is good twice",
  "a cancelled voucher makes no room for another",
  "points of a cancelled voucher never end",
  "a lost voucher is good beside the new one",
  "shops cash in no longer than residents use",
  "vouchers lapse while shops still cash in",
  "points of museums go to a street",
  "a street credits after its time",
  "anybody releases a transfer at once",
  "what is released is a new lot",
  "what lapsed on its way has no grace",
  "a goal that is just reached is missed",
  "whoever gave to a project without refunds gets points back",
  "a gift comes back for as long as its longest points",
  "a gift whose points lapsed meanwhile comes back lapsed",
  "what nobody took back goes to the beneficiary",
] as const;
/** A mistake. */
export type VillageBug = (typeof VILLAGE_BUGS)[number];

/** What is done. Things are named by how many came after them, 0 the latest. */
export type VillageAct =
  | { readonly kind: "wait"; readonly steps: number }
  | {
      readonly kind: "grant";
      readonly to: ResidentName;
      readonly points: PointName;
      readonly amountPt: number;
    }
  | {
      readonly kind: "issue";
      readonly by: ResidentName;
      readonly series: SeriesName;
      readonly count: number;
    }
  | { readonly kind: "redeem"; readonly nth: number; readonly shop: ShopName }
  | { readonly kind: "cancel"; readonly nth: number; readonly by: ResidentName }
  | { readonly kind: "reissue"; readonly nth: number }
  | { readonly kind: "lapse"; readonly series: SeriesName }
  | { readonly kind: "transfer"; readonly by: ResidentName; readonly amountPt: number }
  | { readonly kind: "acknowledge"; readonly nth: number }
  | { readonly kind: "release"; readonly nth: number; readonly by: Releaser }
  | {
      readonly kind: "give";
      readonly by: ResidentName;
      readonly project: ProjectName;
      readonly points: PointName;
      readonly amountPt: number;
    }
  | { readonly kind: "settle"; readonly project: ProjectName }
  | { readonly kind: "take back"; readonly nth: number };

interface Voucher {
  readonly series: SeriesName;
  status: "OPEN" | "REDEEMED" | "CANCELLED";
}

interface Transfer {
  readonly by: ResidentName;
  readonly at: number;
  readonly uses: readonly PlainUse[];
  isOver: boolean;
}

interface Gift {
  readonly by: ResidentName;
  readonly project: ProjectName;
  readonly amountPt: number;
  /** The terms under which it comes back. */
  readonly lot: PlainLot;
  isBack: boolean;
}

interface Project {
  raisedPt: number;
  heldPt: number;
  status: "OPEN" | "PAID" | "REFUNDING" | "LAPSED";
  claimUntil: number;
}

/** The village as the model has it. */
export class VillageModel {
  /** Steps of seven hours since the beginning. */
  now = 0;
  readonly wallets: Readonly<Record<ResidentName, PlainWallet>> = {
    hanako: new PlainWallet(),
    taro: new PlainWallet(),
  };
  readonly vouchers: Voucher[] = [];
  readonly transfers: Transfer[] = [];
  readonly gifts: Gift[] = [];
  readonly projects: Readonly<Record<ProjectName, Project>> = {
    school: newProject(),
    gallery: newProject(),
    feast: newProject(),
  };
  /** What is in vouchers, and what was ever put there and not cancelled. */
  readonly inVouchers: Record<SeriesName, number> = { paper: 0, late: 0, tickets: 0, loose: 0 };
  readonly #used: Record<SeriesName, number> = { paper: 0, late: 0, tickets: 0, loose: 0 };
  readonly tills: Record<ShopName | "street", number> = { museum: 0, grocer: 0, street: 0 };
  readonly #bug: VillageBug | null;

  constructor(bug: VillageBug | null = null) {
    this.#bug = bug;
    for (const { lots } of Object.values(this.wallets)) {
      for (const name of Object.keys(POINTS) as PointName[]) {
        lots.push(this.#lotOf(name, GRANTED_PT));
      }
    }
  }

  /** The day, from 0. */
  get today(): number {
    return Math.floor((FIRST_HOUR + this.now * STEP_HOURS) / 24);
  }

  /** The hour of the day. */
  get hour(): number {
    return (FIRST_HOUR + this.now * STEP_HOURS) % 24;
  }

  /** Does it, wholly or not at all. @returns `OK` or the code with which the ledger is to refuse it. */
  do(act: VillageAct): string {
    switch (act.kind) {
      case "wait":
        this.now += act.steps;
        return "OK";
      case "grant":
        this.wallets[act.to].lots.push(this.#lotOf(act.points, act.amountPt));
        return "OK";
      case "issue":
        return this.#issue(act);
      case "redeem":
        return this.#redeem(at(this.vouchers, act.nth), act.shop);
      case "cancel":
        return this.#cancel(at(this.vouchers, act.nth), act.by);
      case "reissue":
        return this.#reissue(at(this.vouchers, act.nth));
      case "lapse":
        return this.#lapse(act.series);
      case "transfer":
        return this.#transfer(act.by, act.amountPt);
      case "acknowledge":
        return this.#acknowledge(at(this.transfers, act.nth));
      case "release":
        return this.#release(at(this.transfers, act.nth), act.by);
      case "give":
        return this.#give(act);
      case "settle":
        return this.#settle(act.project);
      case "take back":
        return this.#takeBack(at(this.gifts, act.nth));
    }
  }

  #lotOf(points: PointName, leftPt: number): PlainLot {
    const { days, onlyAtMuseums } = POINTS[points];
    const lastDay = days === null ? null : this.today + days;
    return { points, onlyAtMuseums, issuedOn: this.today, lastDay, hasComeBack: false, leftPt };
  }

  #issue({ by, series: name, count }: VillageAct & { kind: "issue" }): string {
    const { days, facePt, limitPt } = SERIES[name];
    if (days[0] < this.today) return "SERIES_CLOSED";
    const wantedPt = facePt * count;
    const isRoom = this.#used[name] + wantedPt <= limitPt;
    const uses = this.wallets[by].take(wantedPt, (lot) => this.#fits(lot, name));
    if (uses === null) return "BALANCE_INSUFFICIENT";
    if (!isRoom) {
      this.#undo(by, uses);
      return "LIMIT_EXCEEDED";
    }
    this.#used[name] += wantedPt;
    this.inVouchers[name] += wantedPt;
    for (let i = 0; i < count; i++) this.vouchers.push({ series: name, status: "OPEN" });
    return "OK";
  }

  /** No voucher reaches further than its points, in time or in place. */
  #fits(lot: PlainLot, name: SeriesName): boolean {
    const { points, days, museum } = SERIES[name];
    const isInTime =
      lot.lastDay === null ||
      days[0] <= lot.lastDay ||
      (this.#bug === "points go into vouchers that outlive them" && !hasLapsed(lot, this.today));
    const isInPlace =
      museum ||
      !lot.onlyAtMuseums ||
      this.#bug === "points of museums go into vouchers for anywhere";
    return lot.points === points && isInTime && isInPlace;
  }

  #redeem(voucher: Voucher, shop: ShopName): string {
    const { facePt, museum, days } = SERIES[voucher.series];
    const isGood =
      voucher.status === "OPEN" ||
      (voucher.status === "REDEEMED" && this.#bug === "a voucher is good twice");
    if (!isGood) return "VOUCHER_USED";
    const isShort = this.#bug === "shops cash in no longer than residents use";
    if (days[isShort ? 0 : 1] < this.today) return "VOUCHER_EXPIRED";
    if (museum && shop !== "museum") return "NOT_ACCEPTED_HERE";
    voucher.status = "REDEEMED";
    this.inVouchers[voucher.series] -= facePt;
    this.tills[shop] += facePt;
    return "OK";
  }

  #cancel(voucher: Voucher, by: ResidentName): string {
    const { points, facePt, days } = SERIES[voucher.series];
    const [lastDay] = days;
    if (voucher.status !== "OPEN") return "VOUCHER_USED";
    if (lastDay < this.today) return "VOUCHER_EXPIRED";
    voucher.status = "CANCELLED";
    this.inVouchers[voucher.series] -= facePt;
    if (this.#bug !== "a cancelled voucher makes no room for another") {
      this.#used[voucher.series] -= facePt;
    }
    const isEndless = this.#bug === "points of a cancelled voucher never end";
    const lot = { ...this.#lotOf(points, facePt), onlyAtMuseums: SERIES[voucher.series].museum };
    const terms = { ...lot, lastDay: isEndless ? null : lastDay, hasComeBack: true };
    this.wallets[by].lots.push(terms);
    return "OK";
  }

  #reissue(voucher: Voucher): string {
    const { series } = voucher;
    if (SERIES[series].days[0] < this.today) return "SERIES_CLOSED";
    if (voucher.status !== "OPEN") return "VOUCHER_USED";
    const isKept = this.#bug === "a lost voucher is good beside the new one";
    voucher.status = isKept ? "OPEN" : "CANCELLED";
    this.vouchers.push({ series, status: "OPEN" });
    return "OK";
  }

  #lapse(name: SeriesName): string {
    const { days } = SERIES[name];
    const isEarly = this.#bug === "vouchers lapse while shops still cash in";
    if (days[isEarly ? 0 : 1] >= this.today) return "EXPIRY_MISMATCH";
    if (this.inVouchers[name] === 0) return "SERIES_CLOSED";
    this.inVouchers[name] = 0;
    return "OK";
  }

  #transfer(by: ResidentName, amountPt: number): string {
    const isAnywhere = this.#bug === "points of museums go to a street";
    const uses = this.wallets[by].take(
      amountPt,
      (lot) => !hasLapsed(lot, this.today) && (isAnywhere || !lot.onlyAtMuseums),
    );
    if (uses === null) return "BALANCE_INSUFFICIENT";
    this.transfers.push({ by, at: this.now, uses, isOver: false });
    return "OK";
  }

  #isLate({ at: madeAt }: Transfer): boolean {
    return (this.now - madeAt) * STEP_HOURS > ACK_HOURS;
  }

  #acknowledge(transfer: Transfer): string {
    if (transfer.isOver) return "TRANSFER_CLOSED";
    if (this.#isLate(transfer) && this.#bug !== "a street credits after its time") {
      return "TRANSFER_LATE";
    }
    transfer.isOver = true;
    this.tills.street += sum(transfer.uses.map(({ usedPt }) => usedPt));
    return "OK";
  }

  #release(transfer: Transfer, by: Releaser): string {
    if (transfer.isOver) return "TRANSFER_CLOSED";
    const mayEnd = by === "street" || this.#isLate(transfer);
    if (!mayEnd && this.#bug !== "anybody releases a transfer at once") return "ANSWER_PENDING";
    transfer.isOver = true;
    const wallet = this.wallets[transfer.by];
    for (const { lot, usedPt } of transfer.uses) {
      const isNew = this.#bug === "what is released is a new lot";
      if (isNew) wallet.lots.push({ ...lot, leftPt: usedPt });
      else if (this.#bug === "what lapsed on its way has no grace") {
        wallet.putBack({ lot, usedPt }, this.today, 0);
      } else wallet.putBack({ lot, usedPt }, this.today);
    }
    return "OK";
  }

  #give({ by, project: name, points, amountPt }: VillageAct & { kind: "give" }): string {
    const { deadline, till } = PROJECTS[name];
    const project = this.projects[name];
    if (project.status !== "OPEN" || deadline < this.today) return "PROJECT_CLOSED";
    const isUsable = (one: PlainLot) =>
      one.points === points &&
      !hasLapsed(one, this.today) &&
      (!one.onlyAtMuseums || till === "museum");
    const uses = this.wallets[by].take(amountPt, isUsable);
    const [first] = uses ?? [];
    if (uses === null || first === undefined) return "BALANCE_INSUFFICIENT";
    project.raisedPt += amountPt;
    project.heldPt += amountPt;
    const days = uses.flatMap((use) => use.lot.lastDay ?? []);
    const isLongest = this.#bug === "a gift comes back for as long as its longest points";
    const lastDay = (isLongest ? Math.max : Math.min)(...days);
    const lot = { ...first.lot, lastDay: days.length === 0 ? null : lastDay };
    this.gifts.push({ by, project: name, amountPt, lot, isBack: false });
    return "OK";
  }

  #settle(name: ProjectName): string {
    const { deadline, goalPt, till, isRefundable } = PROJECTS[name];
    const project = this.projects[name];
    if (project.status === "PAID" || project.status === "LAPSED") return "PROJECT_CLOSED";
    const lastDay = project.status === "OPEN" ? deadline : project.claimUntil;
    if (lastDay >= this.today) return "PROJECT_OPEN_STILL";
    const isJustMissed =
      project.raisedPt === goalPt && this.#bug === "a goal that is just reached is missed";
    const isReached = project.raisedPt >= goalPt && !isJustMissed;
    const givesBack =
      isRefundable || this.#bug === "whoever gave to a project without refunds gets points back";
    if (project.status === "OPEN" && !isReached && givesBack) {
      project.status = "REFUNDING";
      project.claimUntil = this.today + CLAIM_DAYS;
      return "OK";
    }
    const isPaid =
      project.status === "OPEN" || this.#bug === "what nobody took back goes to the beneficiary";
    if (isPaid) this.tills[till] += project.heldPt;
    project.status = isPaid ? "PAID" : "LAPSED";
    project.heldPt = 0;
    return "OK";
  }

  #takeBack(gift: Gift): string {
    const { status, claimUntil } = this.projects[gift.project];
    if (status !== "REFUNDING" || claimUntil < this.today) return "PROJECT_CLOSED";
    if (gift.isBack) return "UNKNOWN_DONATION";
    gift.isBack = true;
    this.projects[gift.project].heldPt -= gift.amountPt;
    const { lastDay } = gift.lot;
    const isLate =
      lastDay !== null &&
      lastDay < claimUntil &&
      this.#bug !== "a gift whose points lapsed meanwhile comes back lapsed";
    const terms = { issuedOn: this.today, leftPt: gift.amountPt, hasComeBack: true };
    this.wallets[gift.by].lots.push({
      ...gift.lot,
      ...terms,
      lastDay: isLate ? claimUntil : lastDay,
    });
    return "OK";
  }

  #undo(who: ResidentName, uses: readonly PlainUse[]): void {
    for (const use of uses) this.wallets[who].putBack(use, this.today);
  }
}

function newProject(): Project {
  return { raisedPt: 0, heldPt: 0, status: "OPEN", claimUntil: 0 };
}

/** The n-th latest, 0 the latest. */
function at<T>(things: readonly T[], nth: number): T {
  const found = things.at(-1 - nth);
  if (found === undefined) throw new RangeError("what is not there is not asked for");
  return found;
}
