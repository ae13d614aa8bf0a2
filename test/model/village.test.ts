import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  type PointName,
  type ProjectName,
  type SeriesName,
  VILLAGE_BUGS,
  type VillageAct,
  type VillageBug,
} from "./village-model.ts";
import { playVillage, villageActs } from "./village-side-by-side.ts";

const by = "hanako";
const grant = (points: PointName, amountPt: number): VillageAct => {
  return { kind: "grant", to: by, points, amountPt };
};
/** So many days: 24 steps are seven of them. */
const wait = (days: number): VillageAct => ({ kind: "wait", steps: Math.ceil((days * 24) / 7) });
const issue = (series: SeriesName, count: number): VillageAct => {
  return { kind: "issue", by, series, count };
};
const redeem: VillageAct = { kind: "redeem", nth: 0, shop: "grocer" };
const cancel: VillageAct = { kind: "cancel", nth: 0, by };
const transfer = (amountPt: number): VillageAct => ({ kind: "transfer", by, amountPt });
const give = (project: ProjectName, amountPt: number, points: PointName = "long"): VillageAct => {
  return { kind: "give", by, project, points, amountPt };
};
const settle = (project: ProjectName): VillageAct => ({ kind: "settle", project });
const takeBack: VillageAct = { kind: "take back", nth: 0 };
const release = (who: "street" | "town"): VillageAct => ({ kind: "release", nth: 0, by: who });

/** The acts that tell each mistake. At first there are 400 points of each kind: long until day 90, museum until day 30. */
const TELLING: Readonly<Record<VillageBug, readonly VillageAct[]>> = {
  "points go into vouchers that outlive them": [issue("late", 1)],
  "points of museums go into vouchers for anywhere": [issue("loose", 1)],
  "a voucher is good twice": [issue("paper", 2), redeem, redeem],
  "a cancelled voucher makes no room for another": [
    ...[grant("long", 300), issue("paper", 4), issue("paper", 2), cancel, issue("paper", 1)],
  ],
  "points of a cancelled voucher never end": [issue("paper", 1), cancel],
  "a lost voucher is good beside the new one": [
    ...[issue("paper", 2), { kind: "reissue", nth: 0 } as const, redeem],
    { kind: "redeem", nth: 1, shop: "grocer" },
  ],
  "shops cash in no longer than residents use": [issue("paper", 1), wait(90), redeem],
  "vouchers lapse while shops still cash in": [
    ...[issue("paper", 1), wait(90), { kind: "lapse", series: "paper" } as const],
  ],
  "points of museums go to a street": [transfer(801)],
  "a street credits after its time": [
    ...[transfer(50), wait(1.1), { kind: "acknowledge", nth: 0 } as const],
  ],
  "anybody releases a transfer at once": [transfer(50), release("town")],
  "what is released is a new lot": [transfer(40), release("street")],
  "what lapsed on its way has no grace": [transfer(400), wait(91), release("town")],
  "a goal that is just reached is missed": [give("school", 300), wait(17), settle("school")],
  "whoever gave to a project without refunds gets points back": [
    ...[give("feast", 300), wait(12), settle("feast")],
  ],
  "a gift comes back for as long as its longest points": [
    ...[wait(5), grant("long", 100), give("gallery", 450), wait(7), settle("gallery"), takeBack],
  ],
  "a gift whose points lapsed meanwhile comes back lapsed": [
    ...[give("school", 100), wait(75), settle("school"), wait(30), takeBack],
  ],
  "what nobody took back goes to the beneficiary": [
    ...[give("school", 100), wait(17), settle("school"), wait(62), settle("school")],
  ],
};

describe("vouchers, gifts and transfers beside a model of their rules", function () {
  this.timeout(120_000);

  it("give the same verdicts, the same lots and the same sums, whatever is done", async () => {
    const property = fc.asyncProperty(villageActs, async (list) => {
      const { differences, yaml } = await playVillage(list);
      assert.deepEqual(differences, [], yaml);
    });
    await fc.assert(property, { numRuns: 25 });
  });

  for (const bug of VILLAGE_BUGS) {
    it(`would be told from one where ${bug}`, async () => {
      const right = await playVillage(TELLING[bug]);
      assert.deepEqual(right.differences, [], right.yaml);
      const wrong = await playVillage(TELLING[bug], bug);
      assert.notDeepEqual(wrong.differences, [], wrong.yaml);
    });
  }
});
