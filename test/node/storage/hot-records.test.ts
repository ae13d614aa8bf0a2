import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { HotRecords } from "../../../node/storage/hot-records.ts";

describe("hot records", () => {
  it("gives what was put last, also that there is nothing", () => {
    const hot = new HotRecords();
    assert.equal(hot.get("a"), undefined);
    hot.put("a", Uint8Array.of(1));
    hot.put("a", Uint8Array.of(2));
    hot.put("b", null);
    assert.deepEqual(hot.get("a"), Uint8Array.of(2));
    assert.equal(hot.get("b"), null);
    hot.clear();
    assert.equal(hot.get("b"), undefined);
  });

  it("lets the oldest go when there are too many bytes, and counts what it lets go", () => {
    const hot = new HotRecords(3 * 1000);
    const kept = () => [..."abcdef"].filter((key) => hot.get(key) !== undefined).join("");
    for (const key of "abcd") hot.put(key, new Uint8Array(700));
    assert.equal(kept(), "bcd");
    hot.put("b", new Uint8Array(700));
    hot.put("e", new Uint8Array(700));
    assert.equal(kept(), "bde");
    hot.put("f", new Uint8Array(4000));
    assert.equal(kept(), "");
  });
});
