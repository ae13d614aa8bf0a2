/** Conversions from the request to the company's payment (worked example E4), and what may go wrong between. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CONVERSION, PARTNER, RESERVE } from "../../contracts/conversion/conversion-records.ts";
import { openYen } from "../../contracts/settlement/dues.ts";
import { DUE, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { EconomyRun } from "../support/economy-run.ts";
import { AUTUMN } from "../support/economy-samples.ts";
import {
  CARD_SALT,
  COMPANY,
  CONVERSION_ID,
  LedgerWorld,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { conversionStages } from "./conversion-rows.ts";

const DAY_MS = 86_400_000;
const world = new LedgerWorld();
const stages = conversionStages(world);
const PARTNER_KEY = PARTNER.key(COMPANY);
const RESERVE_KEY = RESERVE.key(toHex(WALLET_HANDLE));
const DUE_KEY = DUE.key(COMPANY, TOSHIMA, "conversion-2026-11");

function runAfter(stage: keyof typeof stages): EconomyRun {
  const town = new EconomyRun(world);
  stages[stage](town.run);
  return town;
}

describe("conversions", () => {
  it("E4: 600 units at 200 for 900 become 2,700 pt, and the company owes ¥2,700", () => {
    const town = runAfter("allocatable");
    assert.equal(town.totals().get("reserve support/card-company"), 2700);
    town.do("CONVERT_ALLOCATE", {}, { amountPt: 2700 });
    const due = town.run.read(DUE_KEY);
    assert.ok(due);
    assert.equal(openYen(due), 2700);
    const totals = town.totals();
    assert.equal(totals.get("wallet 131164/economy"), 2700);
    assert.equal(totals.get("reserve support/card-company"), undefined);
    assert.equal(totals.get("partner-issue support/card-company"), 0);
  });

  it("E4: the company owes no more where a campaign adds a tenth", () => {
    const town = runAfter("allocatable");
    town.do("CAMPAIGN_OPEN", { trigger: "CONVERT" });
    const campaign = { issuer: TOSHIMA, ...AUTUMN };
    town.do("CONVERT_ALLOCATE", {}, { amountPt: 2700, campaign });
    assert.equal(town.run.read(DUE_KEY)?.owedYen, 2700);
    assert.equal(town.balancePt(), 1000 + 2700 + 270);
    town.totals();
  });

  it("keep the rate of the day on which they were asked for", () => {
    const town = runAfter("requested");
    const other = { stepPt: 1000, effectiveOn: "2026-11-08" };
    town.do("CONVERSION_RATE_SET", other);
    assert.equal(town.run.read(CONVERSION.key(toHex(CONVERSION_ID)))?.amountPt, 2700);
    town.atMs += 7 * DAY_MS;
    town.do("CONVERT_REQUEST", {});
    assert.equal(town.run.read(PARTNER_KEY)?.pendingYen, 2700 + 3000);
  });

  it("count against what the company may owe until it has paid", () => {
    const town = runAfter("allocatable");
    town.do("CONVERT_REQUEST", {});
    town.do("CONVERT_REQUEST", {});
    assert.equal(town.act("CONVERT_REQUEST", {}), "EXPOSURE_EXCEEDED");
    town.do("CONVERT_ALLOCATE", {}, { amountPt: 2700 });
    assert.equal(town.act("CONVERT_REQUEST", {}), "EXPOSURE_EXCEEDED");
    town.do("FUNDING_CONFIRM", { amountYen: 2700 });
    assert.equal(town.act("CONVERT_REQUEST", {}), "OK");
    assert.equal(town.act("FUNDING_CONFIRM", { amountYen: 1 }), "LIMIT_EXCEEDED");
    town.totals();
  });

  it("that are rejected free what they counted for, and name no wallet any more", () => {
    const town = runAfter("requested");
    town.do("CONVERT_REJECT", {});
    assert.equal(town.run.read(PARTNER_KEY)?.pendingYen, 0);
    const conversion = town.run.read(CONVERSION.key(toHex(CONVERSION_ID)));
    assert.deepEqual([conversion?.status, conversion?.wallet], ["REJECTED", null]);
    assert.equal(town.act("CONVERT_CONFIRM", {}), "CONVERSION_CLOSED");
  });

  it("count once, however often the company confirms", () => {
    const town = runAfter("confirmed");
    assert.equal(town.act("CONVERT_CONFIRM", {}), "CONVERSION_CLOSED");
    assert.equal(town.run.read(PARTNER_KEY)?.supportPt, 2700);
    town.totals();
  });

  it("go to the default municipality when nobody chose in time", () => {
    const town = runAfter("allocatable");
    town.atMs += 14 * DAY_MS;
    assert.equal(town.act("CONVERT_AUTO_ALLOCATE", {}), "RESERVE_EMPTY");
    town.atMs += DAY_MS;
    town.do("CONVERT_AUTO_ALLOCATE", {});
    assert.equal(town.balancePt(), 3700);
    assert.deepEqual(town.run.read(RESERVE_KEY), { entries: [] });
    assert.equal(town.run.read(DUE_KEY)?.owedYen, 2700);
    town.totals();
  });

  it("rest with the wallet that their owner makes his default", () => {
    const town = runAfter("allocatable");
    const handle = seedOf("another");
    town.do("WALLET_OPEN", { handle });
    const to = { municipality: TOSHIMA, wallet: handle, cardSalt: CARD_SALT };
    town.do("DEFAULT_MUNI_SET", {}, { to });
    town.atMs += 15 * DAY_MS;
    assert.equal(town.act("CONVERT_AUTO_ALLOCATE", {}), "RESERVE_EMPTY");
    town.do("CONVERT_AUTO_ALLOCATE", {}, { wallets: [handle] });
    const [lot] = town.run.read(WALLET.key(toHex(handle)))?.lots ?? [];
    assert.deepEqual([lot?.remainingPt, lot?.origin], [2700, "CONVERSION"]);
    town.totals();
  });
});
