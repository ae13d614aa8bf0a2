import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MemberLedger } from "../../../client/partner/member-ledger.ts";
import { Power, PowerDisk, type Remains } from "../../support/power.ts";

const FILE = "company/members";
const WALLET = "aa".repeat(32);
const asked = (n: number, units: number) => ({
  conversion: n.toString(16).padStart(32, "0"),
  wallet: WALLET,
  units,
});

describe("a company's member ledger in a file", () => {
  it("takes units once for a conversion, and gives them back once", async () => {
    const ledger = new MemberLedger(FILE, new PowerDisk(new Power()));
    ledger.credit(WALLET, 500);
    assert.equal(await ledger.debit(asked(1, 200)), "DEBITED");
    assert.equal(await ledger.debit(asked(1, 200)), "DEBITED");
    assert.equal(ledger.unitsOf(WALLET), 300);
    assert.equal(await ledger.debit(asked(2, 301)), "REFUSED");
    await ledger.release(asked(1, 200));
    await ledger.release(asked(1, 200));
    assert.deepEqual([ledger.unitsOf(WALLET), ledger.debitedFor(asked(1, 0).conversion)], [500, 0]);
  });

  it("takes nothing for a conversion that was released, also when it never heard of it", async () => {
    const ledger = new MemberLedger(FILE, new PowerDisk(new Power()));
    ledger.credit(WALLET, 500);
    await ledger.release(asked(1, 200));
    assert.equal(await ledger.debit(asked(1, 200)), "REFUSED");
    assert.equal(ledger.unitsOf(WALLET), 500);
  });

  for (const remains of ["none of it", "half of it", "all of it"] as const) {
    it(`keeps what it answered wherever the power goes, and ${remains} of what was not durable`, async () => {
      let cuts = 0;
      for (let cutAt = 0; ; cutAt += 1) {
        const power = new Power(cutAt);
        const disk = new PowerDisk(power);
        const answered = await workUntilCut(disk);
        if (!power.isCut) break;
        cuts += 1;
        assertKept(disk, remains, answered);
      }
      assert.ok(cuts > 10, `${cuts} cuts`);
    });
  }

  it("is refused when a line in it is damaged", () => {
    const disk = new PowerDisk(new Power());
    new MemberLedger(FILE, disk).credit(WALLET, 5);
    disk.append(FILE, new TextEncoder().encode("{}\n"));
    assert.throws(() => new MemberLedger(FILE, disk), { code: "FILE_MALFORMED" });
  });
});

/** @returns what was answered before the power went. */
async function workUntilCut(disk: PowerDisk): Promise<readonly string[]> {
  const answered: string[] = [];
  try {
    const ledger = new MemberLedger(FILE, disk);
    ledger.credit(WALLET, 500);
    answered.push("credit");
    await ledger.debit(asked(1, 200));
    answered.push("debit");
    await ledger.release(asked(1, 200));
    answered.push("release");
  } catch (error) {
    assert.equal((error as Error).message, "power cut");
  }
  return answered;
}

/** The next start finds all that was answered, and one entry more at most; it can be cut as well. */
function assertKept(disk: PowerDisk, remains: Remains, answered: readonly string[]): void {
  for (let cutAt = 0; ; cutAt += 1) {
    const power = new Power(cutAt);
    const found = disk.afterCut(power, remains);
    try {
      new MemberLedger(FILE, found);
    } catch (error) {
      assert.equal((error as Error).message, "power cut");
    }
    const ledger = new MemberLedger(FILE, found.afterCut(new Power(), remains));
    const after = [0, 500, 300, 500];
    const least = answered.length;
    const entries = [after[least], after[least + 1]];
    assert.ok(entries.includes(ledger.unitsOf(WALLET)), `${answered}: ${ledger.unitsOf(WALLET)}`);
    if (!power.isCut) return;
  }
}
