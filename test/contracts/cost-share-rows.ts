/** Rows of the table of all rules: who bears what of a campaign. */
import { CAMPAIGN } from "../../contracts/campaigns/campaign-records.ts";
import { COST_SHARE } from "../../contracts/campaigns/cost-share.ts";
import { KEY } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { AUTUMN } from "../support/economy-samples.ts";
import {
  COMPANY,
  KAWASAKI,
  type LedgerWorld,
  officerOf,
  TOSHIMA,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";
import { accepted, all } from "./counter-rows.ts";

const KEY_OF_CAMPAIGN = CAMPAIGN.key(TOSHIMA, AUTUMN.pointType, AUTUMN.campaign);
const SHARES = COST_SHARE.key(TOSHIMA, AUTUMN.pointType, AUTUMN.campaign);

/** Every way in which shares are agreed and billed rightly or wrongly. */
export function costShareRows(world: LedgerWorld): RuleRow[] {
  const agree = "COST_SHARE_AGREE";
  const bill = "COST_SHARE_BILL";
  const opened = accepted(world, "CAMPAIGN_OPEN");
  const agreed = all(opened, accepted(world, agree));
  const closed = accepted(world, "CAMPAIGN_CLOSE");
  const ready = all(agreed, change(KEY_OF_CAMPAIGN, { premiumPt: 1001 }), closed);
  const part = (amountYen: number) => ({ parts: [{ funder: KAWASAKI, amountYen }] });
  const kawasakis = change(KEY.key(toHex(officerOf(KAWASAKI, "clerk").publicKey)), {
    roles: ["approver"],
  });
  return [
    { id: "a third", type: agree, arrange: opened, code: "OK" },
    { id: "a third of no campaign", type: agree, code: "UNKNOWN_CAMPAIGN" },
    {
      id: "a third of a campaign that is over",
      type: agree,
      arrange: all(opened, closed),
      code: "CAMPAIGN_NOT_OPEN",
    },
    { id: "a third twice", type: agree, arrange: agreed, code: "ALREADY_EXISTS" },
    {
      id: "with oneself",
      type: agree,
      public: { issuer: KAWASAKI },
      overrides: { signers: [officerOf(KAWASAKI, "clerk"), officerOf(KAWASAKI, "approver")] },
      arrange: all(opened, kawasakis),
      code: "SAME_ORGANISATION",
    },
    {
      id: "more than is left",
      type: agree,
      public: { shareBp: 5000 },
      arrange: all(opened, (run) => {
        run.plant(SHARES, { shares: [{ funder: COMPANY, shareBp: 5001 }], bill: null });
      }),
      code: "LIMIT_EXCEEDED",
    },
    { id: "a third of 1,001", type: bill, arrange: ready, code: "OK" },
    { id: "for no campaign", type: bill, code: "UNKNOWN_CAMPAIGN" },
    {
      id: "that nobody agreed to bear",
      type: bill,
      arrange: all(opened, closed),
      code: "COST_SHARE_MISSING",
    },
    { id: "too early", type: bill, arrange: agreed, code: "CAMPAIGN_STILL_OPEN" },
    { id: "again", type: bill, arrange: all(ready, accepted(world, bill)), code: "ALREADY_EXISTS" },
    {
      id: "again for another cause",
      type: bill,
      public: { cause: "autumn-2" },
      arrange: all(ready, accepted(world, bill)),
      code: "ALREADY_EXISTS",
    },
    { id: "a yen too many", type: bill, public: part(335), arrange: ready, code: "TOTAL_MISMATCH" },
    {
      id: "another cost",
      type: bill,
      public: { costYen: 1002 },
      arrange: ready,
      code: "TOTAL_MISMATCH",
    },
    {
      id: "nobody's part",
      type: bill,
      public: { parts: [{ funder: COMPANY, amountYen: 334 }] },
      arrange: ready,
      code: "TOTAL_MISMATCH",
    },
  ];
}
