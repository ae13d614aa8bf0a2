import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { controlSchema, headerSchema } from "../../ledger/block.ts";
import { certificateSchema, leaderCertificateSchema } from "../../ledger/certificate.ts";
import { proofSchema } from "../../ledger/evidence.ts";
import { genesisSchema } from "../../ledger/genesis.ts";
import { receiptSchema } from "../../ledger/receipt.ts";
import { readText, readVectors } from "../support/files.ts";

interface Row {
  readonly id?: string;
  readonly tag?: string;
  readonly hex?: string;
  readonly message?: string;
}

const readme = readText("ledger/README.md");

describe("ledger/README.md", () => {
  const examples = [...readme.matchAll(/```hex (part of )?(\w+): (.+)\n([\s\S]*?)```/g)];

  for (const [, part, file, id, annotated] of examples) {
    it(`the example of ${file}, ${id}, is the vector`, () => {
      const example = (annotated ?? "").replace(/#.*$/gm, "").replace(/\s/g, "");
      const rows = readVectors<readonly Row[]>(file ?? "");
      const row = rows.find((candidate) => (candidate.id ?? candidate.tag) === id);
      const vector = row?.hex ?? row?.message ?? "";
      if (part === undefined) assert.equal(example, vector);
      else assert.ok(example.length > 0 && vector.includes(example));
    });
  }

  it("has an example of every format", () => {
    const files = new Set(examples.map(([, , file]) => file));
    const wanted = [
      "encoding",
      "hash",
      "transaction",
      "block",
      "certificate",
      "receipt",
      "evidence",
    ];
    assert.deepEqual(files, new Set(wanted));
  });

  for (const [heading, schema] of [
    ["Header", headerSchema],
    ["Control", controlSchema],
    ["Certificate", certificateSchema],
    ["Leader certificate", leaderCertificateSchema],
    ["Receipt fields", receiptSchema],
    ["Proof fields", proofSchema],
    ["Genesis fields", genesisSchema],
  ] as const) {
    it(`the table of ${heading} has the fields of the schema, in order`, () => {
      const [, section] = readme.split(`\n### ${heading}\n`);
      const [table] = (section ?? "").split(/\n#|```/);
      const names = [...(table ?? "").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
      assert.deepEqual(names, schema.fieldNames);
    });
  }

  it("links only to what is there", () => {
    for (const [, path] of readme.matchAll(/\]\(([\w./-]+\.ts)\)/g)) {
      assert.ok(readText(`ledger/${path}`).length > 0);
    }
  });
});
