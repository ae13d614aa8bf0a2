import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Act, BUGS, type Bug, type PointName, type ResidentName } from "./town-model.ts";
import { acts, playTown } from "./town-side-by-side.ts";

const grant = (points: PointName, amountPt: number, to: ResidentName = "hanako"): Act => {
  return { kind: "grant", to, points, amountPt };
};
const pay = (amountPt: number, by: ResidentName = "hanako"): Act => {
  return { kind: "pay", by, shop: "museum", amountPt, withCampaign: false };
};
const payWithPremium = (amountPt: number, by: ResidentName = "hanako"): Act => {
  return { kind: "pay", by, shop: "museum", amountPt, withCampaign: true };
};
const refund = (amountPt: number): Act => ({ kind: "take back", nth: 0, amountPt });
const wait = (days: number): Act => ({ kind: "wait", days });

/** The acts that tell each mistake. */
const TELLING: Readonly<Record<Bug, readonly Act[]>> = {
  "oldest lot first instead of the one that expires first": [
    grant("ever", 100),
    grant("long", 100),
    pay(50),
  ],
  "restricted points last": [grant("long", 100), wait(30), grant("museum", 100), pay(50)],
  "premium rounded up": [grant("long", 100), payWithPremium(3)],
  "premium kept when goods are returned": [grant("long", 100), payWithPremium(100), refund(100)],
  "points spent a day too short": [grant("long", 100), wait(60), pay(50)],
  "no cap on a payment": [grant("long", 500), pay(301)],
  "no cap on a wallet's premium": [
    grant("long", 500),
    grant("long", 500),
    payWithPremium(300),
    wait(1),
    payWithPremium(300),
  ],
  "no cap on a day's premium": [grant("long", 500), payWithPremium(300)],
  "no cap on all premiums": [
    ...[grant("long", 500), grant("long", 500), grant("long", 500, "taro")],
    ...[grant("long", 500, "taro"), payWithPremium(300), wait(1), payWithPremium(300)],
    ...[payWithPremium(300, "taro"), wait(1), payWithPremium(300, "taro")],
  ],
  "refund to the lot used first": [grant("long", 100), grant("ever", 100), pay(150), refund(50)],
  "lapsed points come back without grace": [grant("museum", 100), pay(100), wait(31), refund(100)],
  "a fee is what the till asks for": [
    grant("long", 300),
    ...[{ kind: "pay fee", by: "hanako", fee: "adult", count: 2, morePt: 1 } as const].map(
      (fee) => ({ ...fee, withCampaign: false }),
    ),
  ],
  "no end of budgets": Array.from({ length: 7 }, () => grant("ever", 300)),
};

describe("the ledger beside a model of its own rules", function () {
  this.timeout(120_000);

  it("gives the same verdicts and the same balances, whatever is done", async () => {
    const property = fc.asyncProperty(acts, async (list) => {
      const { differences, yaml } = await playTown(list);
      assert.deepEqual(differences, [], yaml);
    });
    await fc.assert(property, { numRuns: 10 });
  });

  for (const bug of BUGS) {
    it(`would be told from one with: ${bug}`, async () => {
      const right = await playTown(TELLING[bug]);
      assert.deepEqual(right.differences, [], right.yaml);
      const wrong = await playTown(TELLING[bug], bug);
      assert.notDeepEqual(wrong.differences, [], wrong.yaml);
    });
  }
});
