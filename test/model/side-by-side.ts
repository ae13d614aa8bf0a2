/**
 * Model and ledger side by side: the model says what each act comes to, the scenario with these acts and
 * expectations is played by the ledger's own rules. A difference is found as a scenario, which can be played again.
 */
import fc from "fast-check";
import type { StepReport } from "../../client/scenario/run-scenario.ts";
import { readScenario } from "../../client/scenario/scenario-file.ts";
import {
  type Act,
  type Bug,
  CAMPAIGN,
  POINTS,
  type PointName,
  type ResidentName,
  type ShopName,
  TownModel,
} from "./town-model.ts";
import { runUnsigned } from "./unsigned.ts";

const DAY_MS = 86_400_000;
/** Day 0: 1 May 2026 in Japan. */
const FIRST_DAY_MS = Date.UTC(2026, 4, 1);
/** So that no run crosses 31 March. */
const LAST_DAY = 300;

const RESIDENTS: readonly ResidentName[] = ["hanako", "taro"];
const SHOPS: readonly ShopName[] = ["museum", "grocer"];
const NAMES = Object.keys(POINTS) as PointName[];

const CATEGORIES: Readonly<Record<PointName, string>> = {
  long: "HEALTH",
  museum: "LEARNING",
  ever: "OTHER",
  premium: "EVENT",
};

const amountPt = fc.integer({ min: 1, max: 600 });

/** Acts in any order; most can be done. */
export const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("wait" as const),
        // Often to the very day on which something lapses.
        days: fc.oneof(fc.constantFrom(1, 10, 20, 30), fc.integer({ min: 1, max: 35 })),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("grant" as const),
        to: fc.constantFrom(...RESIDENTS),
        points: fc.constantFrom(...NAMES),
        amountPt,
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("pay" as const),
        by: fc.constantFrom(...RESIDENTS),
        shop: fc.constantFrom(...SHOPS),
        amountPt,
        withCampaign: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("take back" as const),
        // A wallet remembers some fifteen payments: no more than a few back is asked for.
        nth: fc.integer({ min: 0, max: 3 }),
        amountPt: fc.option(amountPt, { freq: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("sweep" as const),
        points: fc.constantFrom(...NAMES),
      }),
    },
  ),
  { minLength: 8, maxLength: 40 },
);

/** What came of one run. */
export interface SideBySide {
  /** The scenario as a file. */
  readonly yaml: string;
  /** Where the ledger did not do what the model said. */
  readonly differences: readonly StepReport[];
  readonly transactions: number;
}

/** Does the acts in the model and in the ledger. @param bug a mistake that the model is to make. */
export async function playSideBySide(
  list: readonly Act[],
  bug: Bug | null = null,
): Promise<SideBySide> {
  const yaml = scenarioOf(list, new TownModel(bug));
  const scenario = readScenario(yaml, "model");
  const { steps } = await runUnsigned(scenario);
  const transactions = scenario.steps.filter(({ kind }) => kind.family === "action").length;
  return { yaml, transactions, differences: steps.filter(({ ok }) => !ok) };
}

/** The scenario of a list of acts, with what the model expects. */
function scenarioOf(list: readonly Act[], model: TownModel): string {
  const lines = [...HEAD];
  for (const act of list) {
    const isTooLate = act.kind === "wait" && model.town.today + act.days > LAST_DAY;
    const isNothing = act.kind === "take back" && model.town.payments.length <= act.nth;
    if (!isTooLate && !isNothing) lines.push(...linesOf(act, model));
  }
  return [...lines, ...booksOf(model), ""].join("\n");
}

const HEAD: readonly string[] = [
  "scenario: {ja: モデルとの照合, en: Beside the model}",
  "organisations: [{name: town, English name: Town, code: 131164}]",
  `residents: [${RESIDENTS.join(", ")}]`,
  "steps:",
  `  - date: ${dateOf(0)}`,
  "  - open issuing: {municipality: town}",
  ...NAMES.flatMap((name) => {
    const { days, onlyAtMuseums, grantCapPt, useCapPt, budgetPt } = POINTS[name];
    const expires = days === null ? "never" : `${days} days`;
    const place = onlyAtMuseums ? ", only at: MUSEUM" : "";
    const caps = `cap per grant: ${grantCapPt}, cap per payment: ${useCapPt}`;
    const purpose = `municipality: town, for: ${CATEGORIES[name]}`;
    return [
      `  - define points: {name: ${name}, ${purpose}, expires: ${expires}, ${caps}${place}}`,
      `  - appropriate: {${purpose}, amount: ${budgetPt}}`,
    ];
  }),
  "  - register shop: {name: museum, municipality: town, kind: MUSEUM}",
  "  - register shop: {name: grocer, municipality: town, kind: GROCERY}",
  ...RESIDENTS.map((name) => `  - open wallet: {resident: ${name}, municipality: town}`),
  [
    `  - open campaign: {name: spring, points: premium, premium: ${CAMPAIGN.percent}%`,
    `until: ${dateOf(CAMPAIGN.lastDay + 1)} 00:00, cap per person: ${CAMPAIGN.walletCapPt}`,
    `cap per day: ${CAMPAIGN.dayCapPt}, cap in all: ${CAMPAIGN.totalCapPt}}`,
  ].join(", "),
];

function linesOf(act: Act, model: TownModel): string[] {
  const payments = model.town.payments.length;
  const result = model.do(act);
  return [
    `  - ${stepOf(act, model, payments)}`,
    ...(result === "OK" ? [] : [`    refused: ${result}`]),
    ...(act.kind === "pay" && result === "OK" ? [`    as: payment ${payments + 1}`] : []),
    ...RESIDENTS.map((who) => lotsOf(who, model)),
  ];
}

/** @param payments those made before it. */
function stepOf(act: Act, { town }: TownModel, payments: number): string {
  switch (act.kind) {
    case "wait":
      return `date: ${dateOf(town.today)}`;
    case "grant":
      return `grant: {resident: ${act.to}, points: ${act.points}, amount: ${act.amountPt}}`;
    case "pay": {
      const campaign = act.withCampaign ? ", campaign: spring" : "";
      return `pay: {resident: ${act.by}, shop: ${act.shop}, amount: ${act.amountPt}${campaign}}`;
    }
    case "take back": {
      const payment = `payment: payment ${payments - act.nth}`;
      const { amountPt: backPt } = act;
      return backPt === null ? `void: {${payment}}` : `refund: {${payment}, amount: ${backPt}}`;
    }
    case "sweep":
      return `sweep: {points: ${act.points}}`;
  }
}

function lotsOf(who: ResidentName, model: TownModel): string {
  const lots = model.spendable(who).map(({ points, leftPt, lastDay }) => {
    const expires = lastDay === null ? "never" : dateOf(lastDay);
    return `{points: ${points}, left: ${leftPt}, expires: ${expires}}`;
  });
  return `  - expect lots: {resident: ${who}, municipality: town, lots: [${lots.join(", ")}]}`;
}

function booksOf(model: TownModel): string[] {
  const { tills, issued, expired, premiumPt } = model.town;
  return [
    ...SHOPS.map((shop) => `  - expect till: {shop: ${shop}, amount: ${tills[shop]}}`),
    ...NAMES.flatMap((name) => [
      `  - expect issued: {points: ${name}, amount: ${issued[name]}}`,
      `  - expect expired: {points: ${name}, amount: ${expired[name]}}`,
      `  - expect budget left: {municipality: town, for: ${CATEGORIES[name]}, amount: ${model.budgetLeft(name)}}`,
    ]),
    `  - expect premium: {campaign: spring, amount: ${premiumPt}}`,
  ];
}

function dateOf(day: number): string {
  return new Date(FIRST_DAY_MS + day * DAY_MS).toISOString().slice(0, 10);
}
