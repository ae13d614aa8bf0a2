/**
 * One run: residents move points to a street whose system errs, and the desk between them is killed, by a seed. When all is well
 * again and nothing is due any more, the points on both sides are counted.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ConversionDesk } from "../../client/partner/conversion-desk.ts";
import { NotesFile } from "../../client/partner/notes.ts";
import { StreetOverHttp } from "../../client/street/street-over-http.ts";
import { asCompany } from "../../client/street/street-system.ts";
import { SYSTEM_DISK } from "../../client/terminal/disk.ts";
import { type RandomBelow, seededRandom } from "../../consensus/random.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";
import { type Bug, FaultyStreet, PATIENCE_MS } from "./faulty-street.ts";
import { GRANTED_PT, StreetTown } from "./street-town.ts";

const ACTS = 24;
const ROUNDS_MAX = 12;
/** Steps of the desk, after one of which it may be killed. */
const STEPS = 12;

/** The desk is killed here: what it was about to do, nobody does. */
class Killed extends Error {}

/** What happened in a run. */
export interface RunCounts {
  readonly asked: number;
  readonly acknowledged: number;
  readonly kills: number;
  readonly faults: number;
}

/** @throws AssertionError when points were lost or made. */
export async function runOne(seed: number, bug: Bug | null = null): Promise<RunCounts> {
  const random = seededRandom(seed);
  const directory = makeTemporaryDirectory();
  const street = await FaultyStreet.open(random, bug);
  try {
    const town = await StreetTown.open();
    const office = new StreetOffice(town, street, directory.path);
    for (let i = 0; i < ACTS; i += 1) await act(office, town, random);
    await office.heal();
    const acknowledged = await count(street, town);
    const { kills } = office;
    return { asked: town.asked.length, acknowledged, kills, faults: street.faults };
  } finally {
    await street.close();
    directory.remove();
  }
}

async function act(office: StreetOffice, town: StreetTown, random: RandomBelow): Promise<void> {
  const dice = random(10);
  if (dice < 3) await town.request(random(3), 10 * (1 + random(20)));
  else if (dice < 6) town.wait(1 + random(30));
  else if (dice < 7) await town.releaseLate();
  else if (dice < 8) office.arrive();
  else await office.round(random(2) === 0 ? random(STEPS) : Number.POSITIVE_INFINITY);
}

/** The desk, started anew for each round: it keeps nothing but its notes. */
class StreetOffice {
  readonly #town: StreetTown;
  readonly #street: FaultyStreet;
  readonly #notes: NotesFile;
  kills = 0;

  constructor(town: StreetTown, street: FaultyStreet, directory: string) {
    this.#town = town;
    this.#street = street;
    this.#notes = new NotesFile(join(directory, "notes.json"), SYSTEM_DISK);
  }

  /** The desk works, and is killed after so many steps. @returns how many transfers are not done with. */
  async round(killAfter: number): Promise<number> {
    let steps = 0;
    const step = () => {
      steps += 1;
      if (steps > killAfter) throw new Killed();
    };
    const system = asCompany(new StreetOverHttp(this.#street.url, PATIENCE_MS));
    const desk = new ConversionDesk({
      ledger: this.#town.seenBy(step),
      company: {
        debit: async (asked) => {
          step();
          const answer = await system.debit(asked);
          step();
          return answer;
        },
        release: async (asked) => {
          step();
          await system.release(asked);
        },
      },
      notes: this.#notes,
      onNote: () => undefined,
    });
    const left = await desk.round();
    this.kills += Number(steps > killAfter);
    return left;
  }

  /** Questions that were late reach the street's system. */
  arrive(): void {
    this.#street.arrive();
  }

  /** Nothing goes wrong any more, and the town ends what is late. */
  async heal(): Promise<void> {
    this.#street.isHealed = true;
    let open = Number.NaN;
    for (let i = 0; i < ROUNDS_MAX && open !== 0; i += 1) {
      open = await this.round(Number.POSITIVE_INFINITY);
      this.arrive();
      await this.#town.releaseLate();
    }
    assert.equal(open, 0, "transfers that are never done with");
  }
}

/** @returns how many were acknowledged. */
async function count(street: FaultyStreet, town: StreetTown): Promise<number> {
  let acknowledged = 0;
  let movedPt = 0;
  for (const wallet of await town.wallets()) {
    let hisPt = 0;
    for (const { transfer, points } of town.asked.filter((one) => one.wallet === wallet)) {
      const isMoved = (await town.statusOf(transfer)) === "ACKNOWLEDGED";
      assert.equal(street.creditedFor(transfer), isMoved ? points : 0, transfer);
      hisPt += isMoved ? points : 0;
      acknowledged += Number(isMoved);
    }
    assert.equal(street.pointsOf(wallet), hisPt, "the street's points of a member");
    assert.equal(await town.balancePt(wallet), GRANTED_PT - hisPt, "points of a resident");
    movedPt += hisPt;
  }
  assert.equal(await town.tillPt(), movedPt, "what the street is paid for");
  return acknowledged;
}
