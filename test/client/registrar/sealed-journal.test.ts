import assert from "node:assert/strict";
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { SealedJournal } from "../../../client/registrar/sealed-journal.ts";
import { utf8 } from "../../../ledger/bytes.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const key = new Uint8Array(32).fill(7);
const RECORDS = ["anna", "ben", "chika"].map(utf8);

describe("sealed journal", () => {
  const newDirectory = temporaryDirectories();

  function written() {
    const file = join(newDirectory(), "journal");
    const journal = new SealedJournal(file, key);
    assert.deepEqual(journal.read(), []);
    for (const record of RECORDS) journal.append(record);
    return file;
  }
  const read = (file: string, by = key) => new SealedJournal(file, by).read();

  it("gives back what was added, to the holder of the key", () => {
    const file = written();
    assert.deepEqual(read(file), RECORDS);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.throws(() => read(file, new Uint8Array(32)), { code: "FILE_MALFORMED" });
  });

  it("shows nothing to anybody else", () => {
    const bytes = readFileSync(written());
    for (const record of RECORDS) assert.ok(!bytes.includes(Buffer.from(record)));
  });

  it("goes on after a record that a crash cut short", () => {
    const file = written();
    const { size } = statSync(file);
    for (const left of [1, 5, 20]) {
      truncateSync(file, size - left);
      assert.deepEqual(read(file), RECORDS.slice(0, 2));
    }
    const journal = new SealedJournal(file, key);
    journal.read();
    journal.append(utf8("dai"));
    assert.deepEqual(read(file), [...RECORDS.slice(0, 2), utf8("dai")]);
  });

  it("does not open when a byte is changed, or records change places or are left out", () => {
    const file = written();
    const bytes = readFileSync(file);
    const sizes = RECORDS.map((record) => 4 + 12 + record.length + 16);
    const [first, second] = [bytes.subarray(0, sizes[0]), bytes.subarray(sizes[0], bytes.length)];
    const changed = Buffer.from(bytes);
    changed[10] = (changed[10] ?? 0) ^ 1;
    for (const wrong of [changed, second, Buffer.concat([second, first])]) {
      writeFileSync(file, wrong);
      assert.throws(() => read(file), { code: "FILE_MALFORMED" });
    }
    writeFileSync(file, bytes);
    appendFileSync(file, Buffer.alloc(60, 1));
    assert.deepEqual(read(file), RECORDS);
  });

  it("forgets what it is rewritten without", () => {
    const file = written();
    const journal = new SealedJournal(file, key);
    journal.rewrite(RECORDS.slice(1));
    journal.append(utf8("dai"));
    assert.deepEqual(read(file), [...RECORDS.slice(1), utf8("dai")]);
  });
});
