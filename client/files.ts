/** Reading and writing the client's files, with faults that name the file. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { fromHex, toHex } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { type Genesis, parseGenesis } from "../ledger/genesis.ts";
import { type Signer, signerOfSeed } from "../ledger/native/ed25519-signer.ts";
import type { JsonValue, Schema } from "../ledger/schema.ts";
import { ClientError } from "./client-fault.ts";

/** Largest file read whole: a genesis with every list full is below it. */
const FILE_SIZE_BYTES_MAX = 16 * 1024 * 1024;

/** The bytes of a file. @throws ClientError `FILE_UNREADABLE`. */
export function readBytes(file: string): Uint8Array {
  try {
    const { size: sizeBytes } = statSync(file);
    if (sizeBytes > FILE_SIZE_BYTES_MAX) throw new RangeError(`${sizeBytes} bytes are too many`);
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new ClientError("FILE_UNREADABLE", { file, problem: messageOf(error), cause: error });
  }
}

/** The text of a UTF-8 file. @throws ClientError `FILE_UNREADABLE`. */
export function readText(file: string): string {
  const bytes = readBytes(file);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new ClientError("FILE_MALFORMED", { file, problem: "not UTF-8", cause: error });
  }
}

/** A JSON file read by its schema. @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
export function readJson<T>(file: string, schema: Schema<T>): T {
  const text = readText(file);
  return understand(file, "JSON", () => schema.fromJson(JSON.parse(text) as JsonValue));
}

/** A JSON object as it stands, whatever is in it. @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
export function readJsonObject(file: string): { readonly [field: string]: JsonValue } {
  const text = readText(file);
  return understand(file, "a JSON object", () => {
    const json = JSON.parse(text) as JsonValue;
    const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
    if (!isObject) throw new TypeError("it is something else");
    return json as { readonly [field: string]: JsonValue };
  });
}

/** The genesis of a file. @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
export function readGenesis(file: string): Genesis {
  const text = readText(file);
  return understand(file, "a genesis", () => parseGenesis(text));
}

/**
 * What `decode` makes of a file's bytes.
 * @param expected the kind of file, in words: "a receipt".
 * @throws ClientError `FILE_UNREADABLE`; `FILE_MALFORMED` when `decode` throws.
 */
export function readDecoded<T>(
  file: string,
  expected: string,
  decode: (bytes: Uint8Array) => T,
): T {
  const bytes = readBytes(file);
  return understand(file, expected, () => decode(bytes));
}

/** Runs a decoder; what it throws becomes a fault that names the file. */
function understand<T>(file: string, expected: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    const facts =
      error instanceof LedgerFault
        ? { rule: error.code, ...error.facts }
        : { problem: messageOf(error) };
    throw new ClientError("FILE_MALFORMED", { file, expected, ...facts, cause: error });
  }
}

/**
 * Finds out, before there is anything to lose, whether `writeNewFile` will take this file; makes the
 * folders above it. @throws ClientError `FILE_EXISTS`, `FILE_UNWRITABLE`.
 */
export function expectNewFile(file: string): void {
  if (existsSync(file)) throw new ClientError("FILE_EXISTS", { file });
  try {
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw new ClientError("FILE_UNWRITABLE", { file, problem: messageOf(error), cause: error });
  }
}

/**
 * Writes a file that is not there yet, and the folders above it. Keys and cards are for the owner
 * alone. @throws ClientError `FILE_EXISTS`, `FILE_UNWRITABLE`.
 */
export function writeNewFile(
  file: string,
  content: string | Uint8Array,
  access: "public" | "secret" = "public",
): void {
  expectNewFile(file);
  try {
    writeFileSync(file, content, { flag: "wx", mode: access === "secret" ? 0o600 : 0o644 });
  } catch (error) {
    throw new ClientError("FILE_UNWRITABLE", { file, problem: messageOf(error), cause: error });
  }
}

/** The text of a key file: the seed of an Ed25519 key as 64 hexadecimal digits. */
export function keyFileText(seed: Uint8Array): string {
  return `${toHex(seed)}\n`;
}

/** The signer of a key file. @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
export function readKeyFile(file: string): Signer {
  const text = readText(file);
  if (!/^[0-9a-f]{64}\n?$/.test(text)) {
    throw new ClientError("FILE_MALFORMED", { file, problem: "a key is 64 hexadecimal digits" });
  }
  return signerOfSeed(fromHex(text.trim()));
}

/** What an unknown error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
