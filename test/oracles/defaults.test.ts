/** The numbers that the platform starts with, as its requirements name them; what each does, the other oracles play. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { IDLE_MS } from "../../client/terminal/counter.ts";
import { PARAMETERS } from "../../contracts/governance/parameters.ts";
import { WITNESS_DAYS_MAX } from "../../contracts/governance/witness.ts";
import { LARGE_PAYMENT_PT } from "../../contracts/residents/card-status.ts";
import { OBJECTION_DAYS } from "../../contracts/settlement/batch.ts";
import { DEPOSIT_THRESHOLD_YEN, depositYenMin } from "../../contracts/settlement/unused-balance.ts";
import { VOUCHER_PT_MAX } from "../../contracts/vouchers/voucher.ts";
import { AMOUNT_PT_MAX, CARD_VALIDITY_MS_MAX, GRANT_ITEMS_MAX } from "../../ledger/limits.ts";

const REQUIRED: readonly (readonly [what: string, found: number, required: number])[] = [
  ["reserve, days", PARAMETERS.RESERVE_DAYS.default, 14],
  ["validity of a request, s", CARD_VALIDITY_MS_MAX / 1000, 120],
  ["idle terminal, s", IDLE_MS / 1000, 30],
  ["dispute, days", PARAMETERS.DISPUTE_DAYS.default, 45],
  ["witness at least, days", PARAMETERS.WITNESS_DAYS.default, 45],
  ["witness at most, days", WITNESS_DAYS_MAX, 92],
  ["grace of a refund, days", PARAMETERS.REFUND_GRACE_DAYS.default, 14],
  ["a street's answer, hours", PARAMETERS.STREET_ACK_HOURS.default, 24],
  ["a partner's answer, hours", PARAMETERS.PARTNER_ANSWER_HOURS.default, 72],
  ["objection to a batch, days", OBJECTION_DAYS, 5],
  ["age of a card's status, hours", PARAMETERS.STATUS_AGE_HOURS.default, 24],
  ["above this a payment is large, pt", LARGE_PAYMENT_PT, 10_000],
  ["age for a large one, minutes", PARAMETERS.LARGE_PAYMENT_STATUS_AGE_MINUTES.default, 5],
  ["notice of a change, days", PARAMETERS.NOTICE_DAYS.default, 7],
  ["and never less", PARAMETERS.NOTICE_DAYS.min, 7],
  ["notice of an end, days", PARAMETERS.WIND_DOWN_DAYS.default, 60],
  ["and never less", PARAMETERS.WIND_DOWN_DAYS.min, 60],
  ["a voucher at most, pt", VOUCHER_PT_MAX, 25_000],
  ["grants in a batch", GRANT_ITEMS_MAX, 5000],
  ["an amount at most, pt", AMOUNT_PT_MAX, 999_999_999],
  ["no deposit up to this, yen", depositYenMin(DEPOSIT_THRESHOLD_YEN), 0],
  ["half of it above ten million, yen", depositYenMin(10_000_001), 5_000_001],
];

describe("defaults", () => {
  for (const [what, found, required] of REQUIRED) {
    it(`${what}: ${required}`, () => assert.equal(found, required));
  }
});
