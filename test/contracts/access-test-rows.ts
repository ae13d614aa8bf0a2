/** Rows of the table of all rules: access tests. */
import assert from "node:assert/strict";
import { LOADTEST, LOADTEST_PING, TERMINAL } from "../../contracts/state/state-records.ts";
import type { LedgerRun } from "../support/ledger-run.ts";
import { AT_MS, type LedgerWorld, newTerminal } from "../support/ledger-world.ts";
import { change, type RuleRow } from "../support/rule-row.ts";

const terminal = TERMINAL.key("museum-1");
const anotherTerminal = newTerminal();

/** Every way in which an access test is right or wrong. */
export function accessTestRows(world: LedgerWorld): RuleRow[] {
  const announce = (run: LedgerRun) => {
    assert.equal(run.result(world.sample("LOADTEST_OPEN")), "OK");
  };
  return [
    // LOADTEST_OPEN
    { id: "for an hour", type: "LOADTEST_OPEN", code: "OK" },
    { id: "in place of another", type: "LOADTEST_OPEN", arrange: announce, code: "OK" },
    {
      id: "for more than an hour",
      type: "LOADTEST_OPEN",
      public: { closesAtMs: AT_MS + 3_600_001 },
      code: "LOADTEST_WINDOW_INVALID",
    },
    {
      id: "that closes before it opens",
      type: "LOADTEST_OPEN",
      public: { opensAtMs: AT_MS + 2, closesAtMs: AT_MS + 2 },
      code: "LOADTEST_WINDOW_INVALID",
    },
    {
      id: "that is over",
      type: "LOADTEST_OPEN",
      public: { opensAtMs: AT_MS - 1, closesAtMs: AT_MS },
      code: "LOADTEST_WINDOW_INVALID",
    },

    // LOADTEST_PING
    { id: "in the announced hour", type: "LOADTEST_PING", arrange: announce, code: "OK" },
    { id: "in no test", type: "LOADTEST_PING", code: "LOADTEST_CLOSED" },
    {
      id: "in another test",
      type: "LOADTEST_PING",
      private: { test: "spring-2027" },
      arrange: announce,
      code: "LOADTEST_CLOSED",
    },
    {
      id: "too early",
      type: "LOADTEST_PING",
      arrange: (run) => {
        announce(run);
        change(LOADTEST, { opensAtMs: AT_MS + 1 })(run);
      },
      code: "LOADTEST_CLOSED",
    },
    {
      id: "too late",
      type: "LOADTEST_PING",
      arrange: (run) => {
        announce(run);
        change(LOADTEST, { closesAtMs: AT_MS })(run);
      },
      code: "LOADTEST_CLOSED",
    },
    {
      id: "once more",
      type: "LOADTEST_PING",
      arrange: (run) => {
        announce(run);
        assert.equal(run.result(world.sample("LOADTEST_PING")), "OK");
      },
      code: "LOADTEST_REPEATED",
    },
    {
      id: "after another test",
      type: "LOADTEST_PING",
      arrange: (run) => {
        announce(run);
        run.plant(LOADTEST_PING.key("museum-1"), { test: "spring-2026" });
      },
      code: "OK",
    },
    {
      id: "by a terminal that nobody knows",
      type: "LOADTEST_PING",
      private: { terminal: "museum-2" },
      arrange: announce,
      code: "UNKNOWN_TERMINAL",
    },
    {
      id: "by a revoked terminal",
      type: "LOADTEST_PING",
      arrange: (run) => {
        announce(run);
        change(terminal, { status: "REVOKED" })(run);
      },
      code: "TERMINAL_REVOKED",
    },
    {
      id: "with another terminal's key",
      type: "LOADTEST_PING",
      arrange: announce,
      overrides: { signers: [anotherTerminal] },
      code: "SIGNER_NOT_AUTHORISED",
    },
  ];
}
