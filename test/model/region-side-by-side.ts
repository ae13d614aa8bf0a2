/** The region's model beside the ledger. */
import fc from "fast-check";
import {
  GRANTED_PT,
  type RegionAct,
  type RegionBug,
  RegionModel,
  SHOP_NAMES,
  SHOPS,
  TOWNS,
  type Town,
} from "./region-model.ts";
import { datesFrom, played, Script, type SideBySide } from "./side-by-side.ts";

/** Day 0 is 20 April 2026 in Japan, so that what was taken before lies in the same fiscal year. */
const dateOf = datesFrom("2026-04-20");
/** So that no run crosses 31 March. */
const LAST_DAY = 320;
const CODES: Readonly<Record<Town, string>> = { a: "131164", b: "141305", c: "072028" };

const town = fc.constantFrom(...TOWNS);
const shop = fc.constantFrom(...SHOP_NAMES);
const nthLatest = fc.integer({ min: 0, max: 2 });
const of = <K extends RegionAct["kind"]>(kind: K) => fc.constant(kind);

/** Acts in any order; most can be done. */
export const regionActs: fc.Arbitrary<readonly RegionAct[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: of("wait"), days: fc.integer({ min: 1, max: 9 }) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: of("pay"),
        from: town,
        shop,
        amountPt: fc.integer({ min: 1, max: 1500 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: of("cut"), town, feeBp: fc.constantFrom(0, 150, 180) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: of("object"), nth: nthLatest, shop }) },
    { weight: 5, arbitrary: fc.record({ kind: of("approve"), nth: nthLatest }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: of("report"), nth: nthLatest, isFailed: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: of("write off"),
        from: town,
        to: town,
        amountYen: fc.integer({ min: 1, max: 400 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: of("clear"), town }) },
    {
      weight: 9,
      arbitrary: fc.record({
        kind: of("answer"),
        nth: nthLatest,
        town,
        isYes: fc.integer({ max: 9, min: 0 }).map((dice) => dice > 0),
      }),
    },
    { weight: 6, arbitrary: fc.record({ kind: of("settle"), nth: nthLatest, town }) },
  ),
  { minLength: 15, maxLength: 60 },
);

/** Does the acts in the model and in the ledger. @param bug a mistake that the model is to make. */
export function playRegion(
  list: readonly RegionAct[],
  bug: RegionBug | null = null,
): Promise<SideBySide> {
  return played(scenarioOf(list, new RegionModel(bug)));
}

const HEAD: readonly string[] = [
  "scenario: {ja: 精算と清算の照合, en: Settlement beside the model}",
  "organisations:",
  ...TOWNS.map((name) => `  - {name: ${name}, English name: ${name}, code: "${CODES[name]}"}`),
  "residents: [hanako]",
  "steps:",
  `  - date: ${dateOf(0)}`,
  ...TOWNS.flatMap((name) => [
    `  - open issuing: {municipality: ${name}}`,
    `  - define points: {name: points ${name}, municipality: ${name}, for: OTHER, expires: never}`,
    `  - appropriate: {municipality: ${name}, for: OTHER, amount: ${GRANTED_PT}}`,
  ]),
  ...SHOP_NAMES.map((name) => `  - register shop: {name: ${name}, municipality: ${SHOPS[name]}}`),
  ...TOWNS.flatMap((name) => [
    `  - open wallet: {resident: hanako, municipality: ${name}}`,
    `  - grant: {resident: hanako, points: points ${name}, amount: ${GRANTED_PT}}`,
  ]),
  ...pairs().map(([from, to]) => {
    const shops = SHOP_NAMES.filter((name) => SHOPS[name] === to).join(", ");
    return `  - agree acceptance: {points of: ${from}, shops of: ${to}, shops: [${shops}]}`;
  }),
];

function pairs(): (readonly [from: Town, to: Town])[] {
  return TOWNS.flatMap((from) =>
    TOWNS.filter((to) => to !== from).map((to) => [from, to] as const),
  );
}

/** What batches and clearings are called in the scenario, those alone that came about. */
interface Called {
  readonly batches: string[];
  readonly clearings: string[];
}

function scenarioOf(list: readonly RegionAct[], model: RegionModel): string {
  const script = new Script(HEAD, duesOf(model));
  const called: Called = { batches: [], clearings: [] };
  for (const [n, act] of list.entries()) {
    if (!isPossible(act, model)) continue;
    const result = model.do(act);
    script.act(stepOf(act, model, { called, newName: `thing ${n}` }), result);
    if (result === "OK" && act.kind === "cut") called.batches.push(`thing ${n}`);
    if (result === "OK" && act.kind === "clear") called.clearings.push(`thing ${n}`);
    script.expect([...duesOf(model), ...netsOf(model, called)]);
  }
  return script.end(booksOf(model, called));
}

/** What could not even be written down is left out. */
function isPossible(act: RegionAct, { today, batches, clearings }: RegionModel): boolean {
  switch (act.kind) {
    case "wait":
      return today + act.days <= LAST_DAY;
    case "object":
      return batches.at(-1 - act.nth)?.town === SHOPS[act.shop];
    case "approve":
      return batches.length > act.nth;
    // Whoever reports knows that it was approved.
    case "report":
      return batches.at(-1 - act.nth)?.isApproved === true;
    case "write off":
      return act.from !== act.to;
    case "answer":
    case "settle":
      return clearings.length > act.nth;
    default:
      return true;
  }
}

function stepOf(
  act: RegionAct,
  { today }: RegionModel,
  { called, newName }: { readonly called: Called; readonly newName: string },
): string {
  const batch = (nth: number) => called.batches.at(-1 - nth) ?? "";
  const clearing = (nth: number) => called.clearings.at(-1 - nth) ?? "";
  switch (act.kind) {
    case "wait":
      return `date: ${dateOf(today)}`;
    case "pay":
      return `pay: {resident: hanako, shop: ${act.shop}, amount: ${act.amountPt}, wallet with: ${act.from}}`;
    case "cut": {
      const days = `closes on: ${dateOf(lastClosingDay(today))}, pays on: ${dateOf(payDay(today))}`;
      const fee = `fee: ${act.feeBp / 100}%`;
      return `cut batch: {name: ${newName}, municipality: ${act.town}, ${days}, ${fee}}`;
    }
    case "object":
      return `object to batch: {batch: ${batch(act.nth)}, shop: ${act.shop}}`;
    case "approve":
      return `approve batch: {batch: ${batch(act.nth)}}`;
    case "report": {
      const failed = act.isFailed ? `, failed: [${SHOP_NAMES.join(", ")}]` : "";
      return `report payout: {batch: ${batch(act.nth)}${failed}}`;
    }
    case "write off":
      return `write off due: {from: ${act.from}, to: ${act.to}, amount: ${act.amountYen}}`;
    case "clear":
      return `cut clearing: {name: ${newName}, organisation: ${act.town}}`;
    case "answer": {
      const accepted = act.isYes ? "yes" : "no";
      return `accept clearing: {clearing: ${clearing(act.nth)}, organisation: ${act.town}, accepted: ${accepted}}`;
    }
    case "settle":
      return `settle clearing: {clearing: ${clearing(act.nth)}, organisation: ${act.town}}`;
  }
}

/** The last 15th or end of a month before a day. */
function lastClosingDay(today: number): number {
  let day = today - 1;
  while (!dateOf(day).endsWith("-15") && !dateOf(day + 1).endsWith("-01")) day -= 1;
  return day;
}

/** Half a month after the closing day, and not before tomorrow; a day on which banks work. */
function payDay(today: number): number {
  let day = Math.max(lastClosingDay(today) + 16, today + 1);
  while (!isBankingDay(day)) day += 1;
  return day;
}

/** Days other than weekends on which banks are closed, from 20 April 2026 to the middle of March 2027. */
const CLOSED =
  "04-29 05-04 05-05 05-06 07-20 08-11 09-21 10-12 11-03 11-23 12-31 01-01 01-11 02-11 02-23";

function isBankingDay(day: number): boolean {
  const weekday = new Date(dateOf(day)).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  return !isWeekend && !CLOSED.includes(dateOf(day).slice(5));
}

/** What each clearing comes to for each town. */
function netsOf(model: RegionModel, { clearings }: Called): string[] {
  return model.clearings.flatMap((clearing, i) =>
    TOWNS.map((organisation) => {
      const netYen = model.netYen(clearing, organisation);
      const sum = netYen < 0 ? `pays: ${-netYen}` : `gets: ${netYen}`;
      return `expect net: {clearing: ${clearings[i]}, organisation: ${organisation}, ${sum}}`;
    }),
  );
}

function duesOf(model: RegionModel): string[] {
  return pairs().map(
    ([from, to]) => `expect due: {from: ${from}, to: ${to}, amount: ${model.owedYen(from, to)}}`,
  );
}

function booksOf(model: RegionModel, { batches }: Called): string[] {
  return [
    ...SHOP_NAMES.map((name) => `expect till: {shop: ${name}, amount: ${model.tillPt(name)}}`),
    ...model.batches.flatMap(({ lines }, i) =>
      lines.map(({ shop: whose, points: { a, b, c }, feeYen, status }) => {
        const paid = `amount: ${a + b + c - feeYen}, fee: ${feeYen}, status: ${status}`;
        return `expect payout: {batch: ${batches[i]}, shop: ${whose}, ${paid}}`;
      }),
    ),
  ];
}
