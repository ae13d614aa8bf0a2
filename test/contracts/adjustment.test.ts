/** What corrections, disputes and transfers to streets come to. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { DISPUTE } from "../../contracts/spending/dispute.ts";
import { HOLD } from "../../contracts/spending/street-transfer.ts";
import { MERCHANT_ACCOUNT, ORGANISATION, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { EconomyRun } from "../support/economy-run.ts";
import {
  COMPANY,
  CONVERSION_ID,
  LedgerWorld,
  PRIVATE_SALT,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change } from "../support/rule-row.ts";

const world = new LedgerWorld();
const HOLD_KEY = HOLD.key(toHex(CONVERSION_ID));

describe("a transfer to a street", () => {
  function requested(): EconomyRun {
    const town = new EconomyRun(world);
    change(ORGANISATION.key(COMPANY), { kind: "street" })(town.run);
    town.do("MERCHANT_REGISTER", { merchant: COMPANY, category: "SHOP" });
    const bytes = world.sample("STREET_TRANSFER_REQUEST", { id: CONVERSION_ID });
    assert.equal(town.run.result(bytes), "OK");
    assert.equal(town.totals().get("hold 131164/health"), 400);
    return town;
  }

  it("ends in the street's till, and names nobody any more", () => {
    const town = requested();
    town.do("STREET_TRANSFER_ACK", {});
    const till = town.run.read(MERCHANT_ACCOUNT.key(COMPANY));
    assert.equal(till?.holdings[0]?.balancePt, 400);
    const hold = town.run.read(HOLD_KEY);
    assert.deepEqual([hold?.wallet, hold?.uses], [null, []]);
    assert.equal(town.totals().get("hold 131164/health"), undefined);
  });

  it("that is released returns to its lot, also when nothing was left there", () => {
    const town = requested();
    town.pay(600);
    assert.deepEqual(town.lots(), []);
    town.do("STREET_TRANSFER_RELEASE", {});
    assert.deepEqual(town.lots(), [[1, 400]]);
    town.totals();
  });

  it("that comes back to a wallet which was closed meanwhile lapses like the rest of it", () => {
    const town = requested();
    const forfeits = [{ issuer: TOSHIMA, pointType: "health", amountPt: 600 }];
    town.do("WALLET_CLOSE", {}, { forfeits });
    town.do("STREET_TRANSFER_RELEASE", {});
    town.do("EXPIRE_SWEEP", {});
    assert.deepEqual(town.lots(), []);
    assert.equal(town.totals().get("expired 131164/health"), 1000);
  });
});

describe("disputes", () => {
  it("end with points out of the shop's till, without its terminal", () => {
    const town = new EconomyRun(world);
    const payment = town.pay(250);
    const receipt = { payment, salt: PRIVATE_SALT };
    town.do("DISPUTE_OPEN", {}, receipt);
    town.do("DISPUTE_RESOLVE", {}, { ...receipt, refundPt: 200 });
    assert.deepEqual([town.balancePt(), town.tillPt()], [950, 50]);
    const disputes = town.run.state.records().filter(([name]) => name.startsWith("dispute/"));
    assert.equal(disputes.length, 1);
    const [key = "", record] = disputes[0] ?? [];
    assert.ok(record);
    const memory = toHex(town.recentPayments());
    assert.ok(memory.length > 0);
    const [, half = ""] = key.split("/");
    assert.ok(!memory.includes(half.slice(0, 12)), "a dispute leads to no wallet");
    assert.equal(DISPUTE.decode(record).status, "REFUNDED");
    town.totals();
  });
});

describe("corrections", () => {
  it("of a till are issued and granted, and the other way round", () => {
    const town = new EconomyRun(world);
    town.do("ADJUST", {});
    assert.equal(town.tillPt(), 300);
    assert.equal(town.totals().get("granted budget/131164/2026/HEALTH"), 1300);
    town.do("ADJUST", { direction: "FROM_MERCHANT", reason: "COUNTED_TWICE" });
    assert.equal(town.tillPt(), 0);
    assert.equal(town.totals().get("issue 131164/health"), -1000);
  });

  it("do not let what a card goes through lift a freeze", () => {
    const town = new EconomyRun(world);
    town.do("WALLET_FREEZE", {});
    town.do("CARD_SUSPEND", {});
    town.do("CARD_RESUME", {});
    assert.equal(town.act("PAY", {}), "WALLET_SUSPENDED");
    town.do("WALLET_UNFREEZE", {});
    assert.equal(town.act("PAY", {}), "OK");
    assert.equal(town.run.read(WALLET.key(toHex(WALLET_HANDLE)))?.isFrozen, false);
  });
});
