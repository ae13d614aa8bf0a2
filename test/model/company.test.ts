import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Funder } from "./campaign-model.ts";
import {
  COMPANY_BUGS,
  type Company,
  type CompanyAct,
  type CompanyBug,
  type PointName,
} from "./company-model.ts";
import { companyActs, playCompanies } from "./company-side-by-side.ts";

const by = "hanako";
const town = "a";
const consent = (isGiven = true, company: Company = "card"): CompanyAct => {
  return { kind: "consent", by, company, town, isGiven };
};
const request = (units: number, company: Company = "card"): CompanyAct => {
  return { kind: "request", by, company, town, units };
};
const confirm: CompanyAct = { kind: "confirm", nth: 0 };
/** So many days: 24 steps are seven of them. */
const wait = (days: number): CompanyAct => ({ kind: "wait", steps: Math.ceil((days * 24) / 7) });
const allocate = (amountPt: number, points: PointName = "points a"): CompanyAct => {
  return {
    kind: "allocate",
    by,
    company: "card",
    from: town,
    points,
    amountPt,
    withCampaign: false,
  };
};
const withPremium = (amountPt: number, points: PointName = "points a"): CompanyAct => {
  return {
    kind: "allocate",
    by,
    company: "card",
    from: town,
    points,
    amountPt,
    withCampaign: true,
  };
};
const fund = (amountYen: number, inAdvance = false, company: Company = "card"): CompanyAct => {
  return { kind: "fund", company, town, amountYen, inAdvance };
};
const share = (funder: Funder, bp: number): CompanyAct => ({ kind: "share", funder, bp });
const close: CompanyAct = { kind: "close" };
const bill: CompanyAct = { kind: "bill" };
/** So many steps of 200 units are in the reserve, 900 pt each. */
const converted = (steps: number): readonly CompanyAct[] => {
  return [request(200 * steps), confirm];
};

/** The acts that tell each mistake. */
const TELLING: Readonly<Record<CompanyBug, readonly CompanyAct[]>> = {
  "nobody's consent is asked": [request(60, "air")],
  "a consent that was taken back still counts": [consent(false), request(400)],
  "parts of a step are taken": [request(500)],
  "a conversion comes to the rate of the answer's day": [
    ...[{ kind: "rate", company: "card", stepPt: 500, days: 7 } as const, wait(6)],
    ...[request(400), wait(2), confirm],
  ],
  "what is asked for does not count as owed": [
    consent(),
    request(1000),
    request(1000),
    request(400),
  ],
  "what was paid frees nothing": [consent(true, "air"), fund(600, true, "air")].concat(
    request(2000, "air"),
    request(600, "air"),
  ),
  "a company answers twice": [...converted(2), confirm],
  "a company answers after its time": [request(400), wait(3.2), confirm],
  "anybody rejects at once": [request(400), { kind: "reject", nth: 0, by: "b" }],
  "points leave the reserve a day early": [
    ...[...converted(2), wait(14), { kind: "auto", company: "card", points: "points a" } as const],
  ],
  "points of all companies are allocated together": [
    ...[consent(true, "air"), request(100, "air"), confirm],
    ...[...converted(2), allocate(1900)],
  ],
  "the company owes for the premium too": [...converted(2), withPremium(1000)],
  "points of any kind are converted to": [...converted(2), allocate(10, "health")],
  "a premium comes to wallets of other towns": [...converted(2), withPremium(100, "points b")],
  "no cap on a wallet's premium": [...converted(5), withPremium(4500)],
  // Of 25 yen: b 8.3325, card 8.3325, the town itself 8.335. One yen is left, and it is the town's.
  "the yen that is left goes to the first": [
    ...[share("card", 3333), share("b", 3333), ...converted(2), withPremium(100), close, bill],
  ],
  // Of 25 yen the state bears 14.75.
  "shares are rounded down": [share("state", 5900), ...converted(2), withPremium(100), close, bill],
  "shares are billed twice": [
    ...[share("state", 5000), ...converted(2), withPremium(100), close, bill, bill],
  ],
};

describe("conversions and shares of costs beside a model of their rules", function () {
  this.timeout(120_000);

  it("give the same verdicts, the same lots and the same dues, whatever is done", async () => {
    const property = fc.asyncProperty(companyActs, async (list) => {
      const { differences, yaml } = await playCompanies(list);
      assert.deepEqual(differences, [], yaml);
    });
    await fc.assert(property, { numRuns: 25 });
  });

  for (const bug of COMPANY_BUGS) {
    it(`would be told from one where ${bug}`, async () => {
      const right = await playCompanies(TELLING[bug]);
      assert.deepEqual(right.differences, [], right.yaml);
      const wrong = await playCompanies(TELLING[bug], bug);
      assert.notDeepEqual(wrong.differences, [], wrong.yaml);
    });
  }
});
