import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { dailyDrafts, NOTHING_DUE } from "../../../client/registrar/daily-work.ts";

function walletsOf(index: number): Uint8Array {
  return new Uint8Array(32).fill(index);
}

describe("a municipality's daily work", () => {
  it("is done for every wallet, a thousand at a time, each time for all types", () => {
    const handles = Array.from({ length: 1001 }, (_, i) => walletsOf(i % 256));
    const work = { municipality: "131164", handles, pointTypes: ["volunteer", "health"] };
    const drafts = [...dailyDrafts(work)];
    assert.deepEqual(
      drafts.map(({ type, private: body }) => [
        type,
        (body as { wallets: readonly string[] }).wallets.length,
      ]),
      [1000, 1].flatMap((count) => [
        ["PAYMENTS_FORGET", count],
        ["EXPIRE_SWEEP", count],
        ["EXPIRE_SWEEP", count],
      ]),
    );
    assert.deepEqual(drafts.at(-1)?.public, {
      organisation: "131164",
      issuer: "131164",
      pointType: "health",
    });
  });

  it("of nobody is nothing", () => {
    const work = { municipality: "131164", handles: [], pointTypes: ["volunteer"] };
    assert.deepEqual([...dailyDrafts(work)], []);
  });

  it("is content with what was done before; an unknown type of points is a mistake", () => {
    assert.deepEqual([...NOTHING_DUE], ["NOTHING_TO_FORGET", "NOTHING_EXPIRED"]);
  });
});
