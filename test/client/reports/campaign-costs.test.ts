import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { AuditedLedger } from "../../../client/audit/audited-ledger.ts";
import { campaignCosts } from "../../../client/reports/campaign-costs.ts";
import { CAMPAIGN } from "../../../contracts/campaigns/campaign-records.ts";
import { AUTUMN } from "../../support/economy-samples.ts";
import { LedgerRun } from "../../support/ledger-run.ts";
import { KAWASAKI, LedgerWorld, TOSHIMA } from "../../support/ledger-world.ts";
import { change } from "../../support/rule-row.ts";

const KEY = CAMPAIGN.key(TOSHIMA, AUTUMN.pointType, AUTUMN.campaign);
const NAME = [TOSHIMA, AUTUMN.pointType, AUTUMN.campaign];

describe("the costs of campaigns", () => {
  const world = new LedgerWorld();
  const run = new LedgerRun(world);
  const act = (type: string) => assert.equal(run.result(world.sample(type)), "OK", type);
  const rows = () =>
    campaignCosts(new AuditedLedger(run.state, { height: 1, date: "2026-11-01" }, null)).rows;

  it("are the issuer's alone, then shared, then billed; what is clawed back since is his gain", () => {
    run.setUp();
    act("CAMPAIGN_OPEN");
    assert.deepEqual(rows(), [[...NAME, "OPEN", TOSHIMA, 10_000, 0, "", ""]]);
    act("COST_SHARE_AGREE");
    change(KEY, { premiumPt: 1001 })(run);
    assert.deepEqual(rows(), [
      [...NAME, "OPEN", TOSHIMA, 6667, 667, "", ""],
      [...NAME, "OPEN", KAWASAKI, 3333, 334, "", ""],
    ]);
    act("CAMPAIGN_CLOSE");
    act("COST_SHARE_BILL");
    change(KEY, { premiumPt: 991 })(run);
    assert.deepEqual(rows(), [
      [...NAME, "CLOSED", TOSHIMA, 6667, 657, "", ""],
      [...NAME, "CLOSED", KAWASAKI, 3333, 334, "2026-11-01", 334],
    ]);
  });
});
