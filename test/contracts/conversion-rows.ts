/** Rows of the rules about partners and conversions, for the table in transactions.test.ts. */
import assert from "node:assert/strict";
import { CAMPAIGN } from "../../contracts/campaigns/campaign-records.ts";
import {
  CONSENT,
  CONVERSION,
  PARTNER,
  RESERVE,
  RESERVE_ENTRIES_MAX,
} from "../../contracts/conversion/conversion-records.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import {
  DUE,
  ISSUE,
  POINT_TYPE,
  WALLET,
  type Wallet,
} from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { AMOUNT_PT_MAX, ISSUED_PT_MAX, WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { AUTUMN } from "../support/economy-samples.ts";
import type { LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  CARD_SALT,
  COMPANY,
  CONVERSION_ID,
  KAWASAKI,
  type LedgerWorld,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";
import { type Arrangement, accepted, all, cardholderRows } from "./counter-rows.ts";

const DAY_MS = 86_400_000;
const HANDLE_HEX = toHex(WALLET_HANDLE);
const WALLET_KEY = WALLET.key(HANDLE_HEX);
const PARTNER_KEY = PARTNER.key(COMPANY);
const RESERVE_KEY = RESERVE.key(HANDLE_HEX);
const CONVERSION_KEY = CONVERSION.key(toHex(CONVERSION_ID));
const ECONOMY = POINT_TYPE.key(TOSHIMA, "economy");

/** Everything up to 2,700 pt in the reserve of the sample wallet. */
export interface Stages {
  readonly registered: Arrangement;
  readonly rated: Arrangement;
  readonly consented: Arrangement;
  readonly requested: Arrangement;
  readonly confirmed: Arrangement;
  /** And a type of points that they can become. */
  readonly allocatable: Arrangement;
}

/** The stages of a conversion, each after those before it. */
export function conversionStages(world: LedgerWorld): Stages {
  const registered = accepted(world, "PARTNER_REGISTER");
  const rated = all(registered, accepted(world, "CONVERSION_RATE_SET"));
  const consented = all(rated, accepted(world, "CONSENT_GRANT"));
  const requested = all(consented, (run) => {
    const bytes = world.sample("CONVERT_REQUEST", { id: CONVERSION_ID });
    assert.equal(run.result(bytes), "OK");
  });
  const confirmed = all(requested, accepted(world, "CONVERT_CONFIRM"));
  const typed = accepted(world, "POINT_TYPE_DEFINE", {
    public: { pointType: "economy", category: "ECONOMY" },
  });
  return { registered, rated, consented, requested, confirmed, allocatable: all(confirmed, typed) };
}

/** The campaign, and the points that it gives, as if another municipality had them too. */
function copyToKawasaki(run: LedgerRun): void {
  const { pointType, campaign } = AUTUMN;
  for (const space of [CAMPAIGN, POINT_TYPE, ISSUE]) {
    const name = space === CAMPAIGN ? [pointType, campaign] : [pointType];
    const key = space.key(KAWASAKI, ...name) as StateKey<unknown>;
    run.plant(key, run.read(space.key(TOSHIMA, ...name) as StateKey<unknown>));
  }
}

function full(run: LedgerRun): void {
  const [lot] = run.read(WALLET_KEY)?.lots ?? [];
  assert.ok(lot);
  const lots: Wallet["lots"] = Array.from({ length: WALLET_LOTS_MAX }, (_, i) => {
    return { ...lot, number: i + 1 };
  });
  change(WALLET_KEY, { lots, nextLot: WALLET_LOTS_MAX + 1 })(run);
}

/** Rows about partners and conversions. */
export function conversionRows(world: LedgerWorld): readonly RuleRow[] {
  const stages = conversionStages(world);
  return [
    ...partnerRows(stages),
    ...consentRows(world, stages),
    ...requestRows(world, stages),
    ...answerRows(stages),
    ...allocationRows(world, stages),
    ...reserveRows(world, stages),
    ...fundingRows(stages),
  ];
}

function partnerRows({ registered, rated }: Stages): RuleRow[] {
  const register = "PARTNER_REGISTER";
  const rate = "CONVERSION_RATE_SET";
  const later = { effectiveOn: "2026-11-08" };
  return [
    { id: "a company", type: register, code: "OK" },
    { id: "again, with other terms", type: register, arrange: registered, code: "OK" },
    {
      id: "a municipality",
      type: register,
      public: { partner: KAWASAKI },
      code: "UNKNOWN_ORGANISATION",
    },
    { id: "the first one, from today", type: rate, arrange: registered, code: "OK" },
    { id: "without a partner", type: rate, code: "UNKNOWN_PARTNER" },
    {
      id: "the first one, from some day",
      type: rate,
      public: later,
      arrange: registered,
      code: "NOTICE_TOO_SHORT",
    },
    { id: "another one, a week ahead", type: rate, public: later, arrange: rated, code: "OK" },
    { id: "another one, from today", type: rate, arrange: rated, code: "NOTICE_TOO_SHORT" },
  ];
}

function consentRows(world: LedgerWorld, { registered, consented }: Stages): RuleRow[] {
  const grant = "CONSENT_GRANT";
  const revoke = "CONSENT_REVOKE";
  return [
    ...cardholderRows(world, grant, registered),
    ...cardholderRows(world, revoke, consented),
    { id: "by the resident", type: grant, arrange: registered, code: "OK" },
    { id: "to a company that is no partner", type: grant, code: "UNKNOWN_PARTNER" },
    { id: "by the resident", type: revoke, arrange: consented, code: "OK" },
    { id: "that was never given", type: revoke, arrange: registered, code: "CONSENT_MISSING" },
  ];
}

function requestRows(world: LedgerWorld, { registered, rated, consented }: Stages): RuleRow[] {
  const type = "CONVERT_REQUEST";
  const consent = CONSENT.key(COMPANY, HANDLE_HEX);
  return [
    ...cardholderRows(world, type, consented),
    { id: "three steps", type, arrange: consented, code: "OK" },
    { id: "of no partner", type, code: "UNKNOWN_PARTNER" },
    { id: "of a partner without a rate", type, arrange: registered, code: "UNKNOWN_PARTNER" },
    { id: "without consent", type, arrange: rated, code: "CONSENT_MISSING" },
    {
      id: "after the consent was revoked",
      type,
      arrange: all(consented, change(consent, { status: "REVOKED" })),
      code: "CONSENT_MISSING",
    },
    {
      id: "E4: a part of a step",
      type,
      private: { units: 650 },
      arrange: consented,
      code: "NOT_UNIT_STEP",
    },
    {
      id: "less than the minimum",
      type,
      private: { units: 200 },
      arrange: consented,
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "more than the cap",
      type,
      private: { units: 2200 },
      arrange: consented,
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "up to what the company may owe",
      type,
      arrange: all(consented, change(PARTNER_KEY, { convertedYen: 8000, fundedYen: 700 })),
      code: "OK",
    },
    {
      id: "a yen more than the company may owe",
      type,
      arrange: all(consented, change(PARTNER_KEY, { pendingYen: 7301 })),
      code: "EXPOSURE_EXCEEDED",
    },
    {
      id: "of a company that has to pay before",
      type,
      arrange: all(consented, change(PARTNER_KEY, { funding: "PRE", fundedYen: 2699 })),
      code: "EXPOSURE_EXCEEDED",
    },
    {
      id: "of a company that has paid before",
      type,
      arrange: all(consented, change(PARTNER_KEY, { funding: "PRE", fundedYen: 2700 })),
      code: "OK",
    },
  ];
}

function answerRows({ requested, confirmed }: Stages): RuleRow[] {
  const confirm = "CONVERT_CONFIRM";
  const reject = "CONVERT_REJECT";
  const at = (atMs: number) => ({ overrides: { createdAtMs: atMs }, atMs });
  const deadlineMs = AT_MS + 3 * DAY_MS;
  const rejected: Arrangement = all(
    requested,
    change(CONVERSION_KEY, { status: "REJECTED", wallet: null }),
  );
  const others: Arrangement = all(requested, change(CONVERSION_KEY, { partner: KAWASAKI }));
  const fullReserve: Arrangement = all(requested, (run) => {
    const entries = Array.from({ length: RESERVE_ENTRIES_MAX }, (_, i) => {
      return { partner: `company-${i}`, amountPt: 1, restsUntil: "2026-11-15" };
    });
    run.plant(RESERVE_KEY, { entries });
  });
  return [
    { id: "at the last moment", type: confirm, arrange: requested, ...at(deadlineMs), code: "OK" },
    {
      id: "a moment too late",
      type: confirm,
      arrange: requested,
      ...at(deadlineMs + 1),
      code: "CONVERSION_LATE",
    },
    { id: "that nobody asked for", type: confirm, code: "UNKNOWN_CONVERSION" },
    {
      id: "that another company was asked for",
      type: confirm,
      arrange: others,
      code: "UNKNOWN_CONVERSION",
    },
    {
      id: "into another wallet",
      type: confirm,
      private: { wallet: seedOf("another") },
      arrange: requested,
      code: "UNKNOWN_CONVERSION",
    },
    {
      id: "into a wallet that was closed meanwhile",
      type: confirm,
      arrange: all(requested, change(WALLET_KEY, { status: "CLOSED" })),
      code: "UNKNOWN_WALLET",
    },
    { id: "twice", type: confirm, arrange: confirmed, code: "CONVERSION_CLOSED" },
    { id: "after it was rejected", type: confirm, arrange: rejected, code: "CONVERSION_CLOSED" },
    {
      id: "more than one entry can hold",
      type: confirm,
      arrange: all(requested, (run) => {
        const entry = { partner: COMPANY, amountPt: AMOUNT_PT_MAX, restsUntil: "2026-11-15" };
        run.plant(RESERVE_KEY, { entries: [entry] });
      }),
      code: "LIMIT_EXCEEDED",
    },
    { id: "into a full reserve", type: confirm, arrange: fullReserve, code: "LIMIT_EXCEEDED" },

    { id: "by the company", type: reject, arrange: requested, code: "OK" },
    { id: "that nobody asked for", type: reject, code: "UNKNOWN_CONVERSION" },
    {
      id: "that another company was asked for",
      type: reject,
      arrange: others,
      code: "UNKNOWN_CONVERSION",
    },
    { id: "after it was confirmed", type: reject, arrange: confirmed, code: "CONVERSION_CLOSED" },
    {
      id: "by a municipality while the company may answer",
      type: reject,
      public: { organisation: KAWASAKI },
      arrange: requested,
      ...at(deadlineMs),
      code: "ANSWER_PENDING",
    },
    {
      id: "by a municipality when its time is over",
      type: reject,
      public: { organisation: KAWASAKI },
      arrange: requested,
      ...at(deadlineMs + 1),
      code: "OK",
    },
  ];
}

/** What converted points cannot become. */
function typeRows(type: string, { confirmed, allocatable }: Stages): RuleRow[] {
  return [
    { id: "of no such type", type, arrange: confirmed, code: "UNKNOWN_POINT_TYPE" },
    {
      id: "of a type for something else",
      type,
      arrange: all(allocatable, change(ECONOMY, { category: "HEALTH" })),
      code: "NOT_CONVERTIBLE",
    },
    {
      id: "of a type whose last day each grant sets",
      type,
      arrange: all(
        allocatable,
        change(ECONOMY, { expiryRule: { kind: "SET_AT_ISSUE", date: null, days: null } }),
      ),
      code: "NOT_CONVERTIBLE",
    },
    {
      id: "of a type that has lapsed",
      type,
      arrange: all(
        allocatable,
        change(ECONOMY, { expiryRule: { kind: "FIXED_DATE", date: "2026-10-31", days: null } }),
      ),
      code: "NOT_CONVERTIBLE",
    },
    {
      id: "more than can be counted",
      type,
      arrange: all(allocatable, change(ISSUE.key(TOSHIMA, "economy"), { issuedPt: ISSUED_PT_MAX })),
      code: "LIMIT_EXCEEDED",
    },
    { id: "into a full wallet", type, arrange: all(allocatable, full), code: "LIMIT_EXCEEDED" },
    {
      id: "where the due of the month is for something else",
      type,
      arrange: all(allocatable, (run) =>
        run.plant(DUE.key(COMPANY, TOSHIMA, "conversion-2026-11"), {
          kind: "COST_SHARE",
          arisenOn: "2026-11-01",
          owedYen: 100,
          settledYen: 0,
          writtenOffYen: 0,
          clearing: null,
        }),
      ),
      code: "NOT_CONVERTIBLE",
    },
  ];
}

function allocationRows(world: LedgerWorld, stages: Stages): RuleRow[] {
  const type = "CONVERT_ALLOCATE";
  const { allocatable } = stages;
  const ending = accepted(world, "SCHEME_WIND_DOWN", { public: { pointType: "economy" } });
  const opened = (trigger: string) =>
    all(allocatable, accepted(world, "CAMPAIGN_OPEN", { public: { trigger } }));
  const inCampaign = { campaign: { issuer: TOSHIMA, ...AUTUMN } };
  return [
    ...cardholderRows(world, type, allocatable, "from"),
    {
      id: "into somebody else's wallet",
      type,
      private: {
        to: { municipality: TOSHIMA, wallet: seedOf("friend"), cardSalt: seedOf("friend's salt") },
      },
      arrange: all(
        allocatable,
        accepted(world, "WALLET_OPEN", { public: { handle: seedOf("friend") } }),
      ),
      code: "CARD_MISMATCH",
    },
    ...typeRows(type, stages),
    { id: "a part", type, arrange: allocatable, code: "OK" },
    { id: "all", type, private: { amountPt: 2700 }, arrange: allocatable, code: "OK" },
    {
      id: "more than there is",
      type,
      private: { amountPt: 2701 },
      arrange: allocatable,
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "of a type that ends",
      type,
      arrange: all(allocatable, ending),
      code: "SCHEME_ENDING",
    },
    { id: "in a campaign", type, private: inCampaign, arrange: opened("CONVERT"), code: "OK" },
    {
      id: "in no such campaign",
      type,
      private: inCampaign,
      arrange: allocatable,
      code: "UNKNOWN_CAMPAIGN",
    },
    {
      id: "in another municipality's campaign",
      type,
      private: { campaign: { issuer: KAWASAKI, ...AUTUMN } },
      arrange: all(opened("CONVERT"), copyToKawasaki),
      code: "CAMPAIGN_NOT_OPEN",
    },
    {
      id: "in a campaign on payments",
      type,
      private: inCampaign,
      arrange: opened("PAY"),
      code: "CAMPAIGN_NOT_OPEN",
    },
  ];
}

function reserveRows(world: LedgerWorld, stages: Stages): RuleRow[] {
  const auto = "CONVERT_AUTO_ALLOCATE";
  const move = "DEFAULT_MUNI_SET";
  const { confirmed, allocatable } = stages;
  const rested = change(RESERVE_KEY, {
    entries: [{ partner: COMPANY, amountPt: 2700, restsUntil: "2026-10-31" }],
  });
  const restedStages = {
    ...stages,
    confirmed: all(confirmed, rested),
    allocatable: all(allocatable, rested),
  };
  const other = { handle: seedOf("another") };
  const to = { municipality: TOSHIMA, wallet: other.handle, cardSalt: CARD_SALT };
  const secondWallet = all(confirmed, accepted(world, "WALLET_OPEN", { public: other }));
  const fullReserve: Arrangement = (run) => {
    const entries = Array.from({ length: RESERVE_ENTRIES_MAX }, (_, i) => {
      return { partner: `company-${i}`, amountPt: 1, restsUntil: "2026-11-15" };
    });
    run.plant(RESERVE.key(toHex(other.handle)), { entries });
  };
  return [
    ...typeRows(auto, restedStages),
    { id: "what has rested", type: auto, arrange: restedStages.allocatable, code: "OK" },
    {
      id: "more than one lot can hold",
      type: auto,
      arrange: all(
        allocatable,
        change(RESERVE_KEY, {
          entries: ["2026-10-30", "2026-10-31"].map((restsUntil) => {
            return { partner: COMPANY, amountPt: AMOUNT_PT_MAX, restsUntil };
          }),
        }),
      ),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "a wallet that is closed",
      type: auto,
      arrange: all(restedStages.allocatable, change(WALLET_KEY, { status: "CLOSED" })),
      code: "RESERVE_EMPTY",
    },
    { id: "what still rests", type: auto, arrange: allocatable, code: "RESERVE_EMPTY" },
    {
      id: "what another company gave",
      type: auto,
      public: { partner: "airline" },
      arrange: restedStages.allocatable,
      code: "RESERVE_EMPTY",
    },
    {
      id: "another municipality's wallet",
      type: auto,
      arrange: all(restedStages.allocatable, change(WALLET_KEY, { municipality: KAWASAKI })),
      code: "RESERVE_EMPTY",
    },
    {
      id: "of a type that ends",
      type: auto,
      arrange: all(
        restedStages.allocatable,
        accepted(world, "SCHEME_WIND_DOWN", { public: { pointType: "economy" } }),
      ),
      code: "SCHEME_ENDING",
    },

    ...cardholderRows(world, move, confirmed, "from"),
    { id: "to a second wallet", type: move, private: { to }, arrange: secondWallet, code: "OK" },
    { id: "to the same wallet", type: move, arrange: confirmed, code: "RESERVE_EMPTY" },
    {
      id: "of an empty reserve",
      type: move,
      private: { to },
      arrange: all(secondWallet, change(RESERVE_KEY, { entries: [] })),
      code: "RESERVE_EMPTY",
    },
    {
      id: "into a full reserve",
      type: move,
      private: { to },
      arrange: all(secondWallet, fullReserve),
      code: "LIMIT_EXCEEDED",
    },
  ];
}

function fundingRows({ registered, allocatable }: Stages): RuleRow[] {
  const type = "FUNDING_CONFIRM";
  const cause = "conversion-2026-11";
  const due = DUE.key(COMPANY, TOSHIMA, cause);
  const owed: Arrangement = all(allocatable, (run) => {
    const accept = run.world.sample("CONVERT_ALLOCATE");
    assert.equal(run.result(accept), "OK");
  });
  return [
    { id: "what is owed", type, arrange: owed, code: "OK" },
    {
      id: "a yen more",
      type,
      public: { amountYen: 1001 },
      arrange: owed,
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "what a clearing has settled",
      type,
      arrange: all(owed, change(due, { settledYen: 1000 })),
      code: "OK",
    },
    {
      id: "what a clearing is about to settle",
      type,
      arrange: all(owed, change(due, { clearing: { operator: TOSHIMA, clearing: "november" } })),
      code: "DUE_IN_CLEARING",
    },
    { id: "of no partner", type, code: "UNKNOWN_PARTNER" },
    { id: "for which nothing is owed", type, arrange: registered, code: "UNKNOWN_DUE" },
    {
      id: "in advance, of a company that pays after",
      type,
      public: { cause: null },
      arrange: registered,
      code: "FUNDING_MISMATCH",
    },
    {
      id: "in advance, more than can be counted",
      type,
      public: { cause: null },
      arrange: all(registered, change(PARTNER_KEY, { funding: "PRE", fundedYen: ISSUED_PT_MAX })),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "in advance, of a company that pays before",
      type,
      public: { cause: null },
      arrange: all(registered, change(PARTNER_KEY, { funding: "PRE" })),
      code: "OK",
    },
  ];
}
