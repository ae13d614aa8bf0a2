/** A town, a shopping street with a system of its own, and residents whose points move into it. */
import assert from "node:assert/strict";
import type { ConversionEvent, PartnerLedger } from "../../client/partner/conversion-desk.ts";
import { Cast, KeyRing, type OfficerKeys } from "../../client/scenario/cast.ts";
import { LedgerInMemory } from "../../client/scenario/ledger-in-memory.ts";
import { type Order, Play } from "../../client/scenario/play.ts";
import { readScenario, type Scenario } from "../../client/scenario/scenario-file.ts";
import { officerKey, scenarioGenesis } from "../../client/scenario/scenario-genesis.ts";
import type { ScenarioLedger } from "../../client/scenario/scenario-ledger.ts";
import { attestations } from "../../client/scenario/steps/card-status.ts";
import type { AskedTransfer } from "../../client/street/street-system.ts";
import { checkInvariants } from "../../contracts/invariants.ts";
import { HOLD } from "../../contracts/spending/street-transfer.ts";
import { MERCHANT_ACCOUNT, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";

const TOWN = "141305";
/** The street, as the ledger calls it. */
export const STREET = "bremen";
/** What each resident is granted, points. */
export const GRANTED_PT = 10_000;
const RESIDENTS = ["hanako", "taro", "jiro"];
const HOUR_MS = 3_600_000;

const SET_UP = `scenario: {ja: 移行, en: Transfer}
organisations:
  - {name: town, English name: Town, code: ${TOWN}}
  - {name: street, English name: Street, kind: street, code: ${STREET}}
residents: [${RESIDENTS.join(", ")}]
steps:
  - date: 2026-11-01
  - open issuing: {municipality: town}
  - define points: {name: points, English name: points, municipality: town, for: VOLUNTEER, expires: end of next fiscal year}
  - appropriate: {municipality: town, for: VOLUNTEER, amount: ${GRANTED_PT * RESIDENTS.length}}
  - register street: {street: street, municipality: town}
${RESIDENTS.map(
  (name) => `  - open wallet: {resident: ${name}, municipality: town}
  - grant: {resident: ${name}, points: points, amount: ${GRANTED_PT}}`,
).join("\n")}
`;

const ring = new KeyRing();

/** The town before anything happened in it. */
export function streetScenario(): Scenario {
  return readScenario(SET_UP, "set-up");
}

/** Where a town's ledger is. */
interface Place {
  readonly scenario: Scenario;
  readonly ledger: ScenarioLedger;
  readonly officers: OfficerKeys;
}

function inMemory(): Place {
  const scenario = streetScenario();
  return { scenario, ledger: new LedgerInMemory(scenarioGenesis(scenario)), officers: officerKey };
}

/** The ledger of a town whose residents move points to a street. */
export class StreetTown {
  readonly #play: Play;
  readonly #events: ConversionEvent[] = [];
  /** Every transfer that the ledger took in. */
  readonly asked: AskedTransfer[] = [];

  private constructor(play: Play) {
    this.#play = play;
  }

  /** Sets the town up. @param place where the ledger is; in memory when left out. */
  static async open({ scenario, ledger, officers }: Place = inMemory()): Promise<StreetTown> {
    const play = new Play(ledger, new Cast(officers, ring), scenario.names);
    for (const { perform, asked } of scenario.steps) {
      const { ok, found } = await perform(play, asked);
      assert.ok(ok, found);
    }
    return new StreetTown(play);
  }

  /** Pseudonyms of the residents. */
  async wallets(): Promise<string[]> {
    const named = this.#play.names.all("resident");
    const secrets = await Promise.all(named.map((each) => this.#play.cast.walletOf(each, TOWN)));
    return secrets.map(({ handle }) => toHex(handle));
  }

  /** A resident asks for a transfer. @param n which resident. @returns its number. */
  async request(n: number, points: number): Promise<string> {
    const resident = this.#play.names.all("resident")[n];
    assert.ok(resident);
    const use = { resident, municipality: TOWN, amountPt: points };
    for (const order of await attestations(this.#play, use)) await this.#play.make(order);
    const holder = await this.#play.cardholder(resident, TOWN);
    const body = { ...holder, street: STREET, amountPt: points };
    const order: Order = { type: "STREET_TRANSFER_REQUEST", public: {}, private: body, resident };
    const { result, signed, told } = await this.#play.make(order);
    assert.ok(result === "OK" && signed !== null, told);
    this.asked.push({ transfer: signed.id, wallet: holder.wallet, points });
    const { id: conversion } = signed;
    this.#events.push({ kind: "REQUESTED", conversion, wallet: holder.wallet, units: points });
    return conversion;
  }

  /** Lets hours pass. */
  wait(hours: number): void {
    const { ledger } = this.#play;
    ledger.moveTo(ledger.nowMs + hours * HOUR_MS);
  }

  /** The town ends every transfer that the street did not answer in time. */
  async releaseLate(): Promise<void> {
    for (const { transfer, wallet } of this.asked) await this.#release(TOWN, transfer, wallet);
  }

  /** The ledger as the street's desk sees it; `step` is called before and after everything that it does. */
  seenBy(step: () => void): PartnerLedger {
    const powered = async (work: () => Promise<string>) => {
      step();
      const result = await work();
      step();
      return result;
    };
    return {
      eventsAfter: async (height) => ({
        height: Math.max(height, this.#events.length),
        events: this.#events.slice(height),
      }),
      confirm: ({ conversion }) => powered(() => this.#acknowledge(conversion)),
      reject: ({ conversion, wallet }) => powered(() => this.#release(STREET, conversion, wallet)),
    };
  }

  /** `HELD`, `ACKNOWLEDGED` or `RELEASED`. */
  async statusOf(transfer: string): Promise<string | undefined> {
    return (await this.#play.read(HOLD.key(transfer)))?.status;
  }

  /** Points in a wallet. */
  async balancePt(wallet: string): Promise<number> {
    const lots = (await this.#play.read(WALLET.key(wallet)))?.lots ?? [];
    return lots.reduce((sumPt, { remainingPt }) => sumPt + remainingPt, 0);
  }

  /** Points in the street's till, after a look at all books. */
  async tillPt(): Promise<number> {
    checkInvariants(await this.#play.ledger.records());
    const till = await this.#play.read(MERCHANT_ACCOUNT.key(STREET));
    return (till?.holdings ?? []).reduce((sumPt, { balancePt }) => sumPt + balancePt, 0);
  }

  async #acknowledge(transfer: string): Promise<string> {
    const body = { public: { street: STREET, transfer } };
    const { result } = await this.#play.make({ type: "STREET_TRANSFER_ACK", ...body });
    if (result === "OK") this.#events.push({ kind: "CONFIRMED", conversion: transfer });
    return result;
  }

  async #release(organisation: string, transfer: string, wallet: string): Promise<string> {
    const body = { public: { organisation, transfer }, private: { wallet } };
    const { result } = await this.#play.make({ type: "STREET_TRANSFER_RELEASE", ...body });
    if (result === "OK") this.#events.push({ kind: "REJECTED", conversion: transfer });
    return result;
  }
}
