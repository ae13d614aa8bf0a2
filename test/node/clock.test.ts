import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { clockOf, RehearsalClock } from "../../node/clock.ts";
import { LedgerWorld } from "../support/ledger-world.ts";
import { StillNode } from "../support/still-node.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

describe("the clock of a node", () => {
  const newDirectory = temporaryDirectories();
  const world = new LedgerWorld();

  it("is everybody's, unless the genesis says that the network is a rehearsal", () => {
    const before = Date.now();
    const clock = clockOf(world.genesis);
    assert.ok(clock.nowMs() >= before);
    assert.ok(!(clock instanceof RehearsalClock));
    const rehearsal = clockOf({ ...world.genesis, clock: "rehearsal" });
    assert.equal(rehearsal.nowMs(), world.genesis.createdAtMs);
  });

  it("of a rehearsal stands still until it is moved, and never goes back", () => {
    const clock = new RehearsalClock(5);
    clock.moveTo(7);
    clock.moveTo(7);
    assert.equal(clock.nowMs(), 7);
    assert.throws(() => clock.moveTo(6), { code: "INVALID_FIELD" });
    assert.equal(clock.nowMs(), 7);
  });

  it("is moved over the API of a rehearsal, and of no other network", async () => {
    const node = await StillNode.open(world, newDirectory());
    const move = async (clock: { nowMs(): number }, payload: object) => {
      const api = await node.serve({ clock });
      const answer = await api.inject({ method: "POST", url: "/v1/rehearsal/clock", payload });
      await api.close();
      return answer.json<{ code?: string; nowMs?: number }>();
    };
    const rehearsal = new RehearsalClock(5);
    assert.deepEqual(await move(rehearsal, { nowMs: 9 }), { nowMs: 9 });
    assert.equal((await move(rehearsal, { nowMs: 8 })).code, "INVALID_FIELD");
    assert.equal((await move(rehearsal, { nowMs: 1.5 })).code, "INVALID_FIELD");
    assert.equal(rehearsal.nowMs(), 9);
    assert.equal((await move(clockOf(world.genesis), { nowMs: 9 })).code, "NOT_FOUND");
    await node.close();
  });
});
