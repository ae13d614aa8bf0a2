import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  type ConfChange,
  decodeConfChange,
  encodeConfChange,
  formatChanges,
  LEAVE_JOINT,
  parseChanges,
} from "../../consensus/conf-change.ts";

/** With the prototype that object literals have, which strict equality compares as well. */
const PLAIN = { noNullPrototype: true } as const;

const confChanges: fc.Arbitrary<ConfChange> = fc.record(
  {
    transition: fc.constantFrom(
      "ConfChangeTransitionAuto" as const,
      "ConfChangeTransitionJointImplicit" as const,
      "ConfChangeTransitionJointExplicit" as const,
    ),
    changes: fc.array(
      fc.record(
        {
          type: fc.constantFrom(
            "ConfChangeAddNode" as const,
            "ConfChangeRemoveNode" as const,
            "ConfChangeUpdateNode" as const,
            "ConfChangeAddLearnerNode" as const,
          ),
          nodeId: fc.maxSafeNat(),
        },
        PLAIN,
      ),
      { maxLength: 200 },
    ),
    context: fc.uint8Array(),
  },
  PLAIN,
);

describe("conf change", () => {
  it("decodes what it encodes", () => {
    fc.assert(
      fc.property(confChanges, (change) => {
        assert.deepEqual(decodeConfChange(encodeConfChange(change)), change);
      }),
    );
  });

  it("has one encoding for one change", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const change = decodeConfChange(bytes);
        if (change !== null) assert.deepEqual(encodeConfChange(change), bytes);
      }),
      { numRuns: 5000 },
    );
  });

  it("encodes the end of a joint phase as no bytes, which no limit refuses", () => {
    assert.equal(encodeConfChange(LEAVE_JOINT).length, 0);
    assert.deepEqual(decodeConfChange(new Uint8Array()), LEAVE_JOINT);
  });

  const wrong = [
    { id: "a transition that does not exist", bytes: [3, 0] },
    { id: "no number of changes", bytes: [0] },
    { id: "a change that does not exist", bytes: [0, 1, 4, 1] },
    { id: "fewer changes than it says", bytes: [0, 2, 0, 1] },
    { id: "a number that is cut off", bytes: [0, 1, 0, 0x81] },
    { id: "a number that is not the shortest", bytes: [0, 1, 0, 0x81, 0x00] },
    { id: "a number that is too big", bytes: [0, 1, 0, ...new Array(8).fill(0xff), 0x7f] },
    { id: "the empty change at length", bytes: [0, 0] },
  ];
  for (const row of wrong) {
    it(`does not decode ${row.id}`, () => {
      assert.equal(decodeConfChange(Uint8Array.from(row.bytes)), null);
    });
  }

  it("has a short form that reads back", () => {
    fc.assert(
      fc.property(confChanges, ({ changes }) => {
        assert.deepEqual(parseChanges(formatChanges(changes)), changes);
      }),
    );
    assert.equal(formatChanges(parseChanges(" v1  l2 r3\nu4 ")), "v1 l2 r3 u4");
    for (const text of ["x1", "v", "v-1", "1", "v1.5"]) {
      assert.throws(() => parseChanges(text), RangeError, text);
    }
  });
});
