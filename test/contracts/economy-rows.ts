/** Rows of the point economy's rules, for the table in transactions.test.ts. */
import assert from "node:assert/strict";
import { CAMPAIGN } from "../../contracts/campaigns/campaign-records.ts";
import { PARAMETERS } from "../../contracts/governance/parameters.ts";
import {
  BUDGET,
  MERCHANT_ACCOUNT,
  POINT_TYPE,
  WALLET,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { AUTUMN } from "../support/economy-samples.ts";
import { attestCards, type LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  COMPANY,
  KAWASAKI,
  type LedgerWorld,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";
import { type Arrangement, accepted, all, cardholderRows, counterRows } from "./counter-rows.ts";

const DAY_MS = 86_400_000;
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const HEALTH = POINT_TYPE.key(TOSHIMA, "health");
const HEALTH_BUDGET = BUDGET.key(TOSHIMA, 2026, "HEALTH");
const TILL = MERCHANT_ACCOUNT.key("museum");
const AUTUMN_CAMPAIGN = { issuer: TOSHIMA, ...AUTUMN };
const CAMPAIGN_KEY = CAMPAIGN.key(TOSHIMA, AUTUMN.pointType, AUTUMN.campaign);
/** After the last day of the sample's points, 31 March 2028. */
const LAPSED_MS = Date.UTC(2028, 2, 31, 15);
/** The last month of a fiscal year that a campaign can name. */
const LAST_FISCAL_YEAR = { opensAtMs: Date.UTC(9999, 2, 1), closesAtMs: Date.UTC(9999, 2, 31) };
const SET_AT_ISSUE = { kind: "SET_AT_ISSUE", date: null, days: null } as const;

function fullWallet(run: LedgerRun): void {
  const [lot] = run.read(WALLET_KEY)?.lots ?? [];
  assert.ok(lot);
  const lots = Array.from({ length: WALLET_LOTS_MAX }, (_, i) => ({ ...lot, number: i + 1 }));
  change(WALLET_KEY, { lots, nextLot: WALLET_LOTS_MAX + 1 })(run);
}

type Stage = "opened" | "eventOpened" | "ending";

/** Rows of the point economy. */
export function economyRows(world: LedgerWorld): readonly RuleRow[] {
  const paid = accepted(world, "PAY");
  const opened = accepted(world, "CAMPAIGN_OPEN");
  const eventOpened = accepted(world, "CAMPAIGN_OPEN", {
    public: { trigger: "CHECKIN", rateBp: 10_000, checkinPt: 100 },
  });
  const ending = accepted(world, "SCHEME_WIND_DOWN");
  return [
    ...parameterRows(),
    ...grantRows(ending),
    ...expiryRows(ending),
    ...takeBackRows(world, paid, opened),
    ...campaignRows(ending, opened),
    ...premiumRows(world, { opened, eventOpened, ending }),
  ];
}

function parameterRows(): RuleRow[] {
  const type = "PARAM_SET";
  return [
    { id: "a week before", type, code: "OK" },
    {
      id: "a day too late",
      type,
      public: { effectiveOn: "2026-11-07" },
      code: "NOTICE_TOO_SHORT",
    },
    {
      id: "more than there may be",
      type,
      public: { value: PARAMETERS.RESERVE_DAYS.max + 1 },
      code: "PARAMETER_OUT_OF_RANGE",
    },
    { id: "less", type, public: { value: 0 }, code: "PARAMETER_OUT_OF_RANGE" },
  ];
}

function grantRows(ending: Arrangement): RuleRow[] {
  const batch = "POINT_GRANT_BATCH";
  const reverse = "GRANT_REVERSE";
  const item = (amountPt: number, wallet: Uint8Array = WALLET_HANDLE) => {
    return {
      public: { totalPt: amountPt },
      private: { items: [{ wallet, amountPt }] },
    };
  };
  return [
    { id: "of a type that ends", type: "POINT_GRANT", arrange: ending, code: "SCHEME_ENDING" },
    { id: "one wallet", type: batch, code: "OK" },
    { id: "another total", type: batch, public: { totalPt: 501 }, code: "ITEMS_MISMATCH" },
    { id: "another count", type: batch, public: { items: 2 }, code: "ITEMS_MISMATCH" },
    {
      id: "no such type",
      type: batch,
      public: { pointType: "sports" },
      code: "UNKNOWN_POINT_TYPE",
    },
    { id: "of a type that ends", type: batch, arrange: ending, code: "SCHEME_ENDING" },
    { id: "another year", type: batch, public: { fiscalYear: 2025 }, code: "FISCAL_YEAR_MISMATCH" },
    {
      id: "another date than the rule's",
      type: batch,
      public: { expiresOn: "2028-03-30" },
      code: "EXPIRY_MISMATCH",
    },
    {
      id: "a date that has passed",
      type: batch,
      public: { expiresOn: "2026-10-31" },
      arrange: change(HEALTH, { expiryRule: SET_AT_ISSUE }),
      code: "EXPIRY_IN_PAST",
    },
    { id: "no such wallet", type: batch, ...item(500, seedOf("nobody")), code: "UNKNOWN_WALLET" },
    {
      id: "a suspended wallet",
      type: batch,
      arrange: change(WALLET_KEY, { status: "SUSPENDED" }),
      code: "WALLET_SUSPENDED",
    },
    { id: "more than the cap on one grant", type: batch, ...item(25_001), code: "LIMIT_EXCEEDED" },
    {
      id: "more than the budget",
      type: batch,
      arrange: change(HEALTH_BUDGET, { appropriatedPt: 1499 }),
      code: "BUDGET_INSUFFICIENT",
    },

    { id: "a whole grant", type: reverse, code: "OK" },
    {
      id: "more than is left",
      type: reverse,
      arrange: (run) => assert.equal(run.result(run.world.pay(1)), "OK"),
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "no such wallet",
      type: reverse,
      private: { wallet: seedOf("nobody") },
      code: "UNKNOWN_WALLET",
    },
    {
      id: "a grant whose right was freed otherwise",
      type: reverse,
      arrange: change(HEALTH_BUDGET, { grantedPt: 999 }),
      code: "BUDGET_INSUFFICIENT",
    },
    { id: "no such lot", type: reverse, private: { lot: 2 }, code: "UNKNOWN_LOT" },
    {
      id: "another category",
      type: reverse,
      public: { budgetCategory: "EVENT" },
      code: "UNKNOWN_LOT",
    },
    {
      id: "points that were converted",
      type: reverse,
      arrange: (run) => {
        const lots = run.read(WALLET_KEY)?.lots ?? [];
        change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, origin: "CONVERSION" })) })(run);
      },
      code: "UNKNOWN_LOT",
    },
    {
      id: "another municipality's grant",
      type: reverse,
      public: { issuer: KAWASAKI },
      code: "UNKNOWN_LOT",
    },
  ];
}

function expiryRows(ending: Arrangement): RuleRow[] {
  const sweep = "EXPIRE_SWEEP";
  const extend = "LOT_EXTEND";
  const end = "SCHEME_WIND_DOWN";
  const lapsed = { overrides: { createdAtMs: LAPSED_MS }, atMs: LAPSED_MS };
  return [
    { id: "the day after the last", type: sweep, ...lapsed, code: "OK" },
    {
      id: "by a company",
      type: sweep,
      public: { organisation: COMPANY },
      ...lapsed,
      code: "OK",
    },
    {
      id: "the last day itself",
      type: sweep,
      overrides: { createdAtMs: LAPSED_MS - 1 },
      atMs: LAPSED_MS - 1,
      code: "NOTHING_EXPIRED",
    },
    {
      id: "wallets that are not there",
      type: sweep,
      private: { wallets: [seedOf("nobody")] },
      ...lapsed,
      code: "NOTHING_EXPIRED",
    },
    {
      id: "no such type",
      type: sweep,
      public: { pointType: "sports" },
      ...lapsed,
      code: "UNKNOWN_POINT_TYPE",
    },
    {
      id: "after the end of the scheme",
      type: sweep,
      arrange: ending,
      overrides: { createdAtMs: Date.UTC(2026, 11, 31, 15) },
      atMs: Date.UTC(2026, 11, 31, 15),
      code: "OK",
    },

    { id: "half a year", type: extend, code: "OK" },
    {
      id: "an earlier date",
      type: extend,
      public: { extendedTo: "2028-03-30" },
      code: "EXPIRY_MISMATCH",
    },
    {
      id: "a date that has passed",
      type: extend,
      public: { expiresOn: "2026-10-30", extendedTo: "2026-10-31" },
      code: "EXPIRY_IN_PAST",
    },
    {
      id: "points that lapse on another day",
      type: extend,
      public: { expiresOn: "2028-03-30" },
      code: "UNKNOWN_LOT",
    },
    {
      id: "no such wallet",
      type: extend,
      private: { wallets: [WALLET_HANDLE, seedOf("nobody")] },
      code: "UNKNOWN_LOT",
    },
    { id: "of a type that ends", type: extend, arrange: ending, code: "SCHEME_ENDING" },

    { id: "sixty days ahead", type: end, code: "OK" },
    { id: "a day less", type: end, public: { endsOn: "2026-12-30" }, code: "NOTICE_TOO_SHORT" },
    { id: "no such type", type: end, public: { pointType: "sports" }, code: "UNKNOWN_POINT_TYPE" },
    { id: "sooner than announced", type: end, arrange: ending, code: "SCHEME_ENDING" },
    {
      id: "later than announced",
      type: end,
      public: { endsOn: "2027-01-31" },
      arrange: ending,
      code: "OK",
    },
  ];
}

function takeBackRows(world: LedgerWorld, paid: Arrangement, opened: Arrangement): RuleRow[] {
  const { PAY } = world.samples;
  const rows: RuleRow[] = ["PAY_VOID", "PAY_REFUND"].flatMap((type) => {
    const unknown = { arrange: paid, code: "PAYMENT_NOT_FOUND" };
    return [
      ...counterRows(world, type, paid),
      { id: "a payment of that day", type, arrange: paid, code: "OK" },
      { id: "a payment that was never made", type, code: "PAYMENT_NOT_FOUND" },
      { id: "another salt", type, private: { salt: seedOf("another") }, ...unknown },
      {
        id: "another amount on the receipt",
        type,
        private: { payment: { ...PAY?.private, amountPt: 251 } },
        ...unknown,
      },
      {
        id: "a payment that was voided",
        type,
        arrange: all(paid, (run) => assert.equal(run.result(world.sample("PAY_VOID")), "OK")),
        code: "PAYMENT_NOT_FOUND",
      },
      {
        id: "points that were settled",
        type,
        arrange: all(paid, change(TILL, { holdings: [] })),
        code: "TILL_INSUFFICIENT",
      },
      {
        id: "into a full wallet",
        type,
        private: { payment: { ...PAY?.private, amountPt: 1000 } },
        arrange: all(
          (run) => assert.equal(run.result(world.pay(1000)), "OK"),
          (run) => {
            const terms = { issuer: TOSHIMA, pointType: "health", category: "HEALTH" as const };
            const lot = {
              ...terms,
              amountPt: 1,
              remainingPt: 1,
              issuedOn: "2026-11-01",
              expiresOn: null,
              origin: "GRANT" as const,
              consideration: "NONE" as const,
              restrictedTo: [],
              perUseCapPt: 100,
            };
            const lots = Array.from({ length: WALLET_LOTS_MAX }, (_, i) => ({
              ...lot,
              number: i + 2,
            }));
            change(WALLET_KEY, { lots, nextLot: WALLET_LOTS_MAX + 2 })(run);
          },
        ),
        code: "LIMIT_EXCEEDED",
      },
      {
        id: "a premium that was spent",
        type,
        private: {
          payment: { ...PAY?.private, campaign: AUTUMN_CAMPAIGN },
        },
        arrange: all(opened, (run) => {
          const bodies = { public: {}, private: { ...PAY?.private, campaign: AUTUMN_CAMPAIGN } };
          assert.equal(run.result(world.transaction("PAY", bodies)), "OK");
          // What the payment gives back is of the premium's type, too: only without it nothing is left.
          const lots = run.read(WALLET_KEY)?.lots ?? [];
          const others = lots.map((lot) => ({ ...lot, pointType: "culture" }));
          change(WALLET_KEY, { lots: others })(run);
          change(TILL, {
            holdings: [{ fiscalYear: 2026, issuer: TOSHIMA, pointType: "culture", balancePt: 250 }],
          })(run);
        }),
        code: "PREMIUM_SPENT",
      },
    ];
  });
  const nextDay = { overrides: { createdAtMs: AT_MS + DAY_MS }, atMs: AT_MS + DAY_MS };
  const after = (days: number) => {
    const atMs = AT_MS + days * DAY_MS;
    return { overrides: { createdAtMs: atMs }, atMs };
  };
  return [
    ...rows,
    {
      id: "a payment of yesterday",
      type: "PAY_VOID",
      arrange: paid,
      ...nextDay,
      code: "VOID_TOO_LATE",
    },
    {
      id: "more than was paid",
      type: "PAY_REFUND",
      private: { amountPt: 251 },
      arrange: paid,
      code: "REFUND_TOO_LARGE",
    },
    {
      id: "more than is left after another refund",
      type: "PAY_REFUND",
      private: { amountPt: 151 },
      arrange: all(paid, (run) => assert.equal(run.result(world.sample("PAY_REFUND")), "OK")),
      code: "REFUND_TOO_LARGE",
    },
    { id: "on the last day", type: "PAY_REFUND", arrange: paid, ...after(45), code: "OK" },
    {
      id: "a day too late",
      type: "PAY_REFUND",
      arrange: paid,
      ...after(46),
      code: "REFUND_TOO_LATE",
    },
  ];
}

function campaignRows(ending: Arrangement, opened: Arrangement): RuleRow[] {
  const open = "CAMPAIGN_OPEN";
  const adjust = "CAMPAIGN_ADJUST";
  const close = "CAMPAIGN_CLOSE";
  const closed: Arrangement = all(
    opened,
    change(CAMPAIGN_KEY, { status: "CLOSED", totalCapPt: 0 }),
  );
  return [
    { id: "in November", type: open, code: "OK" },
    { id: "no such type", type: open, public: { pointType: "sports" }, code: "UNKNOWN_POINT_TYPE" },
    { id: "of a type that ends", type: open, arrange: ending, code: "SCHEME_ENDING" },
    { id: "twice", type: open, arrange: opened, code: "ALREADY_EXISTS" },
    {
      id: "points for coming without an event",
      type: open,
      public: { checkinPt: 100 },
      code: "CAMPAIGN_TERMS_INVALID",
    },
    {
      id: "an event without points",
      type: open,
      public: { trigger: "CHECKIN" },
      code: "CAMPAIGN_TERMS_INVALID",
    },
    {
      id: "an event that gives other points than it says",
      type: open,
      public: { trigger: "CHECKIN", checkinPt: 100, rateBp: 20_000 },
      code: "CAMPAIGN_TERMS_INVALID",
    },
    { id: "no premium", type: open, public: { rateBp: 0 }, code: "CAMPAIGN_TERMS_INVALID" },
    {
      id: "over before it begins",
      type: open,
      public: { closesAtMs: AT_MS },
      code: "CAMPAIGN_TERMS_INVALID",
    },
    {
      id: "up to the end of the fiscal year",
      type: open,
      public: { closesAtMs: Date.UTC(2027, 2, 31, 15) },
      code: "OK",
    },
    {
      id: "a moment into the next",
      type: open,
      public: { closesAtMs: Date.UTC(2027, 2, 31, 15) + 1 },
      code: "FISCAL_YEAR_MISMATCH",
    },
    {
      id: "a last day that the type's rule does not leave to it",
      type: open,
      public: { premiumExpiresOn: "2028-03-31" },
      code: "EXPIRY_MISMATCH",
    },
    {
      id: "no last day where the type wants one",
      type: open,
      arrange: change(HEALTH, { expiryRule: SET_AT_ISSUE }),
      code: "EXPIRY_MISMATCH",
    },
    {
      id: "premiums that lapse before it ends",
      type: open,
      public: { premiumExpiresOn: "2026-11-29" },
      arrange: change(HEALTH, { expiryRule: SET_AT_ISSUE }),
      code: "EXPIRY_IN_PAST",
    },
    {
      id: "more than the budget",
      type: open,
      public: { totalCapPt: 999_001 },
      code: "BUDGET_INSUFFICIENT",
    },
    {
      id: "so late that its premiums would outlast the calendar",
      type: open,
      public: { ...LAST_FISCAL_YEAR, fiscalYear: 9998 },
      arrange: change(HEALTH, {
        expiryRule: { kind: "DAYS_FROM_ISSUE", date: null, days: 3650 },
      }),
      code: "BUDGET_INSUFFICIENT",
    },

    { id: "twice as much", type: adjust, arrange: opened, code: "OK" },
    { id: "no such campaign", type: adjust, code: "UNKNOWN_CAMPAIGN" },
    { id: "a closed one", type: adjust, arrange: closed, code: "CAMPAIGN_NOT_OPEN" },
    {
      id: "less than was given",
      type: adjust,
      public: { totalCapPt: 100 },
      arrange: all(opened, change(CAMPAIGN_KEY, { premiumPt: 101 })),
      code: "CAMPAIGN_TERMS_INVALID",
    },
    {
      id: "an end that has passed",
      type: adjust,
      public: { closesAtMs: AT_MS },
      arrange: opened,
      code: "CAMPAIGN_TERMS_INVALID",
    },
    {
      id: "another budget",
      type: adjust,
      public: { budgetCategory: "EVENT" },
      arrange: opened,
      code: "FISCAL_YEAR_MISMATCH",
    },
    {
      id: "an end after the last day of its premiums",
      type: adjust,
      public: { closesAtMs: Date.UTC(2026, 11, 31, 15) },
      arrange: all(
        opened,
        change(HEALTH, { expiryRule: { kind: "FIXED_DATE", date: "2026-12-30", days: null } }),
      ),
      code: "EXPIRY_IN_PAST",
    },
    {
      id: "into the next year",
      type: adjust,
      public: { closesAtMs: Date.UTC(2027, 3, 30) },
      arrange: opened,
      code: "FISCAL_YEAR_MISMATCH",
    },
    {
      id: "more than the budget",
      type: adjust,
      public: { totalCapPt: 999_001 },
      arrange: opened,
      code: "BUDGET_INSUFFICIENT",
    },

    { id: "an open one", type: close, arrange: opened, code: "OK" },
    { id: "no such campaign", type: close, code: "UNKNOWN_CAMPAIGN" },
    { id: "one that gave all", type: close, arrange: closed, code: "CAMPAIGN_NOT_OPEN" },
    {
      id: "another budget",
      type: close,
      public: { budgetCategory: "EVENT" },
      arrange: opened,
      code: "FISCAL_YEAR_MISMATCH",
    },
  ];
}

function premiumRows(
  world: LedgerWorld,
  { opened, eventOpened, ending }: { readonly [stage in Stage]: Arrangement },
): RuleRow[] {
  const inCampaign = { type: "PAY", private: { campaign: AUTUMN_CAMPAIGN } };
  const type = "EVENT_CHECKIN";
  const decemberMs = Date.UTC(2026, 10, 30, 15);
  return [
    { id: "in a campaign", ...inCampaign, arrange: opened, code: "OK" },
    { id: "in no such campaign", ...inCampaign, code: "UNKNOWN_CAMPAIGN" },
    {
      id: "in a campaign whose points are going to end",
      ...inCampaign,
      arrange: all(opened, ending),
      code: "CAMPAIGN_NOT_OPEN",
    },
    {
      id: "in the last moment of a campaign",
      ...inCampaign,
      arrange: all(opened, attestCards(decemberMs)),
      overrides: { createdAtMs: decemberMs - 1 },
      atMs: decemberMs - 1,
      code: "OK",
    },
    {
      id: "after a campaign",
      ...inCampaign,
      arrange: all(opened, attestCards(decemberMs)),
      overrides: { createdAtMs: decemberMs },
      atMs: decemberMs,
      code: "CAMPAIGN_NOT_OPEN",
    },
    {
      id: "before a campaign",
      ...inCampaign,
      arrange: all(opened, change(CAMPAIGN_KEY, { opensAtMs: AT_MS + 1 })),
      code: "CAMPAIGN_NOT_OPEN",
    },
    {
      id: "in a campaign for other kinds of merchants",
      ...inCampaign,
      arrange: all(opened, change(CAMPAIGN_KEY, { restrictedTo: ["ZOO"] })),
      code: "CAMPAIGN_NOT_OPEN",
    },
    {
      id: "in a campaign for conversions",
      ...inCampaign,
      arrange: all(opened, change(CAMPAIGN_KEY, { trigger: "CONVERT" })),
      code: "CAMPAIGN_NOT_OPEN",
    },
    {
      id: "in a campaign of which nothing is left",
      ...inCampaign,
      arrange: all(opened, change(CAMPAIGN_KEY, { premiumPt: 10_000 })),
      code: "OK",
    },

    ...counterRows(world, type, eventOpened),
    ...cardholderRows(world, type, eventOpened),
    { id: "for the first time", type, arrange: eventOpened, code: "OK" },
    {
      id: "again",
      type,
      arrange: all(eventOpened, (run) => assert.equal(run.result(world.sample(type)), "OK")),
      code: "ALREADY_CHECKED_IN",
    },
    { id: "no such event", type, code: "UNKNOWN_CAMPAIGN" },
    { id: "a campaign on payments", type, arrange: opened, code: "CAMPAIGN_NOT_OPEN" },
    {
      id: "an event that has given all",
      type,
      arrange: all(eventOpened, change(CAMPAIGN_KEY, { premiumPt: 10_000 })),
      code: "CAMPAIGN_EXHAUSTED",
    },
    {
      id: "with a full wallet",
      type,
      arrange: all(eventOpened, fullWallet),
      code: "LIMIT_EXCEEDED",
    },
  ];
}
