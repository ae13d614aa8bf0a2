import assert from "node:assert/strict";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import { SoftwareCard } from "../../../client/card/software-card.ts";
import type { SoftwareCardState } from "../../../client/card/software-card-state.ts";
import { bytes, cardFixture } from "./fixture.ts";

const SELECT = bytes("00A4040C0AD392F000260100000001");
const INS_VERIFY = 0x20;
const INS_CHANGE = 0x24;

let state: SoftwareCardState;

before(async () => {
  ({ state } = await cardFixture());
});

/** Headers that reach a handler, with bodies that need not fit. */
const nearlyRight = fc
  .tuple(
    fc.constantFrom(0x00, 0x80),
    fc.constantFrom(INS_VERIFY, INS_CHANGE, 0x2a, 0x84, 0x88, 0xa2, 0xa4, 0xae, 0xb0, 0xb2, 0xca),
    fc.integer({ min: 0, max: 0xff }),
    fc.constantFrom(0x00, 0x0c, 0x80, 0x81, 0x88, 0x8a, 0x97, 0x98, 0x9a, 0x9b, 0xff),
    fc.uint8Array({ maxLength: 40 }),
  )
  .map(([cla, ins, p1, p2, rest]) => Uint8Array.of(cla, ins, p1, p2, ...rest));

/** A data field with its right Lc, so that commands get past the length check. */
const wellFormed = fc
  .tuple(nearlyRight, fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.boolean())
  .map(([head, data, withLe]) =>
    Uint8Array.of(...head.subarray(0, 4), data.length, ...data, ...(withLe ? [0] : [])),
  );

const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), nearlyRight, wellFormed);

function secrets(card: SoftwareCard): unknown {
  const { auth, sign } = card.state;
  return [auth.pin, auth.triesLeft, sign.pin, sign.triesLeft];
}

/** Whether a command may touch a PIN at all. */
function concernsPin(apdu: Uint8Array): boolean {
  return apdu[0] === 0x00 && (apdu[1] === INS_VERIFY || apdu[1] === INS_CHANGE);
}

describe("software card under random commands", () => {
  it("always answers with a status word, and keeps its PINs but for VERIFY and CHANGE", () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 30 }), (commands) => {
        const card = new SoftwareCard(state);
        card.powerOn();
        card.process(SELECT);
        for (const command of commands) {
          const untouched = secrets(card);
          const answer = card.process(command);
          assert.ok(answer.length >= 2);
          assert.match(answer.at(-2)?.toString(16) ?? "", /^(6[0-9a-f]|90)$/);
          if (!concernsPin(command)) assert.deepEqual(secrets(card), untouched);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("gives away neither signature nor signing certificate without a PIN", () => {
    const signOrRead = wellFormed.filter(([, ins]) => ins !== INS_VERIFY);
    fc.assert(
      fc.property(fc.array(signOrRead, { maxLength: 30 }), (commands) => {
        const card = new SoftwareCard(state);
        card.powerOn();
        card.process(SELECT);
        for (const command of commands) card.process(command);
        const signature = card.process(bytes(`802A029720${"AB".repeat(32)}00`));
        assert.equal(signature.length, 2);
        assert.equal(card.process(bytes("00B0810000")).length, 2);
      }),
      { numRuns: 100 },
    );
  });
});
