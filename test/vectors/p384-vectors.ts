/** Rows of `signature.json` for ECDSA on P-384: by the curve's own arithmetic and hand-made DER. */
import { p384 } from "@noble/curves/nist.js";
import { sha384 } from "@noble/hashes/sha2.js";
import { fromHex, toHex, utf8 } from "../../ledger/bytes.ts";
import { rowsOf, type SignatureRow } from "./signature-row.ts";

const { Point } = p384;
const N = Point.Fn.ORDER;
const MESSAGE = utf8("1,000 pt to the greengrocer");
const SECRET = 0x1234_5678_9abc_def0n;
const KEY = Point.BASE.multiply(SECRET);
const PUBLIC_KEY = KEY.toBytes(false);

/** An INTEGER of these digits (hexadecimal), whatever they are. */
function integer(digits: string): string {
  return `02${lengthOf(digits)}${digits}`;
}

/** The shortest non-negative digits of a number. */
function digitsOf(value: bigint): string {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even;
}

function lengthOf(content: string): string {
  return (content.length / 2).toString(16).padStart(2, "0");
}

function sequence(...parts: readonly string[]): string {
  const content = parts.join("");
  return `30${lengthOf(content)}${content}`;
}

/** A signature of a digest by the schoolbook (FIPS 186-5 section 6.4.1), with a nonce of choice. */
function signDigest(digest: Uint8Array, nonce: bigint): { readonly r: bigint; readonly s: bigint } {
  const e = BigInt(`0x${toHex(digest)}`);
  const r = Point.BASE.multiply(nonce).x % N;
  return { r, s: (Point.Fn.inv(nonce) * (e + r * SECRET)) % N };
}

/** All rows. */
export function p384Rows(): SignatureRow[] {
  const { r, s } = signDigest(sha384(MESSAGE), 77n);
  const der = (first: bigint, second: bigint) =>
    sequence(integer(digitsOf(first)), integer(digitsOf(second)));
  const right = der(r, s);
  const row = rowsOf("ecdsa-p384-sha384");
  const signature = (id: string, valid: boolean, hex: string) =>
    row(`P-384: ${id}`, valid, {
      publicKey: PUBLIC_KEY,
      message: MESSAGE,
      signature: fromHex(hex),
    });
  const key = (id: string, publicKey: Uint8Array) =>
    row(`P-384: key ${id}`, false, { publicKey, message: MESSAGE, signature: fromHex(right) });
  const raw = [r, s].map((scalar) => scalar.toString(16).padStart(96, "0")).join("");
  const short = signDigest(sha384(MESSAGE).slice(0, 32), 77n);
  return [
    signature("right", true, right),
    signature("right, the other s", true, der(r, N - s)),
    row("P-384: another message", false, {
      publicKey: PUBLIC_KEY,
      message: utf8("9,000 pt"),
      signature: fromHex(right),
    }),
    signature("r + n", false, der(r + N, s)),
    signature("s + n", false, der(r, s + N)),
    signature("r = 0", false, der(0n, s)),
    signature("s = 0", false, der(r, 0n)),
    signature("r = s = 0", false, der(0n, 0n)),
    signature("s = n", false, der(r, N)),
    signature("of a cut digest", false, der(short.r, short.s)),
    signature("r and s bare", false, raw),
    signature("none", false, ""),
    signature("of an empty SEQUENCE", false, "3000"),
    signature("of one INTEGER", false, sequence(integer(digitsOf(r)))),
    signature("a byte after it", false, `${right}00`),
    signature("a byte inside after s", false, sequence(right.slice(4), "00")),
    signature("a byte short", false, right.slice(0, -2)),
    signature("its length in two bytes", false, `3081${right.slice(2)}`),
    signature("of indefinite length", false, `3080${right.slice(4)}0000`),
    signature(
      "r with a zero more",
      false,
      sequence(integer(`00${digitsOf(r)}`), integer(digitsOf(s))),
    ),
    signature(
      "s with a zero more",
      false,
      sequence(integer(digitsOf(r)), integer(`00${digitsOf(s)}`)),
    ),
    signature("r negative", false, sequence(integer(r.toString(16)), integer(digitsOf(s)))),
    signature("r empty", false, sequence(integer(""), integer(digitsOf(s)))),
    signature("r as OCTET STRING", false, right.replace(/^(30..)02/, "$104")),
    key("compressed", KEY.toBytes(true)),
    key("hybrid", PUBLIC_KEY.with(0, 0x06)),
    key("off the curve", PUBLIC_KEY.with(-1, (PUBLIC_KEY.at(-1) ?? 0) ^ 1)),
    key("of zeros", new Uint8Array(97).with(0, 0x04)),
    key("at infinity", new Uint8Array(1)),
    key("another", Point.BASE.toBytes(false)),
  ];
}
