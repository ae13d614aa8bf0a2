import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { readVectors, repositoryRoot } from "../support/files.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";
import type { SignatureRow } from "../vectors/signature-row.ts";
import { checkFile } from "./check-file.ts";
import { parseWycheproof, WycheproofError } from "./wycheproof-file.ts";

/** A file does not say whose key it is: what is wrong for a card alone cannot be told in one. */
const rows = readVectors<readonly SignatureRow[]>("signature").filter(
  ({ id }) => id !== "card: exponent 3",
);

/** One of our own vectors. */
function vector(id: string): SignatureRow {
  const found = rows.find((row) => row.id === id);
  assert.ok(found, id);
  return found;
}

/** A group of a Wycheproof file with one test, made of one of our vectors. */
function group({ algorithm, publicKey, message, signature, valid }: SignatureRow): object {
  const tests = [
    { tcId: 1, comment: "", flags: ["A"], msg: message, sig: signature, result: word(valid) },
  ];
  switch (algorithm) {
    case "ed25519":
      return { type: "EddsaVerify", publicKey: { curve: "edwards25519", pk: publicKey }, tests };
    case "ecdsa-p384-sha384": {
      const key = { curve: "secp384r1", uncompressed: publicKey };
      return { type: "EcdsaVerify", sha: "SHA-384", publicKey: key, tests };
    }
    case "jpki-rsa2048-sha256":
    case "rsa2048-sha256": {
      const exponent = publicKey.endsWith("010001") ? "010001" : "03";
      const key = { publicKeyAsn: publicKey, publicKey: { publicExponent: exponent } };
      return { type: "RsassaPkcs1Verify", keySize: 2048, sha: "SHA-256", ...key, tests };
    }
  }
}

function word(valid: boolean): string {
  return valid ? "valid" : "invalid";
}

function fileOf(...testGroups: readonly object[]): string {
  return JSON.stringify({ numberOfTests: testGroups.length, testGroups });
}

describe("Wycheproof files", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();

  it("our own vectors agree on every path", async () => {
    const { cases, agreements, disagreements } = await checkFile(fileOf(...rows.map(group)));
    assert.deepEqual([cases, agreements, disagreements], [rows.length, rows.length, []]);
  });

  for (const id of [
    "card: right",
    "terminal: right, exponent 3",
    "P-384: right",
    "Ed25519: right",
  ]) {
    it(`${id}: a file that says otherwise disagrees`, async () => {
      const { disagreements } = await checkFile(fileOf(group({ ...vector(id), valid: false })));
      assert.equal(disagreements.length, 1);
      assert.match(disagreements[0] ?? "", /file: invalid; OpenSSL.*: valid;.*WebCrypto: valid/);
    });
  }

  it("what our rule refuses on purpose is counted apart, with the reason", async () => {
    const small = rows.find(({ id, valid }) => id.includes("small order") && !valid);
    assert.ok(small);
    const report = await checkFile(fileOf(group({ ...small, valid: true })));
    assert.deepEqual([report.agreements, report.disagreements], [0, []]);
    assert.match(
      report.apart.join(),
      /^1 × A: valid in the file, refused by our rule: .*small order/,
    );
  });

  it("what the file leaves open is counted apart", async () => {
    const text = fileOf(group(vector("card: DigestInfo without NULL")));
    const report = await checkFile(text.replace('"invalid"', '"acceptable"'));
    assert.match(report.apart.join(), /left open by the file, invalid for us/);
  });

  const right = group(vector("P-384: right"));
  const malformed: readonly (readonly [string, string, RegExp])[] = [
    ["no JSON", "{", /not JSON/],
    ["a list", "[]", /the file is no object/],
    ["no groups", "{}", /testGroups is no array/],
    ["no tests", '{"testGroups":[]}', /no test is in it/],
    [
      "another number of tests",
      fileOf(right).replace('Tests":1', 'Tests":2'),
      /numberOfTests is 2/,
    ],
    [
      "a signature that is no hexadecimal",
      fileOf(right).replace('"sig":"', '"sig":"x'),
      /sig is not/,
    ],
    ["an unknown result", fileOf(right).replace('"valid"', '"maybe"'), /result is unknown: maybe/],
    [
      "a number that is none",
      fileOf(right).replace('"tcId":1', '"tcId":"1"'),
      /tcId is no integer/,
    ],
  ];
  for (const [id, text, message] of malformed) {
    it(`says what is malformed: ${id}`, () => {
      assert.throws(() => parseWycheproof(text), { kind: "MALFORMED", message });
    });
  }

  const others: readonly (readonly [string, string, RegExp])[] = [
    ["another curve", fileOf(right).replace("secp384r1", "secp256r1"), /curve is secp256r1/],
    ["another hash", fileOf(right).replace("SHA-384", "SHA-256"), /sha is SHA-256; the ledger has/],
    [
      "another scheme",
      fileOf(right).replace("EcdsaVerify", "DsaVerify"),
      /type is DsaVerify; known/,
    ],
  ];
  for (const [id, text, message] of others) {
    it(`says what is of an algorithm that is not ours: ${id}`, () => {
      assert.throws(
        () => parseWycheproof(text),
        (error) => {
          assert.ok(error instanceof WycheproofError);
          assert.match(error.message, message);
          return error.kind === "OTHER_ALGORITHM";
        },
      );
    });
  }

  function run(directory: string): { readonly status: number | null; readonly stdout: string } {
    const script = join(repositoryRoot, "dist/test/wycheproof/run.js");
    return spawnSync(process.execPath, [script, directory], { encoding: "utf8" });
  }

  it("the command ends with 1 on a disagreement, a malformed file, an empty folder", () => {
    const directory = newDirectory();
    assert.equal(run(directory).status, 1);
    writeFileSync(join(directory, "right.json"), fileOf(right));
    assert.equal(run(directory).status, 0);
    writeFileSync(join(directory, "broken.json"), "{");
    assert.match(run(directory).stdout, /MALFORMED: not JSON[\s\S]*1 files malformed/);
    assert.equal(run(directory).status, 1);
    const lie = fileOf(group({ ...vector("P-384: right"), valid: false }));
    writeFileSync(join(directory, "broken.json"), lie);
    assert.match(run(directory).stdout, /DISAGREEMENT 1[\s\S]*1 disagreements/);
    assert.equal(run(directory).status, 1);
  });

  const official = join(repositoryRoot, "../shared/wycheproof");
  it("the project's own files agree, where they are at hand", function () {
    if (!existsSync(official)) this.skip();
    const { status, stdout } = run(official);
    assert.equal(status, 0, stdout);
    assert.match(stdout, / 0 disagreements; 0 files malformed/);
  });
});
