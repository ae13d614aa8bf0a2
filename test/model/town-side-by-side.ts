/** The town's model beside the ledger. */
import fc from "fast-check";
import { datesFrom, played, Script, type SideBySide } from "./side-by-side.ts";
import {
  type Act,
  type Bug,
  CAMPAIGN,
  type FeeName,
  POINTS,
  type PointName,
  type ResidentName,
  type ShopName,
  TARIFF,
  TownModel,
} from "./town-model.ts";

/** Day 0 is 1 May 2026 in Japan. */
const dateOf = datesFrom("2026-05-01");
/** So that no run crosses 31 March. */
const LAST_DAY = 300;

const RESIDENTS: readonly ResidentName[] = ["hanako", "taro"];
const SHOPS: readonly ShopName[] = ["museum", "grocer"];
const NAMES = Object.keys(POINTS) as PointName[];
const FEES = Object.keys(TARIFF) as FeeName[];

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
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("pay fee" as const),
        by: fc.constantFrom(...RESIDENTS),
        fee: fc.constantFrom(...FEES),
        count: fc.integer({ min: 1, max: 3 }),
        // Now and then a till asks for more than the tariff has.
        morePt: fc.constantFrom(0, 0, 0, 0, 1),
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

/** Does the acts in the model and in the ledger. @param bug a mistake that the model is to make. */
export function playTown(list: readonly Act[], bug: Bug | null = null): Promise<SideBySide> {
  return played(scenarioOf(list, new TownModel(bug)));
}

/** The scenario of a list of acts, with what the model expects. */
function scenarioOf(list: readonly Act[], model: TownModel): string {
  const lots = () => RESIDENTS.map((who) => lotsOf(who, model));
  const script = new Script(HEAD, lots());
  for (const act of list) {
    const isTooLate = act.kind === "wait" && model.town.today + act.days > LAST_DAY;
    const isNothing = act.kind === "take back" && model.town.payments.length <= act.nth;
    if (isTooLate || isNothing) continue;
    const payments = model.town.payments.length;
    const result = model.do(act);
    const isPayment = act.kind === "pay" || act.kind === "pay fee";
    script.act(
      stepOf(act, model, payments),
      result,
      isPayment ? `payment ${payments + 1}` : undefined,
    );
    script.expect(lots());
  }
  return script.end(booksOf(model));
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
  "  - register facility: {name: house, municipality: town, till: museum}",
  `  - define service: {name: visit, facility: house, kind: MUSEUM, tariff: [${FEES.map(feeOf).join(", ")}]}`,
  ...RESIDENTS.map((name) => `  - open wallet: {resident: ${name}, municipality: town}`),
  [
    `  - open campaign: {name: spring, points: premium, premium: ${CAMPAIGN.percent}%`,
    `until: ${dateOf(CAMPAIGN.lastDay + 1)} 00:00, cap per person: ${CAMPAIGN.walletCapPt}`,
    `cap per day: ${CAMPAIGN.dayCapPt}, cap in all: ${CAMPAIGN.totalCapPt}}`,
  ].join(", "),
];

function feeOf(name: FeeName): string {
  return `{fee: ${name}, amount: ${TARIFF[name]}}`;
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
    case "pay fee": {
      const campaign = act.withCampaign ? ", campaign: spring" : "";
      const askedPt = TARIFF[act.fee] * act.count + act.morePt;
      const fee = `fee: ${act.fee}, count: ${act.count}, amount: ${askedPt}`;
      return `pay fee: {resident: ${act.by}, service: visit, ${fee}${campaign}}`;
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
  return `expect lots: {resident: ${who}, municipality: town, lots: [${lots.join(", ")}]}`;
}

function booksOf(model: TownModel): string[] {
  const { tills, issued, expired, premiumPt } = model.town;
  return [
    ...SHOPS.map((shop) => `expect till: {shop: ${shop}, amount: ${tills[shop]}}`),
    ...NAMES.flatMap((name) => [
      `expect issued: {points: ${name}, amount: ${issued[name]}}`,
      `expect expired: {points: ${name}, amount: ${expired[name]}}`,
      `expect budget left: {municipality: town, for: ${CATEGORIES[name]}, amount: ${model.budgetLeft(name)}}`,
    ]),
    `expect premium: {campaign: spring, amount: ${premiumPt}}`,
  ];
}
