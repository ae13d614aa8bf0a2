/**
 * Files of Project Wycheproof's form (schemas rsassa_pkcs1_verify, ecdsa_verify and eddsa_verify, version 1),
 * read strictly: whoever brings one is told what is wrong with it.
 */
import { fromHex } from "../../ledger/bytes.ts";
import type { SignatureAlgorithm, SignedMessage } from "../../ledger/signature.ts";

/** What a file says of a signature; "acceptable" leaves it to the verifier. */
export type Expected = "valid" | "invalid" | "acceptable";

const EXPECTED: readonly unknown[] = ["valid", "invalid", "acceptable"] satisfies Expected[];

/** One signature and what the file says of it. */
export interface WycheproofCase {
  /** Number in the file. */
  readonly id: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly expected: Expected;
  readonly signed: SignedMessage;
}

/** What is wrong with a file, or that it is of an algorithm that the ledger does not have. */
export class WycheproofError extends Error {
  override readonly name = "WycheproofError";
  readonly kind: "MALFORMED" | "OTHER_ALGORITHM";

  constructor(kind: WycheproofError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** An object of a file: every field that is looked at, and nothing known of any. */
type Json = {
  readonly [Field in
    | "testGroups"
    | "numberOfTests"
    | "tests"
    | "type"
    | "sha"
    | "keySize"
    | "publicKey"
    | "publicKeyAsn"
    | "publicExponent"
    | "curve"
    | "uncompressed"
    | "pk"
    | "tcId"
    | "comment"
    | "flags"
    | "result"
    | "msg"
    | "sig"]?: unknown;
};

/**
 * All cases of a file, in its order.
 * @throws WycheproofError.
 */
export function parseWycheproof(text: string): WycheproofCase[] {
  const file = objectOf(parseJson(text), "the file");
  const cases = arrayOf(file.testGroups, "testGroups").flatMap((value, i) =>
    readGroup(objectOf(value, `testGroups[${i}]`), `testGroups[${i}]`),
  );
  if (cases.length === 0) throw malformed("no test is in it");
  const { numberOfTests = cases.length } = file;
  if (numberOfTests !== cases.length) {
    throw malformed(`numberOfTests is ${numberOfTests}, but ${cases.length} are there`);
  }
  return cases;
}

function readGroup(group: Json, where: string): WycheproofCase[] {
  const { algorithm, publicKey } = readKey(group, where);
  return arrayOf(group.tests, `${where}.tests`).map((value, i) => {
    const at = `${where}.tests[${i}]`;
    const test = objectOf(value, at);
    const { tcId, comment, result, flags } = test;
    if (!Number.isSafeInteger(tcId)) throw malformed(`${at}.tcId is no integer`);
    if (!EXPECTED.includes(result)) throw malformed(`${at}.result is unknown: ${result}`);
    return {
      id: tcId as number,
      comment: String(comment ?? ""),
      flags: arrayOf(flags ?? [], `${at}.flags`).map(String),
      expected: result as Expected,
      signed: {
        algorithm,
        publicKey,
        message: bytesOf(test.msg, `${at}.msg`),
        signature: bytesOf(test.sig, `${at}.sig`),
      },
    };
  });
}

type Key = Pick<SignedMessage, "algorithm" | "publicKey">;

/** Each type of group: which algorithm it is of, and where the key is in the ledger's form. */
const GROUPS: { readonly [type: string]: (group: Json, where: string) => Key } = {
  RsassaPkcs1Verify: (group, where) => {
    only(where, "sha", group.sha, "SHA-256");
    only(where, "keySize", group.keySize, 2048);
    const publicKey = bytesOf(group.publicKeyAsn, `${where}.publicKeyAsn`);
    const { publicExponent } = objectOf(group.publicKey, `${where}.publicKey`);
    // Cards have one exponent only; a key with another is judged as a terminal's.
    const algorithm: SignatureAlgorithm =
      publicExponent === "010001" ? "jpki-rsa2048-sha256" : "rsa2048-sha256";
    return { algorithm, publicKey };
  },
  EcdsaVerify: (group, where) => {
    const { curve, uncompressed } = objectOf(group.publicKey, `${where}.publicKey`);
    only(where, "sha", group.sha, "SHA-384");
    only(where, "publicKey.curve", curve, "secp384r1");
    const publicKey = bytesOf(uncompressed, `${where}.publicKey.uncompressed`);
    return { algorithm: "ecdsa-p384-sha384", publicKey };
  },
  EddsaVerify: (group, where) => {
    const { curve, pk } = objectOf(group.publicKey, `${where}.publicKey`);
    only(where, "publicKey.curve", curve, "edwards25519");
    return { algorithm: "ed25519", publicKey: bytesOf(pk, `${where}.publicKey.pk`) };
  },
};

function readKey(group: Json, where: string): Key {
  const { type } = group;
  const read = typeof type === "string" ? GROUPS[type] : undefined;
  if (read === undefined) {
    const known = Object.keys(GROUPS).join(", ");
    throw new WycheproofError("OTHER_ALGORITHM", `${where}.type is ${type}; known are ${known}`);
  }
  return read(group, where);
}

function only(where: string, field: string, found: unknown, wanted: string | number): void {
  if (found !== wanted) {
    throw new WycheproofError(
      "OTHER_ALGORITHM",
      `${where}.${field} is ${found}; the ledger has ${wanted} only`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed("not JSON", error);
  }
}

function objectOf(value: unknown, where: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed(`${where} is no object`);
  }
  return value as Json;
}

function arrayOf(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(`${where} is no array`);
  return value;
}

function bytesOf(value: unknown, where: string): Uint8Array {
  if (typeof value !== "string" || !/^([0-9a-f]{2})*$/.test(value)) {
    throw malformed(`${where} is not hexadecimal`);
  }
  return fromHex(value);
}

function malformed(message: string, cause?: unknown): WycheproofError {
  return new WycheproofError("MALFORMED", message, { cause });
}
