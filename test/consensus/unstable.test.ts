import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { InvariantError } from "../../consensus/assert.ts";
import type { Snapshot } from "../../consensus/messages.ts";
import { NO_LIMIT } from "../../consensus/types.ts";
import { Unstable } from "../../consensus/unstable.ts";
import { bytes, entry, votersAre } from "./support/values.ts";

const snapshot: Snapshot = { index: 4, term: 1, confState: votersAre(1), data: bytes("s") };

/** Entries of term 1 at 5, 6 and 7, behind a stable log that ends with 4. */
function three(): Unstable {
  const unstable = new Unstable(5, undefined);
  unstable.truncateAndAppend([entry(1, 5), entry(1, 6), entry(1, 7)]);
  return unstable;
}

function termsOf(unstable: Unstable): readonly number[] {
  const { offset, length } = unstable;
  return unstable.slice(offset, offset + length, NO_LIMIT).map(({ term }) => term);
}

describe("unstable", () => {
  it("decides nothing while it is empty", () => {
    const unstable = new Unstable(5, undefined);
    assert.deepEqual(
      [unstable.lastIndex(), unstable.term(4), unstable.term(5)],
      [undefined, undefined, undefined],
    );
  });

  it("decides the last index and the terms of its entries", () => {
    const unstable = three();
    assert.equal(unstable.lastIndex(), 7);
    assert.deepEqual(
      [4, 5, 7, 8].map((index) => unstable.term(index)),
      [undefined, 1, 1, undefined],
    );
  });

  it("decides by a snapshot when it has one", () => {
    const unstable = new Unstable(1, undefined);
    unstable.restore(snapshot);
    assert.deepEqual([unstable.offset, unstable.lastIndex(), unstable.term(4)], [5, 4, 1]);
  });

  it("hands out entries for writing once", () => {
    const unstable = three();
    assert.equal(unstable.nextEntries().length, 3);
    unstable.acceptInProgress();
    assert.equal(unstable.nextEntries().length, 0);
    unstable.truncateAndAppend([entry(1, 8)]);
    assert.deepEqual(
      unstable.nextEntries().map(({ index }) => index),
      [8],
    );
    assert.equal(unstable.nextLength, 1);
  });

  it("hands out a snapshot for writing once", () => {
    const unstable = new Unstable(1, undefined);
    unstable.restore(snapshot);
    assert.equal(unstable.nextSnapshot, snapshot);
    unstable.acceptInProgress();
    assert.deepEqual([unstable.nextSnapshot, unstable.snapshot], [null, snapshot]);
    unstable.stableSnapshotTo(3);
    assert.equal(unstable.snapshot, snapshot, "another snapshot was written");
    unstable.stableSnapshotTo(4);
    assert.equal(unstable.snapshot, null);
  });

  it("drops what a write has made durable", () => {
    const unstable = three();
    unstable.acceptInProgress();
    unstable.stableTo({ term: 1, index: 6 });
    assert.deepEqual([unstable.offset, unstable.length, unstable.offsetInProgress], [7, 1, 8]);
  });

  const late = [
    { id: "of another term", id_: { term: 2, index: 6 } },
    { id: "of what is not here", id_: { term: 1, index: 8 } },
    { id: "of what was dropped before", id_: { term: 1, index: 4 } },
  ];
  for (const row of late) {
    it(`ignores the confirmation ${row.id}`, () => {
      const unstable = three();
      unstable.stableTo(row.id_);
      assert.deepEqual([unstable.offset, unstable.length], [5, 3]);
    });
  }

  it("ignores the confirmation of an entry that is its snapshot's", () => {
    const unstable = new Unstable(1, undefined);
    unstable.restore(snapshot);
    unstable.stableTo({ term: 1, index: 4 });
    assert.equal(unstable.offset, 5);
  });

  const appends = [
    { id: "behind the end", at: 8, offset: 5, terms: [1, 1, 1, 2], inProgress: 8 },
    { id: "in the middle", at: 6, offset: 5, terms: [1, 2], inProgress: 6 },
    { id: "at the beginning", at: 5, offset: 5, terms: [2], inProgress: 5 },
    { id: "before the beginning", at: 3, offset: 3, terms: [2], inProgress: 3 },
  ];
  for (const row of appends) {
    it(`appends ${row.id}, and writes again what it replaces`, () => {
      const unstable = three();
      unstable.acceptInProgress();
      unstable.truncateAndAppend([entry(2, row.at)]);
      assert.deepEqual(
        [unstable.offset, termsOf(unstable), unstable.offsetInProgress],
        [row.offset, row.terms, row.inProgress],
      );
    });
  }

  it("leaves no gap", () => {
    assert.throws(() => three().truncateAndAppend([entry(1, 9)]), InvariantError);
  });

  it("gives out copies: what was handed out does not change any more", () => {
    const unstable = three();
    const handedOut = unstable.nextEntries();
    unstable.truncateAndAppend([entry(2, 5)]);
    assert.deepEqual(
      handedOut.map(({ term }) => term),
      [1, 1, 1],
    );
  });
});
