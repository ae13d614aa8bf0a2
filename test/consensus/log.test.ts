import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { InvariantError } from "../../consensus/assert.ts";
import { RaftLog } from "../../consensus/log.ts";
import { MemoryStorage } from "../../consensus/memory-storage.ts";
import type { Entry } from "../../consensus/messages.ts";
import { entryBytes } from "../../consensus/messages.ts";
import { NO_LIMIT, type Term } from "../../consensus/types.ts";
import { entry, logOf, votersAre } from "./support/values.ts";

/** A log whose first entries are stable and whose last are not. */
function makeLog(terms: readonly Term[], stable = 0, maxApplyingBytes = NO_LIMIT): RaftLog {
  const storage = new MemoryStorage(votersAre(1, 2, 3));
  const entries = logOf(...terms);
  storage.append(entries.slice(0, stable));
  const log = new RaftLog({ storage, maxApplyingBytes });
  log.append(entries.slice(stable));
  return log;
}

function termsOf(log: RaftLog): readonly Term[] {
  const entries = log.entries(log.firstIndex(), NO_LIMIT);
  assert.ok(typeof entries !== "string");
  return entries.map(({ term }) => term);
}

function indexesOf(entries: readonly Entry[] | string): readonly number[] | string {
  return typeof entries === "string" ? entries : entries.map(({ index }) => index);
}

describe("log", () => {
  it("knows the terms of its entries and of the one before the first", () => {
    const storage = new MemoryStorage(votersAre(1));
    storage.append(logOf(1, 1, 2));
    storage.compact(1);
    const log = new RaftLog({ storage, maxApplyingBytes: NO_LIMIT });
    log.append([entry(3, 4)]);
    const terms = [0, 1, 2, 3, 4, 5].map((index) => log.term(index));
    assert.deepEqual(terms, ["compacted", 1, 1, 2, 3, "unavailable"]);
    assert.deepEqual(log.lastId(), { term: 3, index: 4 });
  });

  it("compares logs by their last terms, then by their lengths", () => {
    const log = makeLog([1, 2, 2]);
    const upToDate = (term: Term, index: number): boolean => log.isUpToDate({ term, index });
    assert.deepEqual(
      [upToDate(3, 1), upToDate(2, 3), upToDate(2, 4), upToDate(2, 2), upToDate(1, 9)],
      [true, true, true, false, false],
    );
  });

  const appends = [
    { id: "nothing to a log that has it", prev: [2, 2], terms: [], last: 2, log: [1, 2, 3] },
    {
      id: "what it has already, without shortening",
      prev: [1, 1],
      terms: [2],
      last: 2,
      log: [1, 2, 3],
    },
    { id: "new entries", prev: [3, 3], terms: [3, 4], last: 5, log: [1, 2, 3, 3, 4] },
    { id: "and replaces what conflicts", prev: [1, 1], terms: [4], last: 2, log: [1, 4] },
    {
      id: "and skips what it has before what conflicts",
      prev: [1, 1],
      terms: [2, 5],
      last: 3,
      log: [1, 2, 5],
    },
    {
      id: "nothing when the entry before is missing",
      prev: [3, 4],
      terms: [3],
      last: null,
      log: [1, 2, 3],
    },
    {
      id: "nothing when the entry before is another",
      prev: [9, 2],
      terms: [9],
      last: null,
      log: [1, 2, 3],
    },
  ] as const;
  for (const { id, prev, terms, last, log: expected } of appends) {
    it(`appends ${id}`, () => {
      const log = makeLog([1, 2, 3], 2);
      const [term, index] = prev;
      const entries = terms.map((each, position) => entry(each, index + 1 + position));
      assert.equal(log.maybeAppend({ term, index }, entries, 0), last);
      assert.deepEqual(termsOf(log), expected);
    });
  }

  it("commits no further than an append proves the logs equal", () => {
    const log = makeLog([1, 1, 1]);
    log.maybeAppend({ term: 1, index: 1 }, [entry(1, 2)], 3);
    assert.equal(log.committed, 2);
    log.maybeAppend({ term: 1, index: 1 }, [], 1);
    assert.equal(log.committed, 2, "the commit index never goes back");
  });

  it("never replaces what is committed", () => {
    const log = makeLog([1, 1, 1]);
    log.commitTo(2);
    assert.throws(() => log.maybeAppend({ term: 1, index: 1 }, [entry(2, 2)], 0), InvariantError);
  });

  it("commits nothing that it does not have", () => {
    assert.throws(() => makeLog([1]).commitTo(2), InvariantError);
  });

  it("reads across the border of stable and unstable entries", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(8),
        fc.nat(300),
        (a, b, stable, maxBytes) => {
          const [lo, hi] = [Math.min(a, b), Math.max(a, b) + 1];
          const log = makeLog([1, 1, 1, 1, 1, 1, 1, 1], stable);
          const all = logOf(1, 1, 1, 1, 1, 1, 1, 1).slice(lo - 1, hi - 1);
          const size = entryBytes(entry(1, 1));
          const fitting = Math.max(1, Math.floor(maxBytes / size));
          assert.deepEqual(log.slice(lo, hi, maxBytes), all.slice(0, fitting));
        },
      ),
    );
  });

  it("says what is compacted, and does not read beyond its end", () => {
    const storage = new MemoryStorage(votersAre(1));
    storage.append(logOf(1, 1, 1));
    storage.compact(2);
    const log = new RaftLog({ storage, maxApplyingBytes: NO_LIMIT });
    assert.equal(log.slice(2, 4, NO_LIMIT), "compacted");
    assert.deepEqual(indexesOf(log.entries(4, NO_LIMIT)), []);
    assert.throws(() => log.slice(3, 5, NO_LIMIT), InvariantError);
  });

  it("guesses where two logs part by skipping whole terms", () => {
    const log = makeLog([1, 3, 3, 4, 4, 5, 5, 5, 6]);
    const guess = (index: number, term: Term): readonly number[] => {
      const hint = log.findConflictByTerm(index, term);
      return [hint.index, hint.term];
    };
    assert.deepEqual(guess(8, 3), [3, 3]);
    assert.deepEqual(guess(9, 6), [9, 6]);
    assert.deepEqual(guess(9, 2), [1, 1]);
    assert.deepEqual(guess(5, 0), [0, 0]);
    assert.deepEqual(guess(20, 1), [20, 0], "what is unknown may match");
  });

  it("guesses so by looking at few entries, however long the log is", () => {
    const storage = new MemoryStorage(votersAre(1));
    storage.append(logOf(...new Array<Term>(1000).fill(3)));
    storage.compact(200);
    const term = storage.term.bind(storage);
    let looks = 0;
    storage.term = (index) => {
      looks += 1;
      return term(index);
    };
    const log = new RaftLog({ storage, maxApplyingBytes: NO_LIMIT });
    assert.deepEqual(log.findConflictByTerm(1000, 2), { index: 199, term: 0 });
    assert.deepEqual(log.findConflictByTerm(200, 2), { index: 199, term: 0 });
    assert.deepEqual(log.findConflictByTerm(150, 2), { index: 150, term: 0 });
    assert.ok(looks < 20, `${looks} looks`);
  });

  it("hands out committed entries once, in order, within the limit", () => {
    const size = entryBytes(entry(1, 1));
    const log = makeLog([1, 1, 1, 1], 4, 2 * size + 1);
    log.commitTo(4);
    const first = log.nextCommitted(false);
    assert.deepEqual(indexesOf(first), [1, 2]);
    log.acceptApplying(first, false);
    assert.deepEqual(log.nextCommitted(false), [], "two are being applied: no more fit");
    log.appliedTo(2, 2 * size);
    assert.deepEqual(indexesOf(log.nextCommitted(false)), [3, 4]);
  });

  it("applies what is not durable here only if that is allowed", () => {
    const log = makeLog([1, 1, 1], 1);
    log.commitTo(3);
    assert.deepEqual(indexesOf(log.nextCommitted(false)), [1]);
    assert.deepEqual(indexesOf(log.nextCommitted(true)), [1, 2, 3]);
  });

  it("applies nothing while a snapshot waits", () => {
    const log = makeLog([1, 1]);
    log.commitTo(2);
    log.restore({ index: 5, term: 2, confState: votersAre(1), data: new Uint8Array() });
    assert.deepEqual([log.hasNextCommitted(true), log.committed, log.lastIndex()], [false, 5, 5]);
  });

  it("finds the first change of membership, page by page", () => {
    const log = makeLog([], 0, 1);
    log.append([
      entry(1, 1),
      { ...entry(1, 2), type: "EntryConfChangeV2" },
      entry(1, 3),
      { ...entry(1, 4), type: "EntryConfChange" },
    ]);
    assert.deepEqual([log.findConfChange(0, 4), log.findConfChange(2, 4)], [2, 4]);
    assert.deepEqual([log.findConfChange(2, 3), log.findConfChange(4, 4)], [null, null]);
  });

  it("applies neither backwards nor beyond the commit index", () => {
    const log = makeLog([1, 1, 1], 3);
    log.commitTo(2);
    log.appliedTo(1, 0);
    assert.throws(() => log.appliedTo(0, 0), InvariantError);
    assert.throws(() => log.appliedTo(3, 0), InvariantError);
  });
});
