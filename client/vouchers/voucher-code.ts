/**
 * What is printed on a voucher. Whoever has it can spend the voucher, once:
 *
 *     MYKEY:V1:<issuer>:<SERIES>:<32 characters>      base32 of secret (16 bytes) ‖ check (4 bytes)
 *
 * The voucher's key is derived from the secret (HKDF-SHA-256, RFC 5869, salted with the network's id): 128 bits cannot be guessed,
 * and half as many characters can be typed. The check finds a slip of the finger before the ledger is asked; it proves nothing.
 * The characters are those of a QR code's smallest form, and of Crockford's base32, in which no two look alike.
 */
import { createHash, hkdfSync } from "node:crypto";
import { shortName } from "../../contracts/fields/fields.ts";
import { municipalityCode } from "../../contracts/fields/municipality-code.ts";
import { equalBytes, toHex, utf8 } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Signer, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { ClientError } from "../client-fault.ts";

/** Size of a voucher's secret, bytes. */
export const VOUCHER_SECRET_SIZE_BYTES = 16;
const CHECK_SIZE_BYTES = 4;
const SEED_SIZE_BYTES = 32;
const HEAD = "MYKEY:V1:";
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 32;
const BITS_PER_CHARACTER = 5;

/** A voucher as its paper tells it. */
export interface VoucherCode {
  readonly issuer: string;
  readonly series: string;
  readonly secret: Uint8Array;
}

/** The text in the QR code. */
export function encodeVoucherCode({ issuer, series, secret }: VoucherCode): string {
  const check = checkOf({ issuer, series, secret });
  return `${HEAD}${issuer}:${series.toUpperCase()}:${toBase32([...secret, ...check])}`;
}

/** Whether a text means to be a voucher: what a scanner types where a clerk types amounts. */
export function looksLikeVoucher(typed: string): boolean {
  return tidy(typed).startsWith(HEAD.slice(0, 6));
}

/** The voucher of a text as it was scanned, or typed in groups, in small letters. @throws ClientError `VOUCHER_CODE_WRONG`. */
export function decodeVoucherCode(typed: string): VoucherCode {
  const [, issuer = "", name = "", code = ""] =
    /^MYKEY:V1:([0-9]{6}):([A-Z0-9-]{1,64}):([0-9A-Z-]+)$/.exec(tidy(typed)) ?? [];
  const bytes = fromBase32(code.replaceAll("-", ""));
  if (bytes === null) throw new ClientError("VOUCHER_CODE_WRONG");
  const secret = bytes.slice(0, VOUCHER_SECRET_SIZE_BYTES);
  const found = { ...placeOf(issuer, name.toLowerCase()), secret };
  if (equalBytes(checkOf(found), bytes.slice(VOUCHER_SECRET_SIZE_BYTES))) return found;
  throw new ClientError("VOUCHER_CODE_WRONG");
}

/** The key on the voucher. */
export function signerOfVoucher(secret: Uint8Array, networkId: Uint8Array): Signer {
  const seed = hkdfSync("sha256", secret, networkId, "mykey-ledger/v1/voucher", SEED_SIZE_BYTES);
  return signerOfSeed(new Uint8Array(seed));
}

/** The serial number of a voucher: the beginning of its public key, which says nothing of its secret. */
export function serialOf(publicKey: Uint8Array): string {
  return toHex(publicKey.slice(0, 6))
    .toUpperCase()
    .replaceAll(/(.{4})(?=.)/g, "$1-");
}

/** The code in groups of four, as people type it. */
export function groupsOf(code: string): string {
  return code.replace(/[^:]+$/, (last) => last.replaceAll(/(.{4})(?=.)/g, "$1-"));
}

/** @throws ClientError `VOUCHER_CODE_WRONG`. */
function placeOf(issuer: string, series: string): Omit<VoucherCode, "secret"> {
  try {
    return { issuer: municipalityCode.fromJson(issuer), series: shortName.fromJson(series) };
  } catch (cause) {
    if (cause instanceof LedgerFault) throw new ClientError("VOUCHER_CODE_WRONG", { cause });
    throw cause;
  }
}

function checkOf({ issuer, series, secret }: VoucherCode): Uint8Array {
  const hash = createHash("sha256")
    .update(utf8(`${HEAD}${issuer}:${series}:`))
    .update(secret);
  return new Uint8Array(hash.digest().subarray(0, CHECK_SIZE_BYTES));
}

/** Full-width letters become narrow, small ones large; spaces go. */
function tidy(typed: string): string {
  return typed.normalize("NFKC").toUpperCase().replaceAll(/\s/g, "");
}

/** Of a whole number of characters: 20 bytes are 32. */
function toBase32(bytes: readonly number[]): string {
  let value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  for (let left = CODE_LENGTH; left > 0; left -= 1) {
    text = `${ALPHABET[Number(value & 31n)]}${text}`;
    value >>= BigInt(BITS_PER_CHARACTER);
  }
  return text;
}

/** Null when it is too long, too short, or holds a letter that is none. O is taken for 0, I and L for 1, as Crockford has it. */
function fromBase32(text: string): Uint8Array | null {
  if (text.length !== CODE_LENGTH) return null;
  let value = 0n;
  for (const letter of text.replaceAll("O", "0").replaceAll(/[IL]/g, "1")) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) return null;
    value = value * 32n + BigInt(digit);
  }
  const sizeBytes = (CODE_LENGTH * BITS_PER_CHARACTER) / 8;
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * sizeBytes, "0"), "hex"));
}
