import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import {
  type ArmedTerminal,
  armTerminals,
  readTerminals,
} from "../../../client/access-test/armed-terminals.ts";
import { confirmAll, UNCONFIRMED } from "../../../client/access-test/confirm.ts";
import { fireAll, type PingOutcome } from "../../../client/access-test/fire.ts";
import { accessPlot } from "../../../client/access-test/latency-plot.ts";
import { outcomesFromCsv, outcomesToCsv } from "../../../client/access-test/outcomes-csv.ts";
import { summarise } from "../../../client/access-test/summary.ts";
import { summaryLines } from "../../../client/access-test/summary-lines.ts";
import { ClientError } from "../../../client/client-fault.ts";
import type { TransactionState } from "../../../client/sdk/answers.ts";
import { TerminalKey } from "../../../client/terminal/terminal-key.ts";
import { LedgerFault } from "../../../ledger/faults.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const ID = new Uint8Array(16);
const COMMITTED: TransactionState = {
  id: ID,
  status: "committed",
  result: "OK",
  height: 7,
  index: 0,
};

const outcome = (fields: Partial<PingOutcome>): PingOutcome => ({
  terminal: "hall-1",
  node: "http://a",
  result: "OK",
  latencyMs: 10,
  sent: 1,
  height: 7,
  ...fields,
});

const terminal = (name: string): ArmedTerminal => ({
  terminal: name,
  id: "00",
  bytes: new Uint8Array([1]),
});

/** A node that gives these answers, one after the other, then says committed. */
function nodeAnswering(url: string, ...answers: readonly Error[]) {
  const waiting = [...answers];
  return {
    url,
    submit: async () => {
      const error = waiting.shift();
      if (error !== undefined) throw error;
      return COMMITTED;
    },
  };
}

describe("terminals fire", () => {
  const now = () => ({ atMs: Date.now() });

  it("at their nodes in turn", async () => {
    const nodes = [nodeAnswering("http://a"), nodeAnswering("http://b")];
    const outcomes = await fireAll(["x", "y", "z"].map(terminal), { nodes, ...now() });
    assert.deepEqual(
      outcomes.map(({ node, result, sent }) => [node, result, sent]),
      [
        ["http://a", "OK", 1],
        ["http://b", "OK", 1],
        ["http://a", "OK", 1],
      ],
    );
  });

  it("again at a busy node, not before it asks for it", async () => {
    const nodes = [nodeAnswering("http://a", new LedgerFault("BUSY", { retryAfterS: 1 }))];
    const [only] = await fireAll([terminal("x")], { nodes, ...now() });
    assert.deepEqual([only?.result, only?.sent], ["OK", 2]);
    assert.ok((only?.latencyMs ?? 0) >= 990);
  }).timeout(10_000);

  it("at the next node when one is out of reach", async () => {
    const nodes = [
      nodeAnswering("http://a", new ClientError("NODE_UNREACHABLE")),
      nodeAnswering("http://b"),
    ];
    const [only] = await fireAll([terminal("x")], { nodes, ...now() });
    assert.deepEqual([only?.node, only?.result, only?.sent], ["http://b", "OK", 2]);
  });

  it("once, when they are refused for good", async () => {
    const nodes = [nodeAnswering("http://a", new LedgerFault("TERMINAL_REVOKED"))];
    const [only] = await fireAll([terminal("x")], { nodes, ...now() });
    assert.deepEqual([only?.result, only?.sent, only?.height], ["TERMINAL_REVOKED", 1, null]);
  });

  it("until their time is up, when a node stays busy", async () => {
    const nodes = [nodeAnswering("http://a", new LedgerFault("BUSY", { retryAfterS: 30 }))];
    const [only] = await fireAll([terminal("x")], { nodes, atMs: Date.now() - 100_000 });
    assert.deepEqual([only?.result, only?.sent], ["BUSY", 1]);
  });
});

describe("what a node calls committed", () => {
  const node = (url: string, state: TransactionState) => ({ url, transaction: async () => state });

  it("counts when another one holds it", async () => {
    const nodes = [
      node("http://a", { ...COMMITTED, status: "unknown", result: null, height: null }),
      node("http://b", COMMITTED),
    ];
    const told = [outcome({ terminal: "x" }), outcome({ terminal: "y", node: "http://b" })];
    const confirmed = await confirmAll(["x", "y"].map(terminal), told, nodes);
    assert.deepEqual(
      confirmed.map(({ result }) => result),
      ["OK", UNCONFIRMED],
    );
  });
});

describe("armed terminals", () => {
  const newDirectory = temporaryDirectories();
  let pem: string;
  before(async () => {
    pem = (await TerminalKey.generate()).toPem();
  });

  it("have their names from their files, and pings that begin at the instant", async () => {
    const folder = newDirectory();
    for (const name of ["hall-2", "hall-1"]) writeFileSync(join(folder, `${name}.pem`), pem);
    writeFileSync(join(folder, "notes.txt"), "");
    const terminals = readTerminals(folder);
    const test = { networkId: new Uint8Array(32), test: "autumn", atMs: 1_800_000_000_000 };
    const armed = await armTerminals(terminals, test);
    assert.deepEqual(
      armed.map((one) => one.terminal),
      ["hall-1", "hall-2"],
    );
    const [first] = armed.map(({ bytes }) => decodeTransaction(bytes));
    assert.equal(first?.envelope.type, "LOADTEST_PING");
    assert.equal(first?.envelope.createdAtMs, test.atMs);
    assert.deepEqual(first?.privateBody, ["autumn", "hall-1"]);
  });

  it("are none in a folder without keys, or with something else", () => {
    const folder = newDirectory();
    assert.throws(() => readTerminals(folder), { code: "FILE_UNREADABLE" });
    writeFileSync(join(folder, "hall-1.pem"), "no key");
    assert.throws(() => readTerminals(folder), { code: "FILE_MALFORMED" });
  });
});

describe("the report of an access test", () => {
  const outcomes = [
    outcome({ terminal: "hall-1", latencyMs: 30 }),
    outcome({ terminal: "hall-2", latencyMs: 10, sent: 3 }),
    outcome({ terminal: "hall-3", node: "http://b", latencyMs: 20 }),
    outcome({ terminal: "hall-4", node: "http://b", result: "BUSY", height: null }),
  ];

  it("survives CSV", () => {
    assert.deepEqual(outcomesFromCsv(outcomesToCsv(outcomes)), outcomes);
  });

  for (const [what, text] of [
    ["another header", "a,b\r\n"],
    ["no outcome", outcomesToCsv([])],
    ["a line with a column too many", `${outcomesToCsv(outcomes)}a,b,OK,1,1,1,1\r\n`],
  ] as const) {
    it(`is not read from ${what}`, () =>
      assert.throws(() => outcomesFromCsv(text), /^Error: line/));
  }

  it("has a summary for each node, and one of all", () => {
    const [a, b, all] = summarise(outcomes);
    assert.deepEqual([a?.node, a?.terminals, a?.committed, a?.sentAgain], ["http://a", 2, 2, 1]);
    assert.deepEqual(a?.latencyMs, { p50: 10, p95: 30, p99: 30, p100: 30 });
    assert.deepEqual([b?.committed, b?.failures], [1, { BUSY: 1 }]);
    assert.deepEqual([all?.node, all?.terminals, all?.committed], [null, 4, 3]);
  });

  it("never rounds up to all", () => {
    const many = Array.from({ length: 2000 }, (_, i) => outcome({ terminal: `t-${i}` }));
    const lost = [outcome({ result: "UNDECIDED" }), ...many];
    assert.match(summaryLines(summarise(lost)).join("\n"), /99\.9 %/);
    assert.match(summaryLines(summarise(many)).join("\n"), /100\.0 %/);
    assert.match(summaryLines(summarise(outcomes)).join("\n"), /1 × BUSY: .*混雑/);
  });

  it("has a line for each node in the plot, up to the last answer", () => {
    const lines = [...accessPlot(outcomes).matchAll(/<polyline points="([^"]*)"/g)];
    assert.deepEqual(
      lines.map(([, points]) => points?.split(" ").length),
      [3, 3],
    );
    assert.ok(lines[0]?.[1]?.endsWith("700.0,60.0"));
  });
});
