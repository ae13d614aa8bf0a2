/** Runs the same random acts through the rules and through the model: same verdicts, same figures after each. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CAMPAIGN as CAMPAIGN_SPACE } from "../../contracts/campaign-records.ts";
import { commitToCard } from "../../contracts/card-commitment.ts";
import { checkInvariants } from "../../contracts/invariants.ts";
import { EXPIRED, MERCHANT_ACCOUNT, WALLET } from "../../contracts/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { AUTUMN } from "../support/economy-samples.ts";
import { attestCards, LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  CARD_SALT,
  type LedgerWorld,
  PRIVATE_SALT,
  seedOf,
  TOSHIMA,
} from "../support/ledger-world.ts";
import { type Act, type Bug, CAMPAIGN, EconomyModel, HEALTH_LAST_DAY } from "./model.ts";

const DAY_MS = 86_400_000;
const WALLETS = ["anna", "ben"] as const;
const MERCHANTS = ["museum", "grocer"] as const;
const TYPES = ["health", "culture"] as const;

/** An act, so many days after the one before. */
interface Step {
  readonly act: Act;
  readonly laterDays: number;
}

const wallet = fc.constantFrom(...WALLETS);
const payment = fc.nat(11);
const pt = fc.integer({ min: 1, max: 60 });
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant("grant" as const), wallet, type: fc.constantFrom(...TYPES), pt }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("pay" as const),
      wallet,
      at: fc.constantFrom(...MERCHANTS),
      pt,
      inCampaign: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant("void" as const), payment }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("refund" as const), payment, pt }) },
  fc.record({ kind: fc.constant("sweep" as const), type: fc.constantFrom(...TYPES) }),
);
const anySteps = fc.array(
  fc.record({
    act: anyAct,
    // Thirty days later is the last day of points for museums.
    laterDays: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      fc.constant(30),
      fc.integer({ min: 1, max: 31 }),
    ),
  }),
  { minLength: 4, maxLength: 16 },
);

/** Checks so many random runs. @returns how often each verdict was met. @throws with the shortest run that differs. */
export function compare(
  world: LedgerWorld,
  options: { readonly runs: number; readonly seed?: number; readonly bug?: Bug },
): Map<string, number> {
  const met = new Map<string, number>();
  const { runs, seed, bug = null } = options;
  const property = fc.property(anySteps, (steps) => {
    for (const verdict of sideBySide(world, steps, new EconomyModel(bug))) {
      met.set(verdict, (met.get(verdict) ?? 0) + 1);
    }
  });
  fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  return met;
}

function sideBySide(world: LedgerWorld, steps: readonly Step[], model: EconomyModel): string[] {
  const town = new Town(world);
  const beginning = [
    { kind: "grant", wallet: "anna", type: "health", pt: 900 },
    { kind: "grant", wallet: "anna", type: "culture", pt: 400 },
    { kind: "grant", wallet: "ben", type: "culture", pt: 250 },
  ] as const;
  let day = 0;
  const verdicts = [...beginning.map((act) => ({ act, laterDays: 0 })), ...steps].map(
    ({ act, laterDays }, i) => {
      day += laterDays;
      const meant = withNumbers(act, i, model.payments.length);
      if (meant === null) return "nothing to take back";
      const expected = model.act(meant, day);
      assert.equal(town.act(meant, day), expected, `${JSON.stringify(meant)} on day ${day}`);
      assert.deepEqual([...town.figures()], [...model.figures()], JSON.stringify(meant));
      return `${act.kind} ${expected}`;
    },
  );
  checkInvariants(town.run.state.records());
  return verdicts;
}

/** Payments differ in their amounts, as they do in reality by their salts; what is taken back is one of them. */
function withNumbers(act: Act, step: number, payments: number): Act | null {
  if (act.kind === "pay") return { ...act, pt: act.pt * 20 + step };
  if (act.kind !== "void" && act.kind !== "refund") {
    return act.kind === "grant" ? { ...act, pt: act.pt * 20 } : act;
  }
  if (payments === 0) return null;
  const chosen = { ...act, payment: act.payment % payments };
  return chosen.kind === "refund" ? { ...chosen, pt: chosen.pt * 10 } : chosen;
}

/** The rules, with the names of the model. */
class Town {
  readonly run: LedgerRun;
  readonly #world: LedgerWorld;
  readonly #payments: object[] = [];

  constructor(world: LedgerWorld) {
    this.#world = world;
    this.run = new LedgerRun(world);
    this.run.setUp();
    const culture = {
      pointType: "culture",
      expiryRule: { kind: "DAYS_FROM_ISSUE", date: null, days: 30 },
      restrictedTo: ["MUSEUM"],
      perUseCapPt: 300,
    };
    const caps = {
      rateBp: CAMPAIGN.rateBp,
      walletCapPt: CAMPAIGN.wallet,
      dayCapPt: CAMPAIGN.day,
      totalCapPt: CAMPAIGN.total,
      closesAtMs: Date.UTC(2026, 9, 31, 15) + (CAMPAIGN.lastDay + 1) * DAY_MS,
    };
    const cardCommit = commitToCard(CARD_SALT, world.card.publicKey);
    const opening: readonly (readonly [type: string, fields: object])[] = [
      ["POINT_TYPE_DEFINE", culture],
      ["MERCHANT_REGISTER", { merchant: "grocer", category: "GROCERY" }],
      ["TERMINAL_REGISTER", { merchant: "grocer", terminal: "grocer-1" }],
      ...WALLETS.map((name) => ["WALLET_OPEN", { handle: seedOf(name), cardCommit }] as const),
      ["CAMPAIGN_OPEN", caps],
    ];
    for (const [type, fields] of opening) assert.equal(this.#send(type, fields, {}, AT_MS), "OK");
  }

  act(act: Act, day: number): string | undefined {
    const atMs = AT_MS + day * DAY_MS;
    attestCards(atMs)(this.run);
    switch (act.kind) {
      case "grant": {
        const grant = { pointType: act.type, amountPt: act.pt };
        return this.#send("POINT_GRANT", grant, { wallet: seedOf(act.wallet) }, atMs);
      }
      case "pay":
        return this.#pay(act, atMs);
      case "sweep":
        return this.#send(
          "EXPIRE_SWEEP",
          { pointType: act.type },
          { wallets: WALLETS.map(seedOf) },
          atMs,
        );
      case "void":
        return this.#send("PAY_VOID", {}, this.#receipt(act.payment), atMs);
      case "refund":
        return this.#send(
          "PAY_REFUND",
          {},
          { ...this.#receipt(act.payment), amountPt: act.pt },
          atMs,
        );
    }
  }

  figures(): Map<string, number> {
    const figures = new Map<string, number>();
    const add = (name: string, amountPt: number) =>
      figures.set(name, (figures.get(name) ?? 0) + amountPt);
    for (const name of WALLETS) {
      for (const lot of this.run.read(WALLET.key(toHex(seedOf(name))))?.lots ?? []) {
        add(`${name} ${lot.pointType} ${dayOf(lot.expiresOn)}`, lot.remainingPt);
      }
    }
    for (const name of MERCHANTS) {
      for (const holding of this.run.read(MERCHANT_ACCOUNT.key(name))?.holdings ?? []) {
        add(`till ${name} ${holding.pointType}`, holding.balancePt);
      }
    }
    for (const type of TYPES) {
      add(`expired ${type}`, this.run.read(EXPIRED.key(TOSHIMA, type))?.expiredPt ?? 0);
    }
    const campaign = this.run.read(CAMPAIGN_SPACE.key(TOSHIMA, AUTUMN.pointType, AUTUMN.campaign));
    add("premium", campaign?.premiumPt ?? 0);
    return new Map(
      [...figures].filter(([, amountPt]) => amountPt !== 0).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  #pay(act: Extract<Act, { kind: "pay" }>, atMs: number): string | undefined {
    const { PAY } = this.#world.samples;
    const body = {
      ...PAY?.private,
      wallet: seedOf(act.wallet),
      merchant: act.at,
      terminal: `${act.at}-1`,
      amountPt: act.pt,
      campaign: act.inCampaign ? { issuer: TOSHIMA, ...AUTUMN } : null,
    };
    const verdict = this.#send("PAY", {}, body, atMs);
    if (verdict === "OK") this.#payments.push(body);
    return verdict;
  }

  #receipt(number: number): object {
    const body = this.#payments[number];
    assert.ok(body);
    const { terminal } = body as { terminal: string };
    return { payment: body, salt: PRIVATE_SALT, terminal };
  }

  #send(type: string, inPublic: object, inPrivate: object, createdAtMs: number) {
    const sample = this.#world.samples[type];
    const bodies = {
      public: { ...sample?.public, ...inPublic },
      private: sample?.private === null ? null : { ...sample?.private, ...inPrivate },
    };
    return this.run.result(this.#world.transaction(type, bodies, { createdAtMs }), createdAtMs);
  }
}

/** Days from 1 November 2026 on. */
function dayOf(date: string | null): number {
  assert.ok(date !== null);
  const day = (Date.parse(date) - Date.UTC(2026, 10, 1)) / DAY_MS;
  return date === "2028-03-31" ? HEALTH_LAST_DAY : day;
}
