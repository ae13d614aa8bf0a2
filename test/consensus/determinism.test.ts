import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { describeReady } from "../../consensus/describe.ts";
import { Solo } from "./support/solo.ts";
import { bytes, deepFreeze, entry } from "./support/values.ts";
import { Walk } from "./support/walk.ts";

describe("determinism", () => {
  it("the same walk twice is the same walk", () => {
    const walk = (): unknown => {
      const group = new Walk({ seed: 7, config: {} });
      for (let step = 0; step < 2000; step += 1) group.step();
      return group.happened;
    };
    assert.deepEqual(walk(), walk());
  });

  it("the same calls give the same Readies, to the letter", () => {
    const story = (): readonly string[] => {
      const solo = new Solo();
      solo.tick(30);
      solo.lead(2);
      solo.raw.propose(bytes("x"));
      solo.flush();
      solo.acknowledge(3, 2);
      return solo.readies.map((ready) => describeReady(ready));
    };
    const first = story();
    assert.ok(first.length > 5);
    assert.deepEqual(first, story());
  });

  it("a stepped message, its entries and its snapshot are never changed", () => {
    // `Solo.receive` freezes what it steps: a write to it would throw.
    const solo = new Solo();
    const entries = deepFreeze([entry(1, 1, "a"), entry(1, 2, "b")]);
    solo.receive({ type: "MsgApp", from: 2, term: 1, entries, commit: 2 });
    solo.receive({
      type: "MsgApp",
      from: 3,
      term: 2,
      index: 2,
      logTerm: 1,
      entries: [entry(2, 3)],
    });
    assert.equal(solo.log[0], entries[0], "and not copied either");
  });

  it("what was handed out does not change afterwards", () => {
    const solo = new Solo();
    solo.receive({
      type: "MsgApp",
      from: 2,
      term: 1,
      entries: [entry(1, 1, "a"), entry(1, 2, "b")],
    });
    const [ready] = solo.readies.filter(({ entries }) => entries.length > 0);
    assert.ok(ready);
    const before = describeReady(ready);
    solo.receive({ type: "MsgApp", from: 3, term: 2, entries: [entry(2, 1, "c")] });
    assert.deepEqual(solo.terms, [2]);
    assert.equal(describeReady(ready), before);
  });
});
