import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  begin,
  type Event,
  INTERRUPTIONS,
  next,
  resume,
  type Stage,
} from "../../../client/terminal/session.ts";

const PAYMENT = { kind: "PAYMENT", amountPt: 350 } as const;
const ID = "01".repeat(16);
const card = { triesLeft: 3, daysLeft: null };
const report = { code: "CARD_MUTE", detail: "", detailJa: "", facts: {} };
const paid = { kind: "PAID", id: ID, height: 7, timestampMs: 1 } as const;

/** One event of each kind, and of those that decide more than one thing, each that matters. */
const EVENTS: readonly Event[] = [
  { kind: "READY" },
  { kind: "CARD_READ", card },
  { kind: "PIN_ENTERED" },
  { kind: "PIN_MALFORMED" },
  { kind: "PIN_WRONG", triesLeft: 2 },
  { kind: "PIN_WRONG", triesLeft: 1 },
  { kind: "YES" },
  { kind: "NO" },
  { kind: "SIGNED", id: ID },
  { kind: "SLOW" },
  { kind: "DECIDED", ending: paid },
  { kind: "CARD_REMOVED" },
  { kind: "IDLE" },
  { kind: "CANCELLED" },
  { kind: "FAILED", report },
];

/** The stage after some events; events that cannot happen there are left out. */
function walk(events: readonly Event[], first: Stage = begin(PAYMENT)): Stage[] {
  const stages = [first];
  for (const event of events) {
    const stage = stages.at(-1) ?? first;
    if (stage.at !== "OVER" && canHappen(stage, event)) stages.push(next(stage, event));
  }
  return stages;
}

function canHappen(stage: Stage, event: Event): boolean {
  try {
    next(stage, event);
    return true;
  } catch {
    return false;
  }
}

const TO_SIGNING: readonly Event[] = [
  { kind: "READY" },
  { kind: "CARD_READ", card },
  { kind: "PIN_ENTERED" },
];
const anyEvents = fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 });

describe("a payment's session", () => {
  it("goes from the amount to the card, the PIN, the signature and the fate", () => {
    const events = [...TO_SIGNING, { kind: "SIGNED", id: ID }, { kind: "DECIDED", ending: paid }];
    assert.deepEqual(
      walk(events as Event[]).map(({ at }) => at),
      ["CHECKING", "CARD", "PIN", "SIGNING", "SETTLING", "OVER"],
    );
  });

  it("what can happen where, all of it", () => {
    const stages = {
      CHECKING: begin(PAYMENT),
      CARD: walk(TO_SIGNING.slice(0, 1)).at(-1),
      PIN: walk(TO_SIGNING.slice(0, 2)).at(-1),
      SIGNING: walk(TO_SIGNING).at(-1),
      AGAIN: walk([...TO_SIGNING, { kind: "PIN_WRONG", triesLeft: 2 }]).at(-1),
      SETTLING: resume(PAYMENT, ID),
    };
    const table = Object.entries(stages).map(([name, stage]) => {
      assert.equal(stage?.at, name);
      const possible = EVENTS.filter((event) => canHappen(stage, event)).map(({ kind }) => kind);
      return [name, [...new Set(possible)].join(" ")];
    });
    assert.deepEqual(Object.fromEntries(table), {
      CHECKING: "READY CANCELLED FAILED",
      CARD: "CARD_READ IDLE CANCELLED FAILED",
      PIN: "PIN_ENTERED PIN_MALFORMED CARD_REMOVED IDLE CANCELLED FAILED",
      SIGNING: "PIN_WRONG SIGNED FAILED",
      AGAIN: "YES NO CARD_REMOVED IDLE CANCELLED FAILED",
      SETTLING: "SLOW DECIDED CANCELLED",
    });
  });

  it("every interruption that a stage listens to can happen there", () => {
    for (const stage of walk([...TO_SIGNING, { kind: "SIGNED", id: ID }])) {
      if (stage.at === "OVER") continue;
      for (const kind of INTERRUPTIONS[stage.at]) assert.ok(canHappen(stage, { kind }), stage.at);
    }
  });

  it("presents one PIN for each word of the customer, and none when one try is left", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const stages = walk(events).filter(
          ({ at }, i, all) => at !== "PIN" || all[i - 1]?.at !== at,
        );
        const precursors = (at: Stage["at"]) =>
          stages.flatMap((stage, i) => (stage.at === at ? [stages[i - 1]?.at ?? ""] : []));
        assert.ok(precursors("SIGNING").every((at) => at === "PIN"));
        assert.ok(precursors("PIN").every((at) => at === "CARD" || at === "AGAIN"));
        assert.ok(stages.every((stage) => stage.at !== "AGAIN" || stage.card.triesLeft > 1));
      }),
    );
  });

  it("is never called off once it may have been sent", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const stages = walk(events);
        const last = stages.at(-1);
        if (!stages.some(({ at }) => at === "SETTLING") || last?.at !== "OVER") return;
        assert.notEqual(last.ending.kind, "STOPPED");
      }),
    );
  });

  it("keeps what it is about, and ends once", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const stages = walk(events);
        assert.ok(stages.every(({ errand }) => errand === PAYMENT));
        assert.ok(stages.slice(0, -1).every(({ at }) => at !== "OVER"));
      }),
    );
  });

  it("a card that fails because it is gone was removed", () => {
    for (const code of ["CARD_REMOVED", "NO_CARD"]) {
      const over = walk([...TO_SIGNING, { kind: "FAILED", report: { ...report, code } }]).at(-1);
      assert.ok(over?.at === "OVER" && over.ending.kind === "STOPPED");
      assert.equal(over.ending.by, "CARD_REMOVED");
    }
  });
});
