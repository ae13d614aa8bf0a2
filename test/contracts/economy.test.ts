/** What the rules of the point economy come to: the worked examples, and what follows from them. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CAMPAIGN, CAMPAIGN_SHARE } from "../../contracts/campaigns/campaign-records.ts";
import { PARAMETER } from "../../contracts/governance/parameters.ts";
import type { Lot } from "../../contracts/points/lots.ts";
import { BUDGET, EXPIRED, MERCHANT, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { GRANT_ITEMS_MAX, TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { EconomyRun } from "../support/economy-run.ts";
import { AUTUMN } from "../support/economy-samples.ts";
import { LedgerWorld, seedOf, TOSHIMA, WALLET_HANDLE } from "../support/ledger-world.ts";
import { change } from "../support/rule-row.ts";

const DAY_MS = 86_400_000;
const world = new LedgerWorld();
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const CAMPAIGN_NAME = { issuer: TOSHIMA, ...AUTUMN };
const CAMPAIGN_KEY = CAMPAIGN.key(TOSHIMA, AUTUMN.pointType, AUTUMN.campaign);
const HEALTH_BUDGET = BUDGET.key(TOSHIMA, 2026, "HEALTH");

const [A, B, C] = [1, 2, 3] as const;
const EXAMPLE: readonly Partial<Lot>[] = [
  { amountPt: 300, expiresOn: "2027-03-31" },
  { amountPt: 500, expiresOn: "2026-12-31" },
  { amountPt: 200, expiresOn: "2026-12-31", restrictedTo: ["MUSEUM"] },
  { amountPt: 100, expiresOn: null },
];
const D = 4;

describe("refunds", () => {
  it("E2: return to the lots they came from, last used first", () => {
    const town = new EconomyRun(world).withLots(EXAMPLE);
    const payment = town.pay(650);
    assert.deepEqual(town.lots(), [
      [A, 300],
      [B, 50],
      [D, 100],
    ]);
    assert.equal(town.refund(payment, 250), "OK");
    assert.deepEqual(town.lots(), [
      [A, 300],
      [B, 300],
      [D, 100],
    ]);
    assert.equal(town.refund(payment, 250), "OK");
    assert.deepEqual(town.lots(), [
      [A, 300],
      [B, 500],
      [C, 50],
      [D, 100],
    ]);
    assert.equal(town.tillPt(), 150);
    assert.equal(town.refund(payment, 151), "REFUND_TOO_LARGE");
    assert.equal(town.refund(payment, 150), "OK");
    assert.deepEqual(town.lots(), [
      [A, 300],
      [B, 500],
      [C, 200],
      [D, 100],
    ]);
    town.totals();
  });

  it("find a lot that a later payment used up", () => {
    const town = new EconomyRun(world).withLots(EXAMPLE);
    const first = town.pay(100);
    const second = town.pay(600);
    assert.deepEqual(town.lots(), [
      [A, 300],
      [D, 100],
    ]);
    assert.equal(town.refund(first, 100), "OK");
    assert.equal(town.void(second), "OK");
    assert.deepEqual(town.lots(), [
      [A, 300],
      [B, 500],
      [C, 200],
      [D, 100],
    ]);
  });

  it("give what has lapsed meanwhile a fortnight more, as a lot of its own", () => {
    const town = new EconomyRun(world).withLots(EXAMPLE);
    town.atMs = Date.UTC(2026, 11, 31, 1);
    const payment = town.pay(650);
    town.atMs += DAY_MS;
    assert.equal(town.refund(payment, 100), "OK");
    const lot = town.run.read(WALLET_KEY)?.lots.at(-1);
    assert.ok(lot);
    const { number, remainingPt, origin, issuedOn, expiresOn } = lot;
    assert.deepEqual(
      { number, remainingPt, origin, issuedOn, expiresOn },
      {
        number: 5,
        remainingPt: 100,
        origin: "REFUND",
        issuedOn: "2027-01-01",
        expiresOn: "2027-01-15",
      },
    );
    town.totals();
  });

  it("in small parts of what has lapsed do not fill the wallet with lots", () => {
    const town = new EconomyRun(world).withLots(EXAMPLE);
    town.atMs = Date.UTC(2026, 11, 31, 1);
    const payment = town.pay(650);
    town.atMs += DAY_MS;
    for (let i = 0; i < 3; i++) assert.equal(town.refund(payment, 10), "OK");
    assert.deepEqual(town.lots().at(-1), [5, 30]);
    town.totals();
  });

  it("reach back past a dozen payments, and say so when one is forgotten", () => {
    const town = new EconomyRun(world);
    const payments = Array.from({ length: 30 }, (_, i) => town.pay(i + 1));
    const found = payments.map((payment) => town.refund(payment, 1));
    const forgotten = found.lastIndexOf("PAYMENT_NOT_FOUND") + 1;
    assert.ok(forgotten <= 18, `${forgotten} of 30`);
    assert.deepEqual(new Set(found.slice(forgotten)), new Set(["OK"]));
  });
});

describe("premiums", () => {
  const opened = (fields: object = {}): EconomyRun => {
    const town = new EconomyRun(world);
    town.do("CAMPAIGN_OPEN", fields);
    return town;
  };
  const inCampaign = { campaign: CAMPAIGN_NAME };

  it("are set aside, given, and counted", () => {
    const town = opened();
    town.pay(255, inCampaign);
    assert.deepEqual(town.lots(), [
      [1, 745],
      [2, 25],
    ]);
    const campaign = town.run.read(CAMPAIGN_KEY);
    assert.deepEqual([campaign?.premiumPt, campaign?.dayPt], [25, 25]);
    assert.equal(town.run.read(HEALTH_BUDGET)?.setAsidePt, 10_000);
    const totals = town.totals();
    assert.equal(totals.get("campaign budget/131164/2026/HEALTH"), 9975);
    assert.equal(totals.get("premium budget/131164/2026/HEALTH"), 25);
    assert.equal(totals.get("issue 131164/health"), -1025);
  });

  it("of one day are one lot", () => {
    const town = opened();
    town.pay(100, inCampaign);
    town.pay(100, inCampaign);
    assert.deepEqual(town.lots(), [
      [1, 800],
      [2, 20],
    ]);
  });

  const caps = [
    { id: "of the wallet", caps: { walletCapPt: 15 }, given: [10, 5, 0] },
    { id: "of the day", caps: { dayCapPt: 12 }, given: [10, 2, 0] },
    { id: "of the campaign", caps: { totalCapPt: 19 }, given: [10, 9, 0] },
  ];
  for (const { id, caps: fields, given } of caps) {
    it(`end at the cap ${id}; the payment counts all the same`, () => {
      const town = opened(fields);
      const found = given.map(() => {
        const before = town.balancePt();
        town.pay(100, inCampaign);
        return town.balancePt() - before + 100;
      });
      assert.deepEqual(found, given);
      town.totals();
    });
  }

  it("have a new cap on a new day", () => {
    const town = opened({ dayCapPt: 10 });
    town.pay(100, inCampaign);
    town.atMs += DAY_MS;
    town.pay(100, inCampaign);
    assert.equal(town.balancePt(), 820);
  });

  it("are clawed back by a void, whole", () => {
    const town = opened();
    const payment = town.pay(250, inCampaign);
    assert.equal(town.void(payment), "OK");
    assert.deepEqual(town.lots(), [[1, 1000]]);
    const campaign = town.run.read(CAMPAIGN_KEY);
    assert.deepEqual([campaign?.premiumPt, campaign?.dayPt], [0, 0]);
    const share = CAMPAIGN_SHARE.key(...CAMPAIGN_KEY.id.split("/"), WALLET_KEY.id);
    assert.deepEqual(town.run.read(share), { premiumPt: 0 });
    assert.equal(town.totals().get("issue 131164/health"), -1000);
  });

  it("are clawed back by a refund as far as what is left would bring less", () => {
    const town = opened();
    const payment = town.pay(255, inCampaign);
    assert.equal(town.refund(payment, 5), "OK");
    assert.equal(town.balancePt(), 750 + 25);
    assert.equal(town.refund(payment, 1), "OK");
    assert.equal(town.balancePt(), 751 + 24);
    assert.equal(town.refund(payment, 249), "OK");
    assert.equal(town.balancePt(), 1000);
    town.totals();
  });

  it("stay while what is left of a capped payment brings as much", () => {
    const town = opened({ walletCapPt: 10 });
    const payment = town.pay(400, inCampaign);
    assert.equal(town.refund(payment, 300), "OK");
    assert.equal(town.balancePt(), 910);
    assert.equal(town.refund(payment, 50), "OK");
    assert.equal(town.balancePt(), 955);
  });

  it("are clawed back from the other points of their type when they are spent", () => {
    const town = opened();
    const payment = town.pay(1000, inCampaign);
    town.pay(100);
    assert.equal(town.balancePt(), 0);
    assert.equal(town.void(payment), "OK");
    assert.equal(town.balancePt(), 900);
    town.totals();
  });

  it("leave the cap of a later day alone when they come back", () => {
    const town = opened({ dayCapPt: 10 });
    const payment = town.pay(100, inCampaign);
    town.atMs += DAY_MS;
    town.pay(101, inCampaign);
    assert.equal(town.refund(payment, 100), "OK");
    const campaign = town.run.read(CAMPAIGN_KEY);
    assert.deepEqual([campaign?.premiumPt, campaign?.dayPt], [10, 10]);
  });

  it("are for who comes to an event", () => {
    const town = opened({ trigger: "CHECKIN", rateBp: 10_000, checkinPt: 300 });
    town.do("EVENT_CHECKIN", {});
    assert.deepEqual(town.lots(), [
      [1, 1000],
      [2, 300],
    ]);
    assert.equal(town.run.read(WALLET_KEY)?.lots[1]?.origin, "PREMIUM");
    town.totals();
  });

  it("that nobody got return to the budget", () => {
    const town = opened();
    const payment = town.pay(100, inCampaign);
    town.do("CAMPAIGN_CLOSE", {});
    assert.equal(town.run.read(HEALTH_BUDGET)?.setAsidePt, 10);
    assert.equal(town.act("CAMPAIGN_CLOSE", {}), "CAMPAIGN_NOT_OPEN");
    assert.equal(town.void(payment), "OK");
    town.do("CAMPAIGN_CLOSE", {});
    assert.equal(town.run.read(HEALTH_BUDGET)?.setAsidePt, 0);
    assert.equal(town.totals().get("budget budget/131164/2026/HEALTH"), 999_000);
  });

  it("have other caps after an adjustment, and the budget follows", () => {
    const town = opened();
    town.do("CAMPAIGN_ADJUST", { totalCapPt: 20_000, walletCapPt: 7 });
    assert.equal(town.run.read(HEALTH_BUDGET)?.setAsidePt, 20_000);
    town.do("CAMPAIGN_ADJUST", { totalCapPt: 30, walletCapPt: 7 });
    assert.equal(town.run.read(HEALTH_BUDGET)?.setAsidePt, 30);
    town.pay(100, inCampaign);
    assert.equal(town.balancePt(), 907);
    town.totals();
  });
});

describe("grants", () => {
  it("of a whole batch fit into one transaction, and into one block", () => {
    const items = Array.from({ length: GRANT_ITEMS_MAX }, (_, i) => {
      return { wallet: seedOf(`wallet ${i}`), amountPt: 999_999_999 };
    });
    const { POINT_GRANT_BATCH } = world.samples;
    const totalPt = GRANT_ITEMS_MAX * 999_999_999;
    const bytes = world.transaction("POINT_GRANT_BATCH", {
      public: { ...POINT_GRANT_BATCH?.public, items: items.length, totalPt },
      private: { items },
    });
    assert.ok(bytes.length <= TRANSACTION_SIZE_BYTES_MAX, `${bytes.length} bytes`);
  });

  it("count as a whole or not at all", () => {
    const town = new EconomyRun(world);
    const other = { handle: seedOf("another") };
    town.do("WALLET_OPEN", other);
    const list = (last: Uint8Array) => [
      { wallet: WALLET_HANDLE, amountPt: 100 },
      { wallet: last, amountPt: 200 },
    ];
    const total = { items: 2, totalPt: 300 };
    const wrong = { items: list(seedOf("nobody")) };
    assert.equal(town.act("POINT_GRANT_BATCH", total, wrong), "UNKNOWN_WALLET");
    assert.equal(town.balancePt(), 1000);
    town.do("POINT_GRANT_BATCH", total, { items: list(other.handle) });
    assert.equal(town.balancePt(), 1100);
    assert.equal(town.totals().get("granted budget/131164/2026/HEALTH"), 1300);
  });

  it("that are reversed give their budget right back", () => {
    const town = new EconomyRun(world);
    town.pay(400);
    town.do("GRANT_REVERSE", { amountPt: 600 });
    assert.deepEqual(town.lots(), []);
    assert.deepEqual(town.run.read(HEALTH_BUDGET), {
      appropriatedPt: 1_000_000,
      grantedPt: 400,
      setAsidePt: 0,
    });
    town.totals();
  });
});

describe("expiry", () => {
  it("moves what nobody spent in time, and nothing else", () => {
    const town = new EconomyRun(world).withLots(EXAMPLE);
    town.atMs = Date.UTC(2027, 0, 1);
    town.do("EXPIRE_SWEEP", {});
    assert.deepEqual(town.lots(), [
      [A, 300],
      [D, 100],
    ]);
    assert.deepEqual(town.run.read(EXPIRED.key(TOSHIMA, "health")), { expiredPt: 700 });
    assert.equal(town.act("EXPIRE_SWEEP", {}), "NOTHING_EXPIRED");
    assert.equal(town.totals().get("expired 131164/health"), 700);
  });

  it("comes later where it was put off", () => {
    const town = new EconomyRun(world);
    town.do("LOT_EXTEND", {});
    assert.equal(town.run.read(WALLET_KEY)?.lots[0]?.expiresOn, "2028-09-30");
    assert.equal(town.act("LOT_EXTEND", {}), "UNKNOWN_LOT");
  });

  it("comes for all points after the announced end of their type", () => {
    const town = new EconomyRun(world).withLots(EXAMPLE);
    town.do("SCHEME_WIND_DOWN", { endsOn: "2026-12-31" });
    town.atMs = Date.UTC(2026, 11, 31, 14);
    town.pay(100);
    assert.equal(town.act("EXPIRE_SWEEP", {}), "NOTHING_EXPIRED");
    town.atMs = Date.UTC(2026, 11, 31, 15);
    town.do("EXPIRE_SWEEP", {});
    assert.deepEqual(town.lots(), []);
    town.totals();
  });

  it("does not touch a merchant's points", () => {
    const town = new EconomyRun(world);
    town.pay(250);
    town.atMs = Date.UTC(2028, 3, 1);
    town.do("EXPIRE_SWEEP", {});
    assert.equal(town.tillPt(), 250);
    assert.notEqual(town.run.read(MERCHANT.key("museum")), null);
  });
});

describe("parameters", () => {
  it("count from their day on, and keep their value until then", () => {
    const town = new EconomyRun(world);
    town.do("PARAM_SET", {
      parameter: "REFUND_GRACE_DAYS",
      value: 30,
      effectiveOn: "2027-01-01",
    });
    const lapsedRefund = (atMs: number): string | null | undefined => {
      const other = new EconomyRun(world).withLots(EXAMPLE);
      const parameter = PARAMETER.key("REFUND_GRACE_DAYS");
      const announced = town.run.read(parameter);
      assert.ok(announced);
      other.run.plant(parameter, announced);
      other.atMs = Date.UTC(2026, 11, 31, 1);
      const payment = other.pay(650);
      // The lots' last day is moved back, so that they have lapsed on both days.
      const wallet = other.run.read(WALLET_KEY);
      assert.ok(wallet);
      const lots = wallet.lots.map((lot) => ({ ...lot, expiresOn: "2026-12-30" }));
      change(WALLET_KEY, { lots })(other.run);
      other.atMs = atMs;
      assert.equal(other.refund(payment, 100), "OK");
      return other.run.read(WALLET_KEY)?.lots.at(-1)?.expiresOn;
    };
    assert.equal(lapsedRefund(Date.UTC(2026, 11, 31, 2)), "2027-01-14");
    assert.equal(lapsedRefund(Date.UTC(2026, 11, 31, 15)), "2027-01-31");
  });

  it("give way to the change announced last", () => {
    const town = new EconomyRun(world);
    const key = PARAMETER.key("RESERVE_DAYS");
    town.do("PARAM_SET", { value: 21, effectiveOn: "2026-11-08" });
    town.do("PARAM_SET", { value: 28, effectiveOn: "2026-11-20" });
    assert.deepEqual(town.run.read(key), { value: 14, next: { value: 28, from: "2026-11-20" } });
    town.atMs = Date.UTC(2026, 10, 25);
    town.do("PARAM_SET", { value: 7, effectiveOn: "2026-12-10" });
    assert.deepEqual(town.run.read(key), { value: 28, next: { value: 7, from: "2026-12-10" } });
  });

  it("lengthen the notice itself", () => {
    const town = new EconomyRun(world);
    town.do("PARAM_SET", { parameter: "NOTICE_DAYS", value: 30, effectiveOn: "2026-11-08" });
    town.atMs = Date.UTC(2026, 10, 8);
    assert.equal(town.act("PARAM_SET", { effectiveOn: "2026-12-07" }), "NOTICE_TOO_SHORT");
    assert.equal(town.act("PARAM_SET", { effectiveOn: "2026-12-08" }), "OK");
  });
});
