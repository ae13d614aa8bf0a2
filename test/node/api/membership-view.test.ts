import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { waitView } from "../../../node/api/membership-view.ts";

describe("what a change of membership waits for", () => {
  it("is nothing, or a sentence that names the nodes, in both languages", () => {
    assert.equal(waitView(null), null);
    const wait = waitView({ reason: "QUORUM_AT_RISK", members: [2, 3] });
    assert.match(wait?.en ?? "", /node 2, 3 is not in reach/);
    assert.match(wait?.ja ?? "", /ノード 2, 3 に接続できません/);
    assert.deepEqual([wait?.reason, wait?.members], ["QUORUM_AT_RISK", [2, 3]]);
  });
});
