/**
 * One run: residents convert while the company's system errs and the desk's power is cut, by a seed. When all is
 * well again and nothing is due any more, points and units are counted.
 */
import assert from "node:assert/strict";
import type { CompanySystem } from "../../client/partner/company-system.ts";
import { ConversionDesk } from "../../client/partner/conversion-desk.ts";
import { MemberLedger } from "../../client/partner/member-ledger.ts";
import { NotesFile } from "../../client/partner/notes.ts";
import { type RandomBelow, seededRandom } from "../../consensus/random.ts";
import { Power, PowerDisk, type Remains } from "../support/power.ts";
import { Exchange, POINTS_PER_UNIT } from "./exchange.ts";
import { FaultyCompany } from "./faulty-company.ts";

const ACTS = 40;
const EARNED_UNITS = 2000;
/** Few, so that the desk often has no room. */
const OPEN_MAX = 3;
const ROUNDS_MAX = 40;
const REMAINS: readonly Remains[] = ["none of it", "half of it", "all of it"];

/** Mistakes that a company's system may make: each must be found. */
export const BUGS = [
  "takes the units again when it is asked again",
  "takes the units after it released them",
  "gives nothing back",
  "says that it took them before that is on its disk",
] as const;
/** A mistake. */
export type Bug = (typeof BUGS)[number];

/** What happened in a run. */
export interface RunCounts {
  readonly asked: number;
  readonly confirmed: number;
  readonly cuts: number;
  readonly faults: number;
}

/** @throws AssertionError when units or points were lost or made. */
export async function runOne(seed: number, bug: Bug | null = null): Promise<RunCounts> {
  const random = seededRandom(seed);
  const exchange = await Exchange.open();
  const shop = new Shop(exchange, random, bug);
  for (const wallet of await exchange.wallets()) shop.members.credit(wallet, EARNED_UNITS);
  for (let i = 0; i < ACTS; i += 1) await act(shop, exchange, random);
  await shop.heal();
  const confirmed = await count(shop.members, exchange);
  const faults = [...shop.company.counts.values()].reduce((sum, each) => sum + each, 0);
  return { asked: exchange.asked.length, confirmed, cuts: shop.cuts, faults };
}

async function act(shop: Shop, exchange: Exchange, random: RandomBelow): Promise<void> {
  const dice = random(10);
  if (dice < 4) {
    await exchange.request(random(3), 10 * (1 + random(60)));
  } else if (dice < 5) exchange.wait(1 + random(48));
  else if (dice < 6) await exchange.rejectLate();
  else if (dice < 7) await shop.arrive();
  else await shop.round();
}

/** The desk, the company's system behind it, and the power of both. */
class Shop {
  readonly company: FaultyCompany;
  readonly #exchange: Exchange;
  readonly #random: RandomBelow;
  readonly #bug: Bug | null;
  cuts = 0;
  #power = new Power();
  #disk = new PowerDisk(this.#power);
  members: MemberLedger;
  #desk: ConversionDesk;

  constructor(exchange: Exchange, random: RandomBelow, bug: Bug | null) {
    this.#exchange = exchange;
    this.#random = random;
    this.#bug = bug;
    this.members = this.#openMembers();
    this.company = new FaultyCompany(() => buggy(this.members, bug), random);
    this.#desk = this.#openDesk();
  }

  /** The desk works; or the power goes while it does, and it is started again. */
  async round(): Promise<void> {
    if (this.#random(2) === 0) this.#restart(this.#random(40));
    await this.#powered(() => this.#desk.round());
  }

  /** Questions that were delayed reach the company's system. */
  arrive(): Promise<void> {
    return this.#powered(() => this.company.arrive());
  }

  async #powered(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#power.isCut) throw error;
    }
    if (!this.#power.isCut) return;
    this.cuts += 1;
    this.#restart(Number.POSITIVE_INFINITY);
  }

  /** Nothing goes wrong any more; what is delayed arrives, and the town ends what is late. */
  async heal(): Promise<void> {
    this.company.isHealed = true;
    this.#restart(Number.POSITIVE_INFINITY);
    let open = Number.NaN;
    for (let i = 0; i < ROUNDS_MAX && open !== 0; i += 1) {
      open = await this.#desk.round();
      await this.company.arrive();
      await this.#exchange.rejectLate();
    }
    assert.equal(open, 0, "conversions that are never done with");
  }

  /** @param cutAt the step, counted from now, at which the power goes. */
  #restart(cutAt: number): void {
    const remains = REMAINS[this.#random(REMAINS.length)] ?? "none of it";
    this.#power = new Power();
    const found = this.#disk.afterCut(this.#power, remains);
    this.#disk = found;
    this.members = this.#openMembers();
    // What a start repairs is not cut here: MemberLedger's own test does that.
    this.#power = new Power(cutAt);
    this.#disk = found.afterCut(this.#power, "all of it");
    this.members = this.#openMembers();
    this.#desk = this.#openDesk();
  }

  #openMembers(): MemberLedger {
    const forgets = this.#bug === "says that it took them before that is on its disk";
    return new MemberLedger("company/members", forgets ? unsynced(this.#disk) : this.#disk);
  }

  #openDesk(): ConversionDesk {
    return new ConversionDesk({
      ledger: this.#exchange.seenBy(this.#power),
      company: this.company,
      notes: new NotesFile("desk/notes", this.#disk),
      onNote: () => undefined,
      openMax: OPEN_MAX,
    });
  }
}

/** A disk whose files are durable when it suits it. */
function unsynced(disk: PowerDisk): PowerDisk {
  return new Proxy(disk, {
    get: (target, name) => {
      if (name === "syncFile") return () => undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function buggy(members: MemberLedger, bug: Bug | null): CompanySystem {
  return {
    debit: async (asked) => {
      const isAgain = members.debitedFor(asked.conversion) > 0;
      const isReleased = members.isReleased(asked.conversion);
      const takes =
        (isAgain && bug === "takes the units again when it is asked again") ||
        (isReleased && bug === "takes the units after it released them");
      if (takes) await members.debit({ ...asked, conversion: again(asked.conversion) });
      return members.debit(asked);
    },
    release: async (asked) => {
      if (bug !== "gives nothing back") await members.release(asked);
    },
  };
}

/** Another number for the same conversion. */
function again(conversion: string): string {
  return [...conversion].reverse().join("");
}

/** @returns how many were confirmed. */
async function count(members: MemberLedger, exchange: Exchange): Promise<number> {
  let confirmedUnits = 0;
  let confirmed = 0;
  for (const wallet of await exchange.wallets()) {
    let givenUnits = 0;
    for (const { conversion, units } of exchange.asked.filter((one) => one.wallet === wallet)) {
      const isConfirmed = (await exchange.statusOf(conversion)) === "CONFIRMED";
      assert.equal(members.debitedFor(conversion), isConfirmed ? units : 0, conversion);
      givenUnits += isConfirmed ? units : 0;
      confirmed += Number(isConfirmed);
    }
    assert.equal(members.unitsOf(wallet), EARNED_UNITS - givenUnits, "units of a member");
    const reservePt = await exchange.reservePt(wallet);
    assert.equal(reservePt, givenUnits * POINTS_PER_UNIT, "points of a resident");
    confirmedUnits += givenUnits;
  }
  const partner = await exchange.partner();
  const { pendingYen, convertedYen } = partner ?? {};
  assert.deepEqual([pendingYen, convertedYen], [0, confirmedUnits * POINTS_PER_UNIT]);
  return confirmed;
}
