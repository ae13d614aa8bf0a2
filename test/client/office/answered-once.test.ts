import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { AnsweredOnce, REQUEST_AGE_MS_MAX } from "../../../client/office/answered-once.ts";

const START_MS = Date.UTC(2026, 10, 1);
const WINDOW_S = REQUEST_AGE_MS_MAX / 1000;
const at = (second: number) => START_MS + second * 1000;
const request = (nonce: string, second: number, keyId = "terminal/a") => {
  return { keyId, nonce, createdS: at(second) / 1000 };
};

describe("requests that are answered once", () => {
  it("a second time is refused for as long as its time is taken", () => {
    const answered = new AnsweredOnce(START_MS);
    // Signed ahead as far as may be, so that it is taken the longest.
    answered.take(request("x", WINDOW_S), at(0));
    for (const second of [0, 1, 2 * WINDOW_S]) {
      assert.throws(() => answered.take(request("x", WINDOW_S), at(second)), {
        code: "REQUEST_REPEATED",
      });
    }
    assert.throws(() => answered.take(request("x", WINDOW_S), at(2 * WINDOW_S + 1)), {
      code: "REQUEST_STALE",
    });
    answered.take(request("x", 200), at(200));
  });

  it("a nonce is the caller's own", () => {
    const answered = new AnsweredOnce(START_MS);
    answered.take(request("x", 0), at(0));
    answered.take(request("x", 0, "terminal/b"), at(0));
  });

  for (const [id, createdAt, nowAt] of [
    ["too old", 100, 100 + WINDOW_S + 1],
    ["ahead", 100 + WINDOW_S + 1, 100],
    ["older than this process, which knows no nonces of then", -1, 1],
  ] as const) {
    it(`${id}: refused`, () => {
      const answered = new AnsweredOnce(START_MS);
      assert.throws(() => answered.take(request("x", createdAt), at(nowAt)), {
        code: "REQUEST_STALE",
      });
    });
  }

  it("one caller asks so often and not more, the others go on, and it may again later", () => {
    const answered = new AnsweredOnce(START_MS);
    for (let i = 0; i < 120; i += 1) answered.take(request(`n${i}`, 0), at(0));
    assert.throws(() => answered.take(request("more", 0), at(0)), { code: "TOO_MANY_REQUESTS" });
    answered.take(request("other", 0, "terminal/b"), at(0));
    answered.take(request("later", 121), at(121));
  });

  it("never holds more than it may", () => {
    const answered = new AnsweredOnce(START_MS);
    for (let i = 0; i < 100_000; i += 1) answered.take(request("x", 0, `terminal/${i}`), at(0));
    assert.throws(() => answered.take(request("x", 0, "terminal/z"), at(0)), { code: "BUSY" });
    answered.take(request("x", 121, "terminal/z"), at(121));
  });
});
