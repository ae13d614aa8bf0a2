/** Rows of the rules about what is forgotten, for the table in transactions.test.ts. */
import { PARAMETER } from "../../contracts/governance/parameters.ts";
import { WITNESS } from "../../contracts/governance/witness.ts";
import type { LedgerRun } from "../support/ledger-run.ts";
import { AT_MS, type LedgerWorld, officerOf, seedOf, TOSHIMA } from "../support/ledger-world.ts";
import type { RuleRow } from "../support/rule-row.ts";
import { accepted, all } from "./counter-rows.ts";

const DAY_MS = 86_400_000;

function daysLater(days: number): Pick<RuleRow, "overrides" | "atMs"> {
  const atMs = AT_MS + days * DAY_MS;
  return { overrides: { createdAtMs: atMs }, atMs };
}

/** Something has needed the witness since a day. */
function needed(since: string): (run: LedgerRun) => void {
  return (run) => run.plant(WITNESS, { keptFrom: null, needed: [{ since, count: 1 }] });
}

function setTo(parameter: "WITNESS_DAYS" | "DISPUTE_DAYS", value: number) {
  return (run: LedgerRun) => run.plant(PARAMETER.key(parameter), { value, next: null });
}

/** The rows; the sample is of 1 November 2026, and keeps all from 17 September on. */
export function witnessRows(world: LedgerWorld): RuleRow[] {
  return [...pruneRows(world), ...forgetRows(world)];
}

function pruneRows(world: LedgerWorld): RuleRow[] {
  const type = "WITNESS_PRUNE";
  const disputed = all(accepted(world, "PAY"), accepted(world, "DISPUTE_OPEN"));
  const decided = all(disputed, accepted(world, "DISPUTE_RESOLVE"));
  const dayOfPayment = { public: { keptFrom: "2026-11-01" } };
  const nextDay = { public: { keptFrom: "2026-11-02" } };
  return [
    { id: "what is 45 days old", type, code: "OK" },
    { id: "a day more", type, public: { keptFrom: "2026-09-18" }, code: "WITNESS_TOO_YOUNG" },
    {
      id: "up to the last day of the calendar",
      type,
      public: { keptFrom: "9999-12-31" },
      code: "WITNESS_TOO_YOUNG",
    },
    { id: "twice", type, arrange: accepted(world, type), code: "WITNESS_PRUNED" },
    {
      id: "less than before",
      type,
      public: { keptFrom: "2026-09-16" },
      arrange: accepted(world, type),
      code: "WITNESS_PRUNED",
    },
    {
      id: "what may still be refunded",
      type,
      arrange: setTo("DISPUTE_DAYS", 46),
      code: "WITNESS_TOO_YOUNG",
    },
    {
      id: "what governors want to keep",
      type,
      arrange: setTo("WITNESS_DAYS", 92),
      code: "WITNESS_TOO_YOUNG",
    },
    {
      id: "less than 45 days, where governors said so",
      type,
      public: { keptFrom: "2026-10-25" },
      arrange: all(setTo("WITNESS_DAYS", 7), setTo("DISPUTE_DAYS", 7)),
      code: "OK",
    },
    {
      id: "the day of a payment that is disputed",
      type,
      ...nextDay,
      arrange: disputed,
      ...daysLater(50),
      code: "WITNESS_NEEDED",
    },
    {
      id: "the day before it",
      type,
      ...dayOfPayment,
      arrange: disputed,
      ...daysLater(50),
      code: "OK",
    },
    { id: "once it is decided", type, ...nextDay, arrange: decided, ...daysLater(50), code: "OK" },
    {
      id: "what a dispute has held up to the hard limit",
      type,
      ...nextDay,
      arrange: disputed,
      ...daysLater(92),
      code: "WITNESS_NEEDED",
    },
    {
      id: "and no longer",
      type,
      ...nextDay,
      arrange: disputed,
      ...daysLater(93),
      code: "OK",
    },
    {
      id: "the period of a batch that nobody approved",
      type,
      arrange: needed("2026-09-16"),
      code: "WITNESS_NEEDED",
    },
    {
      id: "by somebody who does not govern",
      type,
      overrides: { signers: [officerOf(TOSHIMA, "clerk")] },
      code: "SIGNER_NOT_AUTHORISED",
    },
  ];
}

function forgetRows(world: LedgerWorld): RuleRow[] {
  const type = "PAYMENTS_FORGET";
  const paid = accepted(world, "PAY");
  const keptFrom = (day: string) => (run: LedgerRun) =>
    run.plant(WITNESS, { keptFrom: day, needed: [] });
  return [
    {
      id: "a payment whose witness is destroyed",
      type,
      arrange: all(paid, keptFrom("2026-11-02")),
      ...daysLater(50),
      code: "OK",
    },
    {
      id: "at the hard limit, though nobody said so",
      type,
      arrange: paid,
      ...daysLater(93),
      code: "OK",
    },
    { id: "the day before it", type, arrange: paid, ...daysLater(92), code: "NOTHING_TO_FORGET" },
    {
      id: "a payment whose witness is kept",
      type,
      arrange: all(paid, keptFrom("2026-11-01")),
      ...daysLater(50),
      code: "NOTHING_TO_FORGET",
    },
    {
      id: "of wallets that are not there",
      type,
      private: { wallets: [seedOf("nobody")] },
      code: "NOTHING_TO_FORGET",
    },
  ];
}
