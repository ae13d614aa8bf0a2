import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Level } from "level";
import { describe, it } from "mocha";
import { generateRsaKey, publicKeyOf } from "../../client/pki/rsa-key.ts";
import { createTestCa } from "../../client/pki/test-ca.ts";
import { utf8 } from "../../ledger/bytes.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";
import { ByteSearch } from "./byte-search.ts";
import { issueLongSerial } from "./enrolments.ts";
import { searchDisks } from "./search-disks.ts";
import { pinForms, secretsOf } from "./secrets-of.ts";

/** A slice; `npm run disk-search` has a thousand. */
const RESIDENTS = 20;

describe("the disks of a network", function () {
  this.timeout(600_000);
  const newDirectory = temporaryDirectories();

  it(`hold nothing that says who ${RESIDENTS} residents are`, async () => {
    const { cards, searchedBytes, finds } = await searchDisks(newDirectory(), RESIDENTS);
    assert.ok(cards > RESIDENTS && searchedBytes > 100_000);
    assert.deepEqual(finds, []);
  });

  it("would be found to hold it", async () => {
    const { userAuthentication } = await createTestCa();
    const pem = await issueLongSerial(userAuthentication, publicKeyOf(await generateRsaKey()));
    const certificate = new Uint8Array(new X509Certificate(pem).raw);
    const secrets = [...secretsOf({ certificate, myKeyId: "hanako-no-kagi" }), ...pinForms("1234")];
    const search = new ByteSearch(secrets);
    for (const { what, bytes } of secrets) {
      const around = [utf8("before "), bytes, utf8(" after")];
      const finds = search.inBytes(Buffer.concat(around), "a value");
      assert.ok(
        finds.some((find) => find.what === what),
        what,
      );
    }
    const directory = newDirectory();
    // Across the border of two pieces that are read.
    const padding = Buffer.alloc(4 * 1024 * 1024 - 10, "x");
    writeFileSync(join(directory, "log"), Buffer.concat([padding, utf8("hanako-no-kagi")]));
    const inLog = await search.inFiles(directory, () => false);
    assert.deepEqual([...new Set(inLog.map(({ what }) => what))], ["MyKey ID"]);
    const level = new Level<string, Uint8Array>(join(directory, "data"), { valueEncoding: "view" });
    await level.put("key", Buffer.from(certificate));
    await level.close();
    const inDatabase = await search.inDatabase(join(directory, "data"));
    assert.ok(inDatabase.some(({ what }) => what === "serial"));
  });
});
