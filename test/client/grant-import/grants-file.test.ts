import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { batchesOf, type ResolvedLine } from "../../../client/grant-import/grant-batches.ts";
import {
  readGrantsFile,
  type SignedBatch,
  totalsOf,
} from "../../../client/grant-import/grants-file.ts";
import { type Preparation, signImport } from "../../../client/grant-import/prepare-import.ts";
import { signerOfSeed } from "../../../ledger/native/ed25519-signer.ts";
import { seedOf } from "../../support/ledger-world.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const clerk = signerOfSeed(seedOf("clerk"));
const line = (number: number, who: number, expiresOn: string | null = null): ResolvedLine => {
  return { line: number, handleHex: String(who).padStart(64, "0"), amountPt: 10, expiresOn };
};
const lines = [line(2, 1), line(3, 2), line(4, 1), line(5, 3, "2027-03-31"), line(6, 4)];
const preparation: Preparation = {
  networkId: seedOf("network"),
  listHash: seedOf("list"),
  terms: { issuer: "131164", pointType: "health", budgetCategory: "HEALTH", day: "2026-11-23" },
  batches: batchesOf(lines, 2),
  again: 0,
};

describe("the batches of a list", () => {
  it("have one expiry date, each wallet once and no more lines than fit", () => {
    assert.deepEqual(
      preparation.batches.map((batch) => [batch.expiresOn, batch.lines.map((each) => each.line)]),
      [
        [null, [2, 3]],
        [null, [6]],
        [null, [4]],
        ["2027-03-31", [5]],
      ],
    );
  });
});

describe("an import in a file", () => {
  const newDirectory = temporaryDirectories();

  async function read(change: Partial<Preparation> = {}) {
    const file = join(newDirectory(), "import.grants");
    const content = await signImport({ ...preparation, ...change }, clerk);
    writeFileSync(file, content);
    return readGrantsFile(file, preparation.networkId);
  }

  it("gives lines, terms and totals back", async () => {
    const { batches, terms } = await read();
    assert.deepEqual(terms, preparation.terms);
    assert.deepEqual(
      batches.map((batch) => batch.lines),
      preparation.batches.map((batch) => batch.lines),
    );
    assert.deepEqual(totalsOf(batches), {
      lines: 5,
      wallets: 4,
      totalPt: 50,
      largestPt: 10,
      batches: 4,
    });
  });

  it("has ids that list, terms, day, clerk and purpose decide, and nothing else", async () => {
    const idsOf = async (change: Partial<Preparation>) =>
      (await read(change)).batches.map(({ partly }) => partly.transaction.id);
    const ids = await idsOf({});
    assert.equal(new Set(ids).size, 4);
    assert.deepEqual(await idsOf({}), ids);
    const { terms } = preparation;
    const changes: Partial<Preparation>[] = [
      { listHash: seedOf("another list") },
      { terms: { ...terms, day: "2026-11-24" } },
      { terms: { ...terms, pointType: "longevity" } },
      { again: 1 },
    ];
    for (const change of changes) {
      for (const id of await idsOf(change)) assert.ok(!ids.includes(id));
    }
  });

  it("is valid from midnight to midnight in Japan, on one day", async () => {
    const { partly } = (await read()).batches[0] ?? assert.fail();
    const { createdAtMs, notAfterMs } = partly.transaction.envelope;
    assert.deepEqual(
      [createdAtMs, notAfterMs].map((ms) => new Date(ms).toISOString()),
      ["2026-11-22T15:00:00.000Z", "2026-11-23T15:00:00.000Z"],
    );
  });

  it("is not read for another network, nor with a changed byte that would change what is granted", async () => {
    const file = join(newDirectory(), "import.grants");
    const content = await signImport(preparation, clerk);
    const granted = await read();
    for (let at = 40; at < content.length; at += 37) {
      const changed = content.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(file, changed);
      // Which line of the list an item came from is not signed.
      const found = attempt(() => readGrantsFile(file, preparation.networkId).batches);
      if (found instanceof Error) assert.equal((found as { code?: string }).code, "FILE_MALFORMED");
      else assert.deepEqual(idsIn(found), idsIn(granted.batches));
    }
    writeFileSync(file, content);
    const wrong = { code: "FILE_MALFORMED" };
    assert.throws(() => readGrantsFile(file, seedOf("another network")), wrong);
  });
});

function idsIn(batches: readonly SignedBatch[]): readonly string[] {
  return batches.map(({ partly }) => partly.transaction.id);
}

/** What it gives, or the error that it throws. */
function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
}
