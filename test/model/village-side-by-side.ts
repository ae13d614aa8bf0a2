/** The village's model beside the ledger. */
import fc from "fast-check";
import { datesFrom, played, Script, type SideBySide } from "./side-by-side.ts";
import {
  GRANTED_PT,
  POINTS,
  type PointName,
  PROJECTS,
  type ProjectName,
  type Releaser,
  type ResidentName,
  SERIES,
  type SeriesName,
  type ShopName,
  type VillageAct,
  type VillageBug,
  VillageModel,
} from "./village-model.ts";

/** Day 0 is 1 May 2026 in Japan. */
const dateOf = datesFrom("2026-05-01");
/** So that no run crosses 31 March. */
const LAST_DAY = 320;

const RESIDENTS: readonly ResidentName[] = ["hanako", "taro"];
const SHOPS: readonly ShopName[] = ["museum", "grocer"];
const RELEASERS: readonly Releaser[] = ["street", "town"];
const NAMES = Object.keys(POINTS) as PointName[];
const ALL_SERIES = Object.keys(SERIES) as SeriesName[];
const ALL_PROJECTS = Object.keys(PROJECTS) as ProjectName[];
const CATEGORIES: Readonly<Record<PointName, string>> = {
  long: "HEALTH",
  museum: "LEARNING",
  ever: "OTHER",
};

const resident = fc.constantFrom(...RESIDENTS);
const nth = fc.integer({ min: 0, max: 4 });
const series = fc.constantFrom<SeriesName[]>(
  "paper",
  "paper",
  "late",
  "tickets",
  "tickets",
  "loose",
);
const project = fc.constantFrom(...ALL_PROJECTS);
const points = fc.constantFrom(...NAMES);
const amountPt = fc.integer({ min: 1, max: 300 });
const of = <K extends VillageAct["kind"]>(kind: K) => fc.constant(kind);

/** Acts in any order; most can be done. */
export const villageActs: fc.Arbitrary<readonly VillageAct[]> = fc.array(
  fc.oneof(
    // Hours, days, and now and then weeks.
    {
      weight: 6,
      arbitrary: fc.record({
        kind: of("wait"),
        steps: fc.constantFrom(4, 20, 100).chain((max) => fc.integer({ min: 1, max })),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: of("grant"), to: resident, points, amountPt }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: of("issue"),
        by: resident,
        series,
        count: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: of("redeem"), nth, shop: fc.constantFrom(...SHOPS) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: of("cancel"), nth, by: resident }) },
    { weight: 2, arbitrary: fc.record({ kind: of("reissue"), nth }) },
    { weight: 1, arbitrary: fc.record({ kind: of("lapse"), series }) },
    { weight: 4, arbitrary: fc.record({ kind: of("transfer"), by: resident, amountPt }) },
    { weight: 3, arbitrary: fc.record({ kind: of("acknowledge"), nth }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: of("release"), nth, by: fc.constantFrom(...RELEASERS) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ kind: of("give"), by: resident, project, points, amountPt }),
    },
    { weight: 5, arbitrary: fc.record({ kind: of("settle"), project }) },
    { weight: 5, arbitrary: fc.record({ kind: of("take back"), nth }) },
  ),
  { minLength: 15, maxLength: 45 },
);

/** Does the acts in the model and in the ledger. @param bug a mistake that the model is to make. */
export function playVillage(
  list: readonly VillageAct[],
  bug: VillageBug | null = null,
): Promise<SideBySide> {
  return played(scenarioOf(list, new VillageModel(bug)));
}

const HEAD: readonly string[] = [
  "scenario: {ja: 券と寄附と移行の照合, en: Vouchers and gifts and transfers beside the model}",
  "organisations:",
  "  - {name: town, English name: Town, code: 131164}",
  "  - {name: street, English name: Street, code: street, kind: street}",
  `residents: [${RESIDENTS.join(", ")}]`,
  "steps:",
  `  - date: ${dateOf(0)}`,
  "  - open issuing: {municipality: town}",
  ...NAMES.flatMap((name) => {
    const { days, onlyAtMuseums } = POINTS[name];
    const expires = days === null ? "never" : `${days} days`;
    const place = onlyAtMuseums ? ", only at: MUSEUM" : "";
    const purpose = `municipality: town, for: ${CATEGORIES[name]}`;
    return [
      `  - define points: {name: ${name}, ${purpose}, expires: ${expires}${place}}`,
      `  - appropriate: {${purpose}, amount: 100000}`,
    ];
  }),
  "  - register shop: {name: museum, municipality: town, kind: MUSEUM}",
  "  - register shop: {name: grocer, municipality: town, kind: GROCERY}",
  "  - register street: {street: street, municipality: town}",
  ...RESIDENTS.flatMap((who) => [
    `  - open wallet: {resident: ${who}, municipality: town}`,
    ...NAMES.map((name) => `  - grant: {resident: ${who}, points: ${name}, amount: ${GRANTED_PT}}`),
  ]),
  ...ALL_SERIES.map((name) => {
    const { points: paid, facePt, limitPt, days, museum } = SERIES[name];
    const ends = `expires: ${dateOf(days[0])}, redeemable until: ${dateOf(days[1])}`;
    const place = museum ? ", only at: MUSEUM" : "";
    const sums = `worth: ${facePt}, cap in all: ${limitPt}`;
    return `  - define vouchers: {name: ${name}, points: ${paid}, ${sums}, ${ends}${place}}`;
  }),
  ...ALL_PROJECTS.map((name) => {
    const { goalPt, deadline, till, isRefundable } = PROJECTS[name];
    const terms = `goal: ${goalPt}, deadline: ${dateOf(deadline)}, for: ${till}`;
    const refundable = isRefundable ? "yes" : "no";
    return `  - open project: {name: ${name}, municipality: town, ${terms}, refundable: ${refundable}}`;
  }),
];

function scenarioOf(list: readonly VillageAct[], model: VillageModel): string {
  const script = new Script(HEAD, booksOf(model));
  const names = new Names();
  for (const act of list) {
    if (!isPossible(act, model)) continue;
    const step = stepOf(act, model, names);
    const result = model.do(act);
    const name = names.nameOf(act, result);
    script.act(act.kind === "wait" ? momentOf(model) : step, result, name);
    script.expect(booksOf(model));
  }
  return script.end([]);
}

/** What could not even be written down is left out. */
function isPossible(act: VillageAct, { today, ...model }: VillageModel): boolean {
  switch (act.kind) {
    case "wait":
      return today + act.steps / 3 < LAST_DAY;
    case "redeem":
    case "cancel":
    case "reissue":
      return model.vouchers.length > act.nth;
    case "acknowledge":
    case "release":
      return model.transfers.length > act.nth;
    case "take back":
      return model.gifts.length > act.nth;
    default:
      return true;
  }
}

/** What vouchers, transfers and gifts that came about are called in the scenario. */
class Names {
  readonly vouchers: string[] = [];
  readonly transfers: string[] = [];
  readonly gifts: string[] = [];
  #asked: readonly string[] = [];
  #count = 0;

  /** Names for so many vouchers that somebody asks for. */
  ask(count: number): readonly string[] {
    this.#asked = Array.from({ length: count }, () => `v${++this.#count}`);
    return this.#asked;
  }

  /** Keeps the names of what came about. @returns what the step itself is called. */
  nameOf({ kind }: VillageAct, result: string): string | undefined {
    if (result !== "OK") return undefined;
    if (kind === "issue" || kind === "reissue") this.vouchers.push(...this.#asked);
    if (kind !== "transfer" && kind !== "give") return undefined;
    const list = kind === "transfer" ? this.transfers : this.gifts;
    list.push(`${kind} ${list.length + 1}`);
    return list.at(-1);
  }
}

function momentOf({ today, hour }: VillageModel): string {
  return `date: ${dateOf(today)} ${String(hour).padStart(2, "0")}:00`;
}

function stepOf(act: VillageAct, model: VillageModel, names: Names): string {
  switch (act.kind) {
    case "wait":
      return momentOf(model);
    case "grant":
      return `grant: {resident: ${act.to}, points: ${act.points}, amount: ${act.amountPt}}`;
    case "issue": {
      const vouchers = names.ask(act.count).join(", ");
      return `issue vouchers: {resident: ${act.by}, series: ${act.series}, vouchers: [${vouchers}]}`;
    }
    case "redeem":
      return `redeem voucher: {voucher: ${names.vouchers.at(-1 - act.nth)}, shop: ${act.shop}}`;
    case "cancel":
      return `cancel voucher: {voucher: ${names.vouchers.at(-1 - act.nth)}, resident: ${act.by}}`;
    case "reissue":
      return `reissue voucher: {voucher: ${names.vouchers.at(-1 - act.nth)}, by: ${names.ask(1)}}`;
    case "lapse":
      return `lapse vouchers: {series: ${act.series}}`;
    case "transfer": {
      const to = `wallet with: town, street: street, amount: ${act.amountPt}`;
      return `transfer to street: {resident: ${act.by}, ${to}}`;
    }
    case "acknowledge":
      return `acknowledge transfer: {transfer: ${names.transfers.at(-1 - act.nth)}}`;
    case "release":
      return `release transfer: {transfer: ${names.transfers.at(-1 - act.nth)}, by: ${act.by}}`;
    case "give": {
      const gift = `project: ${act.project}, points: ${act.points}, amount: ${act.amountPt}`;
      return `donate: {resident: ${act.by}, ${gift}}`;
    }
    case "settle":
      return `settle project: {project: ${act.project}}`;
    case "take back":
      return `refund donation: {donation: ${names.gifts.at(-1 - act.nth)}}`;
  }
}

function booksOf(model: VillageModel): string[] {
  return [
    ...RESIDENTS.map((who) => {
      const lots = model.wallets[who].open(model.today).map((lot) => {
        const expires = lot.lastDay === null ? "never" : dateOf(lot.lastDay);
        return `{points: ${lot.points}, left: ${lot.leftPt}, expires: ${expires}}`;
      });
      return `expect lots: {resident: ${who}, municipality: town, lots: [${lots.join(", ")}]}`;
    }),
    ...SHOPS.map((shop) => `expect till: {shop: ${shop}, amount: ${model.tills[shop]}}`),
    `expect street till: {street: street, amount: ${model.tills.street}}`,
    ...ALL_SERIES.map(
      (name) => `expect vouchers: {series: ${name}, amount: ${model.inVouchers[name]}}`,
    ),
    ...ALL_PROJECTS.map((name) => {
      const { raisedPt, heldPt, status } = model.projects[name];
      const sums = `raised: ${raisedPt}, held: ${heldPt}, status: ${status}`;
      return `expect project: {project: ${name}, ${sums}}`;
    }),
  ];
}
