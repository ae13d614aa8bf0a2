import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { Journal, type JournalEntry } from "../../../client/terminal/journal.ts";
import { utf8 } from "../../../ledger/bytes.ts";
import { decodeTransaction } from "../../../ledger/transaction.ts";
import { AT_MS, LedgerWorld } from "../../support/ledger-world.ts";
import { Power, PowerDisk } from "../../support/power.ts";

const DAY = "2026-11-01";

describe("a terminal's journal", () => {
  let world: LedgerWorld;
  let payment: Uint8Array;
  let disk: PowerDisk;
  let journal: Journal;
  let entry: JournalEntry;

  before(() => {
    world = new LedgerWorld();
    payment = world.pay(250);
    const { id } = decodeTransaction(payment);
    entry = { id, amountPt: 250, outcome: "PAID", atMs: AT_MS, height: 7 };
  });

  beforeEach(() => {
    disk = new PowerDisk(new Power());
    journal = new Journal("terminal/journal", world.networkId, disk);
  });

  it("gives back the payment that was begun, with its amount", () => {
    assert.equal(journal.pending(), null);
    journal.begin(payment);
    assert.deepEqual(journal.pending(), {
      id: entry.id,
      errand: { kind: "PAYMENT", amountPt: 250 },
      bytes: payment,
    });
  });

  it("begins no second one beside it", () => {
    journal.begin(payment);
    assert.throws(() => journal.begin(world.pay(1)), /not decided/);
    assert.equal(journal.pending()?.id, entry.id);
  });

  it("keeps amount, time and number of what was decided, and none of the payment's bytes", () => {
    journal.begin(payment);
    journal.end(entry);
    assert.equal(journal.pending(), null);
    assert.deepEqual(journal.day(DAY), { entries: [entry], tornLines: 0 });
    assert.equal(disk.read("terminal/journal/payment"), null);
    assert.equal(disk.read("terminal/journal/payment.draft"), null);
  });

  it("a payment that is ended again is listed once", () => {
    for (const height of [7, 8]) journal.end({ ...entry, height });
    assert.deepEqual(journal.day(DAY).entries, [{ ...entry, height: 8 }]);
  });

  it("passes over a torn line, and the next one is whole", () => {
    const file = `terminal/journal/days/${DAY}.jsonl`;
    journal.end(entry);
    disk.append(file, utf8('{"id":"01'));
    const other = { ...entry, id: "02".repeat(16) };
    journal.end(other);
    assert.deepEqual(journal.day(DAY), { entries: [entry, other], tornLines: 1 });
  });

  it("puts a payment of the first hour of a day in Japan on that day", () => {
    journal.end({ ...entry, atMs: Date.UTC(2026, 9, 31, 15, 30) });
    assert.equal(journal.day(DAY).entries.length, 1);
  });

  const damages = [
    { id: "cut short", damage: (bytes: Uint8Array) => bytes.slice(0, -1) },
    {
      id: "with one flipped bit",
      damage: (bytes: Uint8Array) => bytes.with(200, (bytes[200] ?? 0) ^ 1),
    },
    { id: "with a signature that is not its own", damage: flippedEnd },
    { id: "empty", damage: () => new Uint8Array() },
  ];
  for (const { id, damage } of damages) {
    it(`says so when the payment is ${id}`, () => {
      disk.write("terminal/journal/payment", damage(payment));
      assert.throws(() => journal.pending(), { code: "JOURNAL_DAMAGED" });
    });
  }

  it("says so when the payment is for another network", () => {
    journal.begin(payment);
    const other = new Journal("terminal/journal", new Uint8Array(32), disk);
    assert.throws(() => other.pending(), { code: "JOURNAL_DAMAGED" });
  });

  describe("on the disk of this computer", () => {
    const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-test-"));
    after(() => rmSync(directory, { recursive: true }));

    it("is for its owner alone, and is found by the next process", () => {
      const open = () => new Journal(join(directory, "journal"), world.networkId);
      open().begin(payment);
      assert.equal(statSync(join(directory, "journal/payment")).mode & 0o777, 0o600);
      assert.equal(statSync(join(directory, "journal")).mode & 0o777, 0o700);
      assert.equal(open().pending()?.id, entry.id);
      open().end(entry);
      assert.equal(open().pending(), null);
      assert.deepEqual(open().day(DAY).entries, [entry]);
    });
  });
});

function flippedEnd(bytes: Uint8Array): Uint8Array {
  return bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
}
