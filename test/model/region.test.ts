import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  REGION_BUGS,
  type RegionAct,
  type RegionBug,
  type Shop,
  type Town,
} from "./region-model.ts";
import { playRegion, regionActs } from "./region-side-by-side.ts";

const pay = (from: Town, shop: Shop, amountPt: number): RegionAct => {
  return { kind: "pay", from, shop, amountPt };
};
const cut = (town: Town, feeBp = 0): RegionAct => ({ kind: "cut", town, feeBp });
const wait: RegionAct = { kind: "wait", days: 6 };
const approve: RegionAct = { kind: "approve", nth: 0 };
const clear = (town: Town): RegionAct => ({ kind: "clear", town });
const answer = (town: Town, isYes = true, nth = 0): RegionAct => {
  return { kind: "answer", nth, town, isYes };
};
const settle = (town: Town): RegionAct => ({ kind: "settle", nth: 0, town });
/** Town b owes town a 700, by a batch that is approved. */
const owed: readonly RegionAct[] = [pay("b", "a1", 700), cut("a"), wait, approve];

/** The acts that tell each mistake. */
const TELLING: Readonly<Record<RegionBug, readonly RegionAct[]>> = {
  "a town claims its own points from itself": [
    ...[pay("a", "a1", 100), cut("a"), wait, approve, clear("a"), answer("a")],
  ],
  "the fee is rounded up": [pay("a", "a1", 101), cut("a", 150)],
  "what a shop objected to is paid all the same": [
    ...[pay("b", "a1", 100), cut("a"), { kind: "object", nth: 0, shop: "a1" } as const],
    ...[wait, approve],
  ],
  "a due comes into two clearings": [...owed, clear("a"), clear("b")],
  "a no is counted as a yes": [...owed, clear("a"), answer("b", false), answer("a"), settle("a")],
  "who has not answered is counted as a yes": [...owed, clear("a"), answer("b"), settle("a")],
  "a clearing settles what is owed to others too": [
    ...[pay("a", "b1", 300), cut("b"), wait, approve, ...owed],
    ...[clear("a"), answer("a"), answer("b"), settle("a")],
  ],
  "a refused clearing keeps its dues": [...owed, clear("a"), answer("b", false), clear("b")],
  "what is written off is still cleared": [
    ...[...owed, { kind: "write off", from: "b", to: "a", amountYen: 50 } as const],
  ],
};

describe("settlement and clearing beside a model of their rules", function () {
  this.timeout(120_000);

  it("give the same verdicts, the same dues and the same nets, whatever is done", async () => {
    const property = fc.asyncProperty(regionActs, async (list) => {
      const { differences, yaml } = await playRegion(list);
      assert.deepEqual(differences, [], yaml);
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it("settle a clearing that all accept, and one after one that was refused", async () => {
    const refused = [...owed, clear("a"), answer("b", false), clear("a")];
    const list = [...refused, answer("a"), answer("b"), settle("a"), settle("a")];
    const { differences, yaml } = await playRegion(list);
    assert.deepEqual(differences, [], yaml);
    assert.equal(yaml.match(/refused: /g)?.length, 1, "the second settlement alone is refused");
    assert.match(yaml, /amount: 700\}(?:.|\n)*from: b, to: a, amount: 0\}/);
  });

  for (const bug of REGION_BUGS) {
    it(`would be told from one where ${bug}`, async () => {
      const right = await playRegion(TELLING[bug]);
      assert.deepEqual(right.differences, [], right.yaml);
      const wrong = await playRegion(TELLING[bug], bug);
      assert.notDeepEqual(wrong.differences, [], wrong.yaml);
    });
  }
});
