import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { InvariantError } from "../../consensus/assert.ts";
import { MemoryStorage } from "../../consensus/memory-storage.ts";
import { entryBytes } from "../../consensus/messages.ts";
import { NO_LIMIT } from "../../consensus/types.ts";
import { bytes, entry, logOf, votersAre } from "./support/values.ts";

function threeEntries(): MemoryStorage {
  const storage = new MemoryStorage(votersAre(1, 2));
  storage.append(logOf(1, 1, 2));
  return storage;
}

function termsOf(storage: MemoryStorage): readonly number[] {
  const entries = storage.entries(storage.firstIndex(), storage.lastIndex() + 1, NO_LIMIT);
  assert.ok(typeof entries !== "string");
  return entries.map(({ term }) => term);
}

describe("memory storage", () => {
  it("starts empty, with its founders", () => {
    const storage = new MemoryStorage(votersAre(1, 2));
    assert.deepEqual([storage.firstIndex(), storage.lastIndex(), storage.term(0)], [1, 0, 0]);
    assert.deepEqual(storage.initialState(), {
      hardState: { term: 0, vote: 0, commit: 0 },
      confState: votersAre(1, 2),
    });
  });

  it("gives terms, and says why it cannot", () => {
    const storage = threeEntries();
    storage.compact(2);
    const terms = [1, 2, 3, 4].map((index) => storage.term(index));
    assert.deepEqual(terms, ["compacted", 1, 2, "unavailable"]);
  });

  it("gives entries within a limit, at least one, and says why it cannot", () => {
    const storage = threeEntries();
    const size = entryBytes(entry(1, 1));
    assert.deepEqual(storage.entries(1, 4, 2 * size), logOf(1, 1));
    assert.deepEqual(storage.entries(2, 4, 0), [entry(1, 2)]);
    assert.equal(storage.entries(2, 5, NO_LIMIT), "unavailable");
    storage.compact(1);
    assert.equal(storage.entries(1, 3, NO_LIMIT), "compacted");
  });

  const appends = [
    { id: "at the end", at: 4, terms: [1, 1, 2, 9] },
    { id: "in the middle, and drops the rest", at: 2, terms: [1, 9] },
    { id: "at the beginning", at: 1, terms: [9] },
  ];
  for (const row of appends) {
    it(`appends ${row.id}`, () => {
      const storage = threeEntries();
      storage.append([entry(9, row.at)]);
      assert.deepEqual(termsOf(storage), row.terms);
    });
  }

  it("passes over what is compacted, and leaves no gap", () => {
    const storage = threeEntries();
    storage.compact(2);
    storage.append([entry(1, 1), entry(1, 2), entry(3, 3)]);
    assert.deepEqual(termsOf(storage), [3]);
    assert.throws(() => storage.append([entry(3, 5)]), InvariantError);
  });

  it("makes a snapshot of what it has, and takes one that is newer", () => {
    const storage = threeEntries();
    const made = storage.createSnapshot(2, votersAre(1, 2, 3), bytes("state"));
    assert.deepEqual([made.index, made.term], [2, 1]);
    assert.equal(storage.snapshot(), made);
    assert.equal(storage.applySnapshot(made), false);
    assert.equal(storage.applySnapshot({ ...made, index: 7, term: 3 }), true);
    assert.deepEqual([storage.firstIndex(), storage.lastIndex(), storage.term(7)], [8, 7, 3]);
    assert.deepEqual(storage.initialState().confState, votersAre(1, 2, 3));
  });
});
