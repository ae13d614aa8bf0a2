/** Rows of the table of all rules: vouchers and projects. */

import { commitToDonation, DONATION, PROJECT } from "../../contracts/projects/project.ts";
import { HOLDINGS_MAX, type Holdings } from "../../contracts/spending/till.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import {
  MERCHANT,
  MERCHANT_ACCOUNT,
  STATUS_LIST,
  TERMINAL,
  WALLET,
} from "../../contracts/state/state-records.ts";
import { VOUCHER, VOUCHER_SERIES } from "../../contracts/vouchers/voucher.ts";
import { toHex } from "../../ledger/bytes.ts";
import { WALLET_LOTS_MAX } from "../../ledger/limits.ts";
import { attestCards, type LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  DONATION_SALT,
  KAWASAKI,
  keyOf,
  type LedgerWorld,
  NEW_VOUCHER,
  newCard,
  newTerminal,
  seedOf,
  TOSHIMA,
  VOUCHER as VOUCHER_PARTY,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

type Arrange = (run: LedgerRun) => void;

const SERIES = VOUCHER_SERIES.key(TOSHIMA, "spring");
const VOUCHER_KEY = VOUCHER.key(toHex(VOUCHER_PARTY.publicKey));
const PROJECT_KEY = PROJECT.key(TOSHIMA, "old-school");
const DONATION_KEY = DONATION.key(toHex(commitToDonation(DONATION_SALT, WALLET_HANDLE)));
const WALLET_KEY = WALLET.key(toHex(WALLET_HANDLE));
const museum = MERCHANT.key("museum");
const anotherCard = newCard();
const anotherTerminal = newTerminal();

function inOrder(...steps: readonly Arrange[]): Arrange {
  return (run) => {
    for (const step of steps) step(run);
  };
}

/** At midnight in Japan at the beginning of a day: block, transaction and the word on cards. */
function onDay(
  year: number,
  month: number,
  day: number,
): Partial<RuleRow> & { readonly attest: Arrange } {
  const atMs = Date.UTC(year, month - 1, day - 1, 15);
  return { atMs, overrides: { createdAtMs: atMs }, attest: attestCards(atMs) };
}

/** So many balances. */
function manyHoldings(fiscalYear: number): Holdings {
  return Array.from({ length: HOLDINGS_MAX }, (_, i) => {
    return { fiscalYear, issuer: TOSHIMA, pointType: `type-${1000 + i}`, balancePt: 1 };
  });
}

/** A wallet with as many lots as it may have. */
function fullWallet(run: LedgerRun): void {
  const [lot] = run.read(WALLET_KEY)?.lots ?? [];
  if (lot === undefined) throw new Error("the set-up grants points");
  const lots = Array.from({ length: WALLET_LOTS_MAX }, (_, i) => ({ ...lot, number: i + 1 }));
  change(WALLET_KEY, { lots })(run);
}

function restrictLots(categories: readonly ("MUSEUM" | "ZOO")[]): Arrange {
  return (run) => {
    const lots = run.read(WALLET_KEY)?.lots ?? [];
    change(WALLET_KEY, { lots: lots.map((lot) => ({ ...lot, restrictedTo: categories })) })(run);
  };
}

/** The faults of every type that a card signs, as `WALLET`'s owner. */
function cardholderRows(type: string, ready: Arrange): RuleRow[] {
  const staleMs = AT_MS + 86_400_000 + 1;
  return [
    {
      id: "no such wallet",
      type,
      private: { wallet: seedOf("nobody") },
      arrange: ready,
      code: type === "DONATION_REFUND" ? "UNKNOWN_DONATION" : "UNKNOWN_WALLET",
    },
    {
      id: "a wallet of another municipality",
      type,
      private: { municipality: KAWASAKI },
      arrange: ready,
      code: "UNKNOWN_WALLET",
    },
    {
      id: "a suspended wallet",
      type,
      arrange: inOrder(ready, change(WALLET_KEY, { status: "SUSPENDED" })),
      code: "WALLET_SUSPENDED",
    },
    {
      id: "another salt",
      type,
      private: { cardSalt: seedOf("another") },
      arrange: ready,
      code: "CARD_MISMATCH",
    },
    {
      id: "a card that nobody attested lately",
      type,
      arrange: ready,
      atMs: staleMs,
      overrides: { createdAtMs: staleMs },
      code: "CERT_STATUS_STALE",
    },
  ];
}

/** Another municipality's verifier has just gone through its cards. */
function attestIn(municipality: string): Arrange {
  return (run) => run.plant(STATUS_LIST.key(municipality), { asOfMs: AT_MS });
}

function plantAll<T>(entries: readonly (readonly [StateKey<T>, T])[]): Arrange {
  return (run) => {
    for (const [key, value] of entries) run.plant(key, value);
  };
}

function voucherRows(world: LedgerWorld): RuleRow[] {
  const accept =
    (type: string): Arrange =>
    (run) => {
      if (run.result(world.sample(type)) !== "OK") throw new Error(`${type} is refused`);
    };
  const defined = accept("VOUCHER_SERIES_DEFINE");
  const issued = inOrder(defined, accept("VOUCHER_ISSUE"));
  const used = inOrder(issued, change(VOUCHER_KEY, { status: "REDEEMED" }));
  const elsewhere = inOrder(issued, change(VOUCHER_KEY, { series: "summer" }));
  const lastDay = onDay(2027, 3, 31);
  const tooLate = onDay(2027, 4, 1);
  const lastDayOfShops = onDay(2027, 4, 30);
  const over = onDay(2027, 5, 1);
  const taken = { id: "a key that is in use", arrange: issued, code: "KEY_USED" };
  const redeem = { type: "VOUCHER_REDEEM", arrange: issued };
  return [
    { id: "a new series", type: "VOUCHER_SERIES_DEFINE", code: "OK" },
    {
      id: "a second time",
      type: "VOUCHER_SERIES_DEFINE",
      arrange: defined,
      code: "ALREADY_EXISTS",
    },
    {
      id: "points that nobody defined",
      type: "VOUCHER_SERIES_DEFINE",
      public: { pointType: "sports" },
      code: "UNKNOWN_POINT_TYPE",
    },
    {
      id: "over before it begins",
      type: "VOUCHER_SERIES_DEFINE",
      public: { expiresOn: "2026-10-31" },
      code: "EXPIRY_IN_PAST",
    },
    {
      id: "shops that would have to redeem before residents pay",
      type: "VOUCHER_SERIES_DEFINE",
      public: { redeemableUntil: "2027-03-30" },
      code: "EXPIRY_MISMATCH",
    },

    { id: "one voucher", type: "VOUCHER_ISSUE", arrange: defined, code: "OK" },
    {
      id: "more than the wallet holds",
      type: "VOUCHER_ISSUE",
      private: { vouchers: ["a", "b", "c"].map((label) => keyOf(label).publicKey) },
      arrange: defined,
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "points that may be spent at fewer places",
      type: "VOUCHER_ISSUE",
      arrange: inOrder(defined, restrictLots(["MUSEUM"])),
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "points for a series that is no wider than they are",
      type: "VOUCHER_ISSUE",
      arrange: inOrder(
        defined,
        restrictLots(["MUSEUM"]),
        change(SERIES, { restrictedTo: ["MUSEUM"] }),
      ),
      code: "OK",
    },
    {
      id: "points that would last longer as vouchers",
      type: "VOUCHER_ISSUE",
      arrange: inOrder(defined, change(SERIES, { expiresOn: "2028-04-01" })),
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "points for a series that ends with them",
      type: "VOUCHER_ISSUE",
      arrange: inOrder(defined, change(SERIES, { expiresOn: "2028-03-31" })),
      code: "OK",
    },
    {
      id: "as many as were cancelled of a series that was full",
      type: "VOUCHER_ISSUE",
      arrange: inOrder(
        defined,
        change(SERIES, { limitPt: 1000, issuedPt: 2000, redeemedPt: 500, cancelledPt: 1500 }),
      ),
      code: "OK",
    },
    {
      id: "more than the series has",
      type: "VOUCHER_ISSUE",
      arrange: inOrder(defined, change(SERIES, { limitPt: 499 })),
      code: "LIMIT_EXCEEDED",
    },
    { ...taken, type: "VOUCHER_ISSUE" },
    { id: "no such series", type: "VOUCHER_ISSUE", code: "UNKNOWN_SERIES" },
    {
      id: "the day after the last",
      type: "VOUCHER_ISSUE",
      ...tooLate,
      arrange: inOrder(defined, tooLate.attest),
      code: "SERIES_CLOSED",
    },
    {
      id: "on the last day",
      type: "VOUCHER_ISSUE",
      ...lastDay,
      arrange: inOrder(defined, lastDay.attest),
      code: "OK",
    },
    {
      id: "another card",
      type: "VOUCHER_ISSUE",
      arrange: defined,
      overrides: { signers: [anotherCard] },
      code: "CARD_MISMATCH",
    },
    ...cardholderRows("VOUCHER_ISSUE", defined),

    { id: "at the museum", ...redeem, code: "OK" },
    { id: "on the last day for shops", ...redeem, ...lastDayOfShops, code: "OK" },
    { id: "after it", ...redeem, ...over, code: "VOUCHER_EXPIRED" },
    { id: "no such series", type: "VOUCHER_REDEEM", code: "UNKNOWN_SERIES" },
    { id: "no such voucher", type: "VOUCHER_REDEEM", arrange: defined, code: "UNKNOWN_VOUCHER" },
    { id: "another series", ...redeem, arrange: elsewhere, code: "UNKNOWN_VOUCHER" },
    { id: "a second time", ...redeem, arrange: used, code: "VOUCHER_USED" },
    { id: "no such merchant", ...redeem, private: { merchant: "cafe" }, code: "UNKNOWN_MERCHANT" },
    {
      id: "a suspended merchant",
      ...redeem,
      arrange: inOrder(issued, change(museum, { status: "SUSPENDED" })),
      code: "MERCHANT_SUSPENDED",
    },
    {
      id: "no such terminal",
      ...redeem,
      private: { terminal: "museum-2" },
      code: "UNKNOWN_TERMINAL",
    },
    {
      id: "a revoked terminal",
      ...redeem,
      arrange: inOrder(issued, change(TERMINAL.key("museum-1"), { status: "REVOKED" })),
      code: "TERMINAL_REVOKED",
    },
    {
      id: "another terminal's signature",
      ...redeem,
      overrides: { signers: [VOUCHER_PARTY, anotherTerminal] },
      code: "SIGNER_NOT_AUTHORISED",
    },
    {
      id: "another municipality's merchant",
      ...redeem,
      arrange: inOrder(issued, change(museum, { issuer: KAWASAKI })),
      code: "NOT_ACCEPTED_HERE",
    },
    {
      id: "a kind of merchant that does not take it",
      ...redeem,
      arrange: inOrder(issued, change(SERIES, { restrictedTo: ["ZOO"] })),
      code: "NOT_ACCEPTED_HERE",
    },
    {
      id: "a till without room",
      ...redeem,
      arrange: inOrder(
        issued,
        plantAll([[MERCHANT_ACCOUNT.key("museum"), { holdings: manyHoldings(2025) }]]),
      ),
      code: "LIMIT_EXCEEDED",
    },

    { id: "an unused one", type: "VOUCHER_CANCEL", arrange: issued, code: "OK" },
    { id: "no such series", type: "VOUCHER_CANCEL", code: "UNKNOWN_SERIES" },
    { id: "no such voucher", type: "VOUCHER_CANCEL", arrange: defined, code: "UNKNOWN_VOUCHER" },
    { id: "a used one", type: "VOUCHER_CANCEL", arrange: used, code: "VOUCHER_USED" },
    {
      id: "one that has expired",
      type: "VOUCHER_CANCEL",
      ...tooLate,
      arrange: inOrder(issued, tooLate.attest),
      code: "VOUCHER_EXPIRED",
    },
    {
      id: "into a wallet without room",
      type: "VOUCHER_CANCEL",
      arrange: inOrder(issued, fullWallet),
      code: "LIMIT_EXCEEDED",
    },
    {
      id: "into a wallet with another municipality",
      type: "VOUCHER_CANCEL",
      private: { municipality: KAWASAKI },
      arrange: inOrder(issued, change(WALLET_KEY, { municipality: KAWASAKI }), attestIn(KAWASAKI)),
      code: "UNKNOWN_WALLET",
    },
    ...cardholderRows("VOUCHER_CANCEL", issued),

    { id: "a lost one", type: "VOUCHER_REISSUE", arrange: issued, code: "OK" },
    { id: "no such series", type: "VOUCHER_REISSUE", code: "UNKNOWN_SERIES" },
    { id: "no such voucher", type: "VOUCHER_REISSUE", arrange: defined, code: "UNKNOWN_VOUCHER" },
    { id: "a used one", type: "VOUCHER_REISSUE", arrange: used, code: "VOUCHER_USED" },
    {
      ...taken,
      type: "VOUCHER_REISSUE",
      arrange: inOrder(
        issued,
        plantAll([
          [
            VOUCHER.key(toHex(NEW_VOUCHER.publicKey)),
            { issuer: TOSHIMA, series: "spring", status: "OPEN" },
          ],
        ]),
      ),
    },
    {
      id: "after the last day",
      type: "VOUCHER_REISSUE",
      ...tooLate,
      arrange: issued,
      code: "SERIES_CLOSED",
    },

    {
      id: "after the last day for shops",
      type: "VOUCHER_EXPIRE",
      ...over,
      arrange: issued,
      code: "OK",
    },
    {
      id: "on the last day for shops",
      type: "VOUCHER_EXPIRE",
      ...lastDayOfShops,
      arrange: issued,
      code: "EXPIRY_MISMATCH",
    },
    { id: "no such series", type: "VOUCHER_EXPIRE", code: "UNKNOWN_SERIES" },
    {
      id: "another type of points",
      type: "VOUCHER_EXPIRE",
      public: { pointType: "sports" },
      arrange: issued,
      code: "UNKNOWN_SERIES",
    },
    {
      id: "nothing left",
      type: "VOUCHER_EXPIRE",
      ...over,
      arrange: defined,
      code: "SERIES_CLOSED",
    },
  ];
}

function projectRows(world: LedgerWorld): RuleRow[] {
  const accept =
    (type: string): Arrange =>
    (run) => {
      if (run.result(world.sample(type)) !== "OK") throw new Error(`${type} is refused`);
    };
  const opened = accept("PROJECT_OPEN");
  const given = inOrder(opened, accept("DONATE"));
  const over = onDay(2027, 1, 1);
  const late = onDay(2027, 3, 3);
  const missed = inOrder(
    given,
    change(PROJECT_KEY, { status: "REFUNDING", claimUntil: "2027-03-02" }),
  );
  const settle = { type: "PROJECT_SETTLE", ...over };
  return [
    { id: "a new project", type: "PROJECT_OPEN", code: "OK" },
    { id: "a second time", type: "PROJECT_OPEN", arrange: opened, code: "ALREADY_EXISTS" },
    {
      id: "over before it begins",
      type: "PROJECT_OPEN",
      public: { deadline: "2026-10-31" },
      code: "EXPIRY_IN_PAST",
    },
    {
      id: "for a merchant of another municipality",
      type: "PROJECT_OPEN",
      arrange: change(museum, { issuer: KAWASAKI }),
      code: "UNKNOWN_MERCHANT",
    },

    { id: "400 of 1,000 points", type: "DONATE", arrange: opened, code: "OK" },
    {
      id: "more than the wallet holds",
      type: "DONATE",
      private: { amountPt: 1001 },
      arrange: opened,
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "points that may not be spent at the beneficiary",
      type: "DONATE",
      arrange: inOrder(opened, restrictLots(["ZOO"])),
      code: "BALANCE_INSUFFICIENT",
    },
    {
      id: "points that may be spent there alone",
      type: "DONATE",
      arrange: inOrder(opened, restrictLots(["MUSEUM"])),
      code: "OK",
    },
    { id: "no such project", type: "DONATE", code: "UNKNOWN_PROJECT" },
    {
      id: "the day after the deadline",
      type: "DONATE",
      ...over,
      arrange: inOrder(opened, over.attest),
      code: "PROJECT_CLOSED",
    },
    {
      id: "a project that is paid",
      type: "DONATE",
      arrange: inOrder(opened, change(PROJECT_KEY, { status: "PAID" })),
      code: "PROJECT_CLOSED",
    },
    { id: "the same salt again", type: "DONATE", arrange: given, code: "ALREADY_EXISTS" },
    {
      id: "a project without room for more types",
      type: "DONATE",
      arrange: inOrder(opened, change(PROJECT_KEY, { holdings: manyHoldings(2026) })),
      code: "LIMIT_EXCEEDED",
    },
    ...cardholderRows("DONATE", opened),

    { id: "a goal that was missed", ...settle, arrange: given, code: "OK" },
    {
      id: "a goal that was reached",
      ...settle,
      arrange: inOrder(given, change(PROJECT_KEY, { goalPt: 400 })),
      code: "OK",
    },
    { id: "no such project", ...settle, code: "UNKNOWN_PROJECT" },
    {
      id: "another beneficiary",
      ...settle,
      public: { beneficiary: "cafe" },
      arrange: given,
      code: "UNKNOWN_MERCHANT",
    },
    {
      id: "before the deadline",
      type: "PROJECT_SETTLE",
      arrange: given,
      code: "PROJECT_OPEN_STILL",
    },
    {
      id: "while donors may have their points back",
      ...settle,
      arrange: missed,
      code: "PROJECT_OPEN_STILL",
    },
    {
      id: "after donors could have their points back",
      type: "PROJECT_SETTLE",
      ...late,
      arrange: missed,
      code: "OK",
    },
    {
      id: "a project that is paid",
      ...settle,
      arrange: inOrder(given, change(PROJECT_KEY, { status: "PAID" })),
      code: "PROJECT_CLOSED",
    },
    {
      id: "other types than it holds",
      ...settle,
      public: { pointTypes: [] },
      arrange: given,
      code: "TOTAL_MISMATCH",
    },
    {
      id: "a project with as many types as it can hold",
      ...settle,
      public: { pointTypes: manyHoldings(2026).map(({ pointType }) => pointType) },
      arrange: inOrder(given, change(PROJECT_KEY, { goalPt: 1, holdings: manyHoldings(2026) })),
      code: "OK",
    },
    {
      id: "a till without room",
      ...settle,
      arrange: inOrder(
        given,
        change(PROJECT_KEY, { goalPt: 1 }),
        plantAll([[MERCHANT_ACCOUNT.key("museum"), { holdings: manyHoldings(2025) }]]),
      ),
      code: "LIMIT_EXCEEDED",
    },

    {
      id: "what was given",
      type: "DONATION_REFUND",
      arrange: missed,
      code: "OK",
    },
    { id: "no such project", type: "DONATION_REFUND", code: "UNKNOWN_PROJECT" },
    {
      id: "a project that goes on",
      type: "DONATION_REFUND",
      arrange: given,
      code: "PROJECT_CLOSED",
    },
    {
      id: "the day after the last",
      type: "DONATION_REFUND",
      ...late,
      arrange: inOrder(missed, late.attest),
      code: "PROJECT_CLOSED",
    },
    {
      id: "another salt",
      type: "DONATION_REFUND",
      private: { donationSalt: seedOf("another") },
      arrange: missed,
      code: "UNKNOWN_DONATION",
    },
    {
      id: "a second time",
      type: "DONATION_REFUND",
      arrange: inOrder(missed, change(DONATION_KEY, { status: "REFUNDED" })),
      code: "UNKNOWN_DONATION",
    },
    {
      id: "into a wallet without room",
      type: "DONATION_REFUND",
      arrange: inOrder(missed, fullWallet),
      code: "LIMIT_EXCEEDED",
    },
    ...cardholderRows("DONATION_REFUND", missed),
  ];
}

/** The rows of vouchers and projects. */
export function voucherAndProjectRows(world: LedgerWorld): readonly RuleRow[] {
  return [...voucherRows(world), ...projectRows(world)];
}
