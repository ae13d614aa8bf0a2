import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { goByTheSame } from "../../../node/driver/chain-core.ts";

const CHANGE = 15;

describe("core and log of a node that would lead", () => {
  const rows = [
    {
      id: "go by the old membership while the change is neither",
      applied: 14,
      certified: 14,
      same: true,
    },
    {
      id: "part when the change is certified and not applied",
      applied: 14,
      certified: 15,
      same: false,
    },
    {
      id: "part when it is applied and its proof is lost",
      applied: 15,
      certified: 14,
      same: false,
    },
    { id: "go by the new one when it is both", applied: 15, certified: 16, same: true },
  ];
  for (const { id, applied, certified, same } of rows) {
    it(id, () => assert.equal(goByTheSame(CHANGE, { applied, certified }), same));
  }

  it("go by the same where nothing ever changed", () => {
    assert.equal(goByTheSame(0, { applied: 0, certified: 0 }), true);
  });
});
