/** The model of companies and towns beside the ledger. */
import fc from "fast-check";
import { CAMPAIGN, FUNDERS } from "./campaign-model.ts";
import {
  ADVANCE_YEN,
  COMPANIES,
  CONSENTS,
  type Company,
  type CompanyAct,
  type CompanyBug,
  CompanyModel,
  POINTS,
  type PointName,
  type ResidentName,
  TOWNS,
} from "./company-model.ts";
import { datesFrom, played, Script, type SideBySide } from "./side-by-side.ts";

/** Day 0 is 20 April 2026 in Japan: conversions of many runs lie in two months. */
const dateOf = datesFrom("2026-04-20");
/** So that no run crosses 31 March. */
const LAST_DAY = 300;

const RESIDENTS: readonly ResidentName[] = ["hanako", "taro"];
const NAMES = Object.keys(POINTS) as PointName[];
const ALL_COMPANIES = Object.keys(COMPANIES) as Company[];

const by = fc.constantFrom(...RESIDENTS);
const company = fc.constantFrom(...ALL_COMPANIES);
const town = fc.constantFrom(...TOWNS);
const points = fc.constantFrom<PointName[]>(
  "points a",
  "points a",
  "points a",
  "points b",
  "health",
);
const nth = fc.constantFrom(0, 0, 0, 1, 2);
/** A wallet into which a company's points are converted, mostly. */
const wallet = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...CONSENTS) },
  { weight: 1, arbitrary: fc.record({ by, company, town }) },
);
const of = <K extends CompanyAct["kind"]>(kind: K) => fc.constant(kind);

/** Acts in any order; most can be done. */
export const companyActs: fc.Arbitrary<readonly CompanyAct[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: of("wait"),
        steps: fc.constantFrom(8, 60).chain((max) => fc.integer({ min: 1, max })),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: of("rate"),
        company,
        stepPt: fc.integer({ min: 1, max: 1200 }),
        days: fc.integer({ min: 6, max: 9 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: of("consent"),
        by,
        company,
        town,
        isGiven: fc.boolean(),
      }),
    },
    {
      weight: 9,
      arbitrary: fc
        .record({
          to: wallet,
          units: fc.oneof(
            fc.integer({ min: 2, max: 5 }).map((steps) => 200 * steps),
            fc.integer({ min: 1, max: 1100 }),
          ),
        })
        .map(({ to, units }) => ({ kind: "request" as const, ...to, units })),
    },
    { weight: 9, arbitrary: fc.record({ kind: of("confirm"), nth }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: of("reject"),
        nth,
        by: fc.constantFrom(...ALL_COMPANIES, ...TOWNS),
      }),
    },
    {
      weight: 9,
      arbitrary: fc
        .record({
          of: wallet,
          points,
          amountPt: fc.constantFrom(200, 1500).chain((max) => fc.integer({ min: 1, max })),
          withCampaign: fc.boolean(),
        })
        .map(({ of: { by: who, company: whose, town: from }, ...wish }) => {
          return { kind: "allocate" as const, by: who, company: whose, from, ...wish };
        }),
    },
    { weight: 3, arbitrary: fc.record({ kind: of("auto"), company, points }) },
    { weight: 1, arbitrary: fc.record({ kind: of("default"), by, from: town, to: town }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: of("fund"),
        company,
        town,
        amountYen: fc.constantFrom(100, 2000).chain((max) => fc.integer({ min: 1, max })),
        inAdvance: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: of("share"),
        funder: fc.constantFrom(...FUNDERS),
        bp: fc.integer({ min: 1, max: 6000 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: of("close") }) },
    { weight: 2, arbitrary: fc.record({ kind: of("bill") }) },
  ),
  { minLength: 20, maxLength: 50 },
);

/** Does the acts in the model and in the ledger. @param bug a mistake that the model is to make. */
export function playCompanies(
  list: readonly CompanyAct[],
  bug: CompanyBug | null = null,
): Promise<SideBySide> {
  return played(scenarioOf(list, new CompanyModel(bug)));
}

const HEAD: readonly string[] = [
  "scenario: {ja: 交換と分担の照合, en: Conversions and shares beside the model}",
  "organisations:",
  "  - {name: a, English name: A, code: 131164}",
  "  - {name: b, English name: B, code: 141305}",
  "  - {name: card, English name: Card, code: card, kind: company}",
  "  - {name: air, English name: Air, code: air, kind: company}",
  "  - {name: state, English name: State, code: state, kind: state}",
  `residents: [${RESIDENTS.join(", ")}]`,
  "steps:",
  `  - date: ${dateOf(0)}`,
  ...TOWNS.map((name) => `  - open issuing: {municipality: ${name}}`),
  ...NAMES.map((name) => {
    const { town: issuer, days, isEconomy } = POINTS[name];
    const purpose = isEconomy ? "ECONOMY" : "HEALTH";
    const expires = days === null ? "never" : `${days} days`;
    const terms = `for: ${purpose}, expires: ${expires}`;
    return `  - define points: {name: ${name}, municipality: ${issuer}, ${terms}}`;
  }),
  `  - appropriate: {municipality: a, for: ECONOMY, amount: ${CAMPAIGN.totalCapPt}}`,
  ...RESIDENTS.flatMap((name) =>
    TOWNS.map((issuer) => `  - open wallet: {resident: ${name}, municipality: ${issuer}}`),
  ),
  ...ALL_COMPANIES.flatMap((name) => {
    const { step, stepPt, unitsMin, capPt, exposureYen, paysBefore } = COMPANIES[name];
    const pays = paysBefore ? "before" : "after";
    const limits = `at least: ${unitsMin}, cap per request: ${capPt}`;
    return [
      `  - register partner: {company: ${name}, cap: ${exposureYen}, pays: ${pays}}`,
      `  - set rate: {company: ${name}, units: ${step}, become: ${stepPt}, ${limits}}`,
    ];
  }),
  ...CONSENTS.map((given) => {
    const to = `company: ${given.company}, municipality: ${given.town}`;
    return `  - consent: {resident: ${given.by}, ${to}}`;
  }),
  `  - confirm funding: {company: air, municipality: a, amount: ${ADVANCE_YEN}, in advance: yes}`,
  [
    `  - open campaign: {name: start, points: points a, on: conversions, premium: ${CAMPAIGN.percent}%`,
    `until: ${dateOf(CAMPAIGN.lastDay + 1)} 00:00, cap per person: ${CAMPAIGN.walletCapPt}`,
    `cap in all: ${CAMPAIGN.totalCapPt}}`,
  ].join(", "),
];

function scenarioOf(list: readonly CompanyAct[], model: CompanyModel): string {
  const script = new Script(HEAD, booksOf(model));
  for (const act of list) {
    const isTooLate = act.kind === "wait" && model.today + act.steps / 3 > LAST_DAY;
    const isNothing = "nth" in act && model.requests.length <= act.nth;
    if (isTooLate || isNothing) continue;
    const requests = model.requests.length;
    const result = model.do(act, dateOf(model.today).slice(0, 7));
    const name = act.kind === "request" ? `request ${requests + 1}` : undefined;
    script.act(stepOf(act, model, requests), result, name);
    script.expect(booksOf(model));
  }
  return script.end([]);
}

/** @param requests those made before it. */
function stepOf(act: CompanyAct, { today, hour }: CompanyModel, requests: number): string {
  switch (act.kind) {
    case "wait":
      return `date: ${dateOf(today)} ${String(hour).padStart(2, "0")}:00`;
    case "rate": {
      const { step, unitsMin, capPt } = COMPANIES[act.company];
      const limits = `at least: ${unitsMin}, cap per request: ${capPt}`;
      const rate = `units: ${step}, become: ${act.stepPt}, ${limits}`;
      return `set rate: {company: ${act.company}, ${rate}, from: ${dateOf(today + act.days)}}`;
    }
    case "consent": {
      const given = act.isGiven ? "yes" : "no";
      const to = `company: ${act.company}, municipality: ${act.town}`;
      return `consent: {resident: ${act.by}, ${to}, given: ${given}}`;
    }
    case "request": {
      const wish = `company: ${act.company}, municipality: ${act.town}, units: ${act.units}`;
      return `request conversion: {resident: ${act.by}, ${wish}}`;
    }
    case "confirm":
      return `confirm conversion: {request: request ${requests - act.nth}}`;
    case "reject":
      return `reject conversion: {request: request ${requests - act.nth}, by: ${act.by}}`;
    case "allocate": {
      const campaign = act.withCampaign ? ", campaign: start" : "";
      const wish = `company: ${act.company}, points: ${act.points}, amount: ${act.amountPt}`;
      return `allocate: {resident: ${act.by}, ${wish}, reserve with: ${act.from}${campaign}}`;
    }
    case "auto":
      return `auto allocate: {company: ${act.company}, points: ${act.points}}`;
    case "default":
      return `set default municipality: {resident: ${act.by}, from: ${act.from}, to: ${act.to}}`;
    case "fund": {
      const inAdvance = act.inAdvance ? ", in advance: yes" : "";
      const paid = `municipality: ${act.town}, amount: ${act.amountYen}${inAdvance}`;
      return `confirm funding: {company: ${act.company}, ${paid}}`;
    }
    case "share": {
      const percent = `${act.bp / 100}%`;
      return `agree cost share: {campaign: start, borne by: ${act.funder}, share: ${percent}}`;
    }
    case "close":
      return "close campaign: {campaign: start}";
    case "bill":
      return "bill cost shares: {campaign: start}";
  }
}

function booksOf(model: CompanyModel): string[] {
  const wallets = RESIDENTS.flatMap((who) =>
    TOWNS.flatMap((issuer) => {
      const lots = model.wallets[who][issuer].open(model.today).map((lot) => {
        const expires = lot.lastDay === null ? "never" : dateOf(lot.lastDay);
        return `{points: ${lot.points}, left: ${lot.leftPt}, expires: ${expires}}`;
      });
      const whose = `resident: ${who}, municipality: ${issuer}`;
      return [
        `expect lots: {${whose}, lots: [${lots.join(", ")}]}`,
        `expect reserve: {${whose}, amount: ${model.reservePt(who, issuer)}}`,
      ];
    }),
  );
  const dues = [...ALL_COMPANIES, "b", "state"].flatMap((from) =>
    TOWNS.filter((to) => to !== from).map(
      (to) => `expect due: {from: ${from}, to: ${to}, amount: ${model.owedYen(from, to)}}`,
    ),
  );
  return [
    ...wallets,
    ...dues,
    `expect premium: {campaign: start, amount: ${model.campaign.premiumPt}}`,
  ];
}
