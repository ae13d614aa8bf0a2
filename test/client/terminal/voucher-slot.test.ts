import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { VoucherSlot } from "../../../client/terminal/voucher-slot.ts";
import { Power, PowerDisk, type Remains } from "../../support/power.ts";

const BYTES = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const REMAINS: readonly Remains[] = ["none of it", "half of it", "all of it"];

describe("the place of a voucher under way", () => {
  const slotOn = (disk: PowerDisk) => new VoucherSlot("terminal/journal", disk);

  /** What the next start finds when the power goes at a step of `work`; null when there are no more steps. */
  function afterCutAt(step: number, remains: Remains, work: (slot: VoucherSlot) => void) {
    const power = new Power(step);
    const disk = new PowerDisk(power);
    try {
      work(slotOn(disk));
    } catch (error) {
      assert.ok(power.isCut, String(error));
    }
    const pending = slotOn(disk.afterCut(new Power(), remains)).pending();
    return { isCut: power.isCut, pending };
  }

  for (const remains of REMAINS) {
    it(`is empty or whole wherever the power goes; of what was not synced ${remains} is left`, () => {
      let steps = 0;
      for (let isCut = true; isCut; steps += 1) {
        const found = afterCutAt(steps, remains, (slot) => slot.begin(BYTES));
        isCut = found.isCut;
        if (found.pending !== null) assert.deepEqual(found.pending, BYTES);
        // Rule V1: begun is durable.
        if (!isCut) assert.deepEqual(found.pending, BYTES);
      }
      assert.ok(steps > 4);
    });
  }

  it("is empty for good when it was ended", () => {
    const { pending } = afterCutAt(Number.POSITIVE_INFINITY, "none of it", (slot) => {
      slot.begin(BYTES);
      slot.end();
    });
    assert.equal(pending, null);
  });
});
