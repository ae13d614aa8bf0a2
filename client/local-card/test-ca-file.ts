/** The test CA of a local network in one file, so that several cards come from one authority. */
import { existsSync } from "node:fs";
import { oneOf, pattern, record } from "../../ledger/schema.ts";
import { readJson, writeNewFile } from "../files.ts";
import { createTestCa, type TestCa } from "../pki/test-ca.ts";

const pem = pattern(/^-----BEGIN [A-Z ]+-----\n[\x20-\x7e\n]+$/, "PEM");
const authority = record({
  organization: oneOf(["JPKI", "JPKI-TEST"]),
  purpose: oneOf(["user authentication", "digital signature"]),
  certificatePem: pem,
  privateKeyPem: pem,
});
const testCaSchema = record({ userAuthentication: authority, digitalSignature: authority });

/**
 * The CA of a file, made when there is none.
 * @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`, `FILE_UNWRITABLE`.
 */
export async function openTestCa(file: string): Promise<TestCa> {
  if (existsSync(file)) return readJson(file, testCaSchema);
  const ca = await createTestCa();
  writeNewFile(file, `${JSON.stringify(testCaSchema.toJson(ca), null, 2)}\n`, "secret");
  return ca;
}
