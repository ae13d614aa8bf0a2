/** A town, a company and residents who convert: the ledger's own rules in memory, as a partner's desk sees them. */
import assert from "node:assert/strict";
import type { AskedConversion } from "../../client/partner/company-system.ts";
import type { PartnerLedger } from "../../client/partner/conversion-desk.ts";
import type { ConversionEvent } from "../../client/partner/reading.ts";
import { Cast, KeyRing, type OfficerKeys } from "../../client/scenario/cast.ts";
import { LedgerInMemory } from "../../client/scenario/ledger-in-memory.ts";
import { type Made, type Order, Play } from "../../client/scenario/play.ts";
import { readScenario, type Scenario } from "../../client/scenario/scenario-file.ts";
import { officerKey, scenarioGenesis } from "../../client/scenario/scenario-genesis.ts";
import type { ScenarioLedger } from "../../client/scenario/scenario-ledger.ts";
import { attestations } from "../../client/scenario/steps/card-status.ts";
import { CONVERSION, PARTNER, RESERVE } from "../../contracts/conversion/conversion-records.ts";
import { checkInvariants } from "../../contracts/invariants.ts";
import { toHex } from "../../ledger/bytes.ts";
import type { Power } from "../support/power.ts";

const TOWN = "131164";
/** The company, as the ledger calls it. */
export const COMPANY = "points-company";
/** What a unit comes to, points. */
export const POINTS_PER_UNIT = 3;
const RESIDENTS = ["hanako", "taro", "jiro"];
/** Events that the ledger tells at a time, so that reading takes more than one answer. */
const EVENTS_AT_ONCE = 2;
const HOUR_MS = 3_600_000;

const SET_UP = `scenario: {ja: 交換, en: Conversion}
organisations:
  - {name: town, English name: Town, code: ${TOWN}}
  - {name: company, English name: Company, kind: company, code: ${COMPANY}}
residents: [${RESIDENTS.join(", ")}]
steps:
  - date: 2026-04-01
  - open issuing: {municipality: town}
  - register partner: {company: company, cap: 5000000}
  - set rate: {company: company, units: 10, become: ${10 * POINTS_PER_UNIT}}
${RESIDENTS.map(
  (name) => `  - open wallet: {resident: ${name}, municipality: town}
  - consent: {resident: ${name}, company: company, municipality: town}`,
).join("\n")}
`;

const ring = new KeyRing();

/** The town before anything happened in it. */
export function townScenario(): Scenario {
  return readScenario(SET_UP, "set-up");
}

/** Where a town's ledger is. */
export interface Place {
  readonly scenario: Scenario;
  readonly ledger: ScenarioLedger;
  readonly officers: OfficerKeys;
}

function inMemory(): Place {
  const scenario = townScenario();
  return { scenario, ledger: new LedgerInMemory(scenarioGenesis(scenario)), officers: officerKey };
}

/** The ledger of a town in which people convert. */
export class Exchange {
  readonly #play: Play;
  readonly #events: ConversionEvent[] = [];
  /** Every conversion that the ledger took in. */
  readonly asked: AskedConversion[] = [];

  private constructor(play: Play) {
    this.#play = play;
  }

  /** Sets the town up. @param place where the ledger is; in memory when left out. */
  static async open(place: Place = inMemory()): Promise<Exchange> {
    const { scenario, ledger, officers } = place;
    const play = new Play(ledger, new Cast(officers, ring), scenario.names);
    for (const { perform, asked } of scenario.steps) {
      const { ok, found } = await perform(play, asked);
      assert.ok(ok, found);
    }
    return new Exchange(play);
  }

  /** Pseudonyms of the residents. */
  async wallets(): Promise<string[]> {
    const named = this.#play.names.all("resident");
    const secrets = await Promise.all(named.map((each) => this.#play.cast.walletOf(each, TOWN)));
    return secrets.map(({ handle }) => toHex(handle));
  }

  /** A resident asks for a conversion. @param n which resident. */
  async request(n: number, units: number): Promise<string> {
    const resident = this.#play.names.all("resident")[n];
    assert.ok(resident);
    const use = { resident, municipality: TOWN, amountPt: 0 };
    for (const order of await attestations(this.#play, use)) await this.#play.make(order);
    const holder = await this.#play.cardholder(resident, TOWN);
    const body = { ...holder, partner: COMPANY, units };
    const order: Order = { type: "CONVERT_REQUEST", public: {}, private: body, resident };
    const { result, signed } = await this.#play.make(order);
    if (result === "OK" && signed !== null) {
      const asked = { conversion: signed.id, wallet: holder.wallet, units };
      this.asked.push(asked);
      this.#events.push({ kind: "REQUESTED", ...asked });
    }
    return result;
  }

  /** Lets hours pass. */
  wait(hours: number): void {
    const { ledger } = this.#play;
    ledger.moveTo(ledger.nowMs + hours * HOUR_MS);
  }

  /** The town ends every conversion that the company did not answer in time. */
  async rejectLate(): Promise<void> {
    for (const { conversion } of this.asked) await this.#reject(TOWN, conversion);
  }

  /** The ledger as the desk sees it, while there is power. */
  seenBy(power: Power): PartnerLedger {
    return {
      eventsAfter: async (height) => {
        const next = Math.min(height + EVENTS_AT_ONCE, this.#events.length);
        return { height: Math.max(next, height), events: this.#events.slice(height, next) };
      },
      confirm: (asked) => power.step("confirm", () => this.#confirm(asked)),
      reject: ({ conversion }) => power.step("reject", () => this.#reject(COMPANY, conversion)),
    };
  }

  /** `CONFIRMED`, `REJECTED` or `REQUESTED`. */
  async statusOf(conversion: string): Promise<string | undefined> {
    return (await this.#play.read(CONVERSION.key(conversion)))?.status;
  }

  /** What came into a wallet's reserve, which nobody takes out here. */
  async reservePt(wallet: string): Promise<number> {
    const entries = (await this.#play.read(RESERVE.key(wallet)))?.entries ?? [];
    return entries.reduce((sum, { amountPt }) => sum + amountPt, 0);
  }

  /** What the ledger has of the company, after a look at all books. */
  async partner() {
    checkInvariants(await this.#play.ledger.records());
    return this.#play.read(PARTNER.key(COMPANY));
  }

  async #confirm({ conversion, wallet }: AskedConversion): Promise<string> {
    const body = { public: { partner: COMPANY, conversion }, private: { wallet } };
    const { result } = await this.#play.make({ type: "CONVERT_CONFIRM", ...body });
    if (result === "OK") this.#events.push({ kind: "CONFIRMED", conversion });
    return result;
  }

  async #reject(organisation: string, conversion: string): Promise<string> {
    const made: Made = await this.#play.make({
      type: "CONVERT_REJECT",
      public: { organisation, partner: COMPANY, conversion },
    });
    if (made.result === "OK") this.#events.push({ kind: "REJECTED", conversion });
    return made.result;
  }
}
