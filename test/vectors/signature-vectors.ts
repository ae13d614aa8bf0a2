/** Makes `signature.json`: for every algorithm what is right, and every way to be nearly right. */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateEncrypt,
  sign,
} from "node:crypto";
import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes, fromHex, toHex, utf8 } from "../../ledger/bytes.ts";
import { sha256 } from "../../ledger/hash.ts";
import { testSigner } from "../support/chain-builder.ts";
import { readVectors } from "../support/files.ts";
import { p384Rows } from "./p384-vectors.ts";
import { rowsOf, type SignatureRow, type Signed } from "./signature-row.ts";

const MESSAGE = utf8("1,000 pt to the greengrocer");

/** All rows. */
export function signatureVectors(): SignatureRow[] {
  return [
    ...ed25519Rows(),
    ...ed25519SmallOrderRows(),
    ...rsaSignatureRows(),
    ...rsaKeyRows(),
    ...p384Rows(),
  ];
}

// Ed25519, by the curve's own arithmetic: a signer's library makes none of the strange ones.

const { Point } = ed25519;
const L = Point.Fn.ORDER;
const IDENTITY = fromHex(ED25519_TORSION_SUBGROUP[0] ?? "");
const EIGHTH = Point.fromHex(ED25519_TORSION_SUBGROUP[1] ?? "");
/** p + 1, a second form of the identity's y = 1. */
const IDENTITY_UNREDUCED = fromHex(`ee${"ff".repeat(30)}7f`);
const SECRET = 0x1234_5678_9abc_def0n;

function littleEndian32(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, "0")).toReversed();
}

function challenge(r: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  const digest = sha512(concatBytes(r, publicKey, message)).toReversed();
  return BigInt(`0x${toHex(digest)}`) % L;
}

/** S = nonce + k · secret for whatever bytes stand for R and for the key. */
function signWith(
  r: Uint8Array,
  publicKey: Uint8Array,
  scalars: { readonly nonce: bigint; readonly secret: bigint },
  message: Uint8Array = MESSAGE,
): Signed {
  const k = challenge(r, publicKey, message);
  const s = (scalars.nonce + k * scalars.secret) % L;
  return { publicKey, message, signature: concatBytes(r, littleEndian32(s)) };
}

/** A signature under a key whose torsion part vanishes or not, by choice of the nonce. */
function signUnderTorsion(publicKey: Uint8Array, secret: bigint, vanishes: boolean): Signed {
  for (let nonce = 1n; ; nonce++) {
    const r = Point.BASE.multiply(nonce).toBytes();
    const isMultipleOf8 = challenge(r, publicKey, MESSAGE) % 8n === 0n;
    if (isMultipleOf8 === vanishes) return signWith(r, publicKey, { nonce, secret });
  }
}

function ed25519Rows(): SignatureRow[] {
  const row = rowsOf("ed25519");
  const signer = testSigner("signature vectors");
  const { publicKey } = signer;
  const signature = signer.sign(MESSAGE);
  const right = { publicKey, message: MESSAGE, signature };
  const r = signature.subarray(0, 32);
  const s = BigInt(`0x${toHex(signature.subarray(32).toReversed())}`);
  const key = Point.BASE.multiply(SECRET);
  const keyBytes = key.toBytes();
  const mixedKey = key.add(EIGHTH).toBytes();
  const nonce = 77n;
  const mixedR = Point.BASE.multiply(nonce).add(EIGHTH).toBytes();
  return [
    row("Ed25519: right", true, right),
    row("Ed25519: right, empty message", true, {
      ...right,
      message: utf8(""),
      signature: signer.sign(utf8("")),
    }),
    row("Ed25519: another message", false, { ...right, message: utf8("9,000 pt") }),
    row("Ed25519: another key", false, { ...right, publicKey: testSigner("another").publicKey }),
    row("Ed25519: S + L, the second signature of a message", false, {
      ...right,
      signature: concatBytes(r, littleEndian32(s + L)),
    }),
    row("Ed25519: S = L", false, { ...right, signature: concatBytes(r, littleEndian32(L)) }),
    row("Ed25519: S of all ones", false, {
      ...right,
      signature: concatBytes(r, new Uint8Array(32).fill(255)),
    }),
    row("Ed25519: zeros", false, { ...right, signature: new Uint8Array(64) }),
    row("Ed25519: signature a byte short", false, { ...right, signature: signature.slice(0, 63) }),
    row("Ed25519: signature a byte long", false, {
      ...right,
      signature: concatBytes(signature, Uint8Array.of(0)),
    }),
    row("Ed25519: no signature", false, { ...right, signature: utf8("") }),
    row("Ed25519: key a byte short", false, { ...right, publicKey: publicKey.slice(0, 31) }),
    row("Ed25519: key a byte long", false, {
      ...right,
      publicKey: concatBytes(publicKey, Uint8Array.of(0)),
    }),
    row("Ed25519: key that is no point", false, {
      ...right,
      publicKey: littleEndian32(2n),
    }),
    row(
      "Ed25519: R is the identity",
      false,
      signWith(IDENTITY, keyBytes, { nonce: 0n, secret: SECRET }),
    ),
    row(
      "Ed25519: R is the identity in its unreduced form",
      false,
      signWith(IDENTITY_UNREDUCED, keyBytes, { nonce: 0n, secret: SECRET }),
    ),
    row(
      "Ed25519: R with a part of order 8, right only with the cofactor",
      false,
      signWith(mixedR, keyBytes, { nonce, secret: SECRET }),
    ),
    row(
      "Ed25519: key with a part of order 8, right only with the cofactor",
      false,
      signUnderTorsion(mixedKey, SECRET, false),
    ),
    row(
      "Ed25519: key with a part of order 8 that vanishes, right without the cofactor",
      true,
      signUnderTorsion(mixedKey, SECRET, true),
    ),
  ];
}

/** Signatures that the equation accepts although nobody made them: the key is a point of small order. */
function ed25519SmallOrderRows(): SignatureRow[] {
  const row = rowsOf("ed25519");
  const otherForms = [
    ["y = 1 with the sign of x", `01${"00".repeat(30)}80`],
    ["y = -1 with the sign of x", `ec${"ff".repeat(31)}`],
    ["y = p, unreduced 0", `ed${"ff".repeat(30)}7f`],
    ["y = p with the sign of x", `ed${"ff".repeat(31)}`],
    ["y = p + 1, unreduced 1", toHex(IDENTITY_UNREDUCED)],
    ["y = p + 1 with the sign of x", `ee${"ff".repeat(31)}`],
  ] as const;
  const points = ED25519_TORSION_SUBGROUP.map(
    (hex, i) => [`multiple ${i} of a point of order 8`, hex] as const,
  );
  return [...points, ...otherForms].map(([form, hex]) =>
    row(`Ed25519: key of small order, ${form}`, false, signUnderTorsion(fromHex(hex), 0n, true)),
  );
}

// RSA, by raw private operations on hand-made paddings.

/** DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1). */
const SHA256_INFO = "3031300d060960864801650304020105000420";
/** The same without the NULL that RFC 8017 wants. */
const SHA256_INFO_WITHOUT_NULL = "302f300b0609608648016503040201" + "0420";
const SHA1_INFO = "3021300906052b0e03021a05000414";

interface RsaKey {
  readonly privateKey: KeyObject;
  /** PKCS#1 DER. */
  readonly der: Uint8Array;
  readonly modulus: bigint;
}

function rsaKey(name: "rsa65537" | "rsa3"): RsaKey {
  const pem = readVectors<{ readonly rsa65537: string; readonly rsa3: string }>(
    "test-only-rsa-keys",
  );
  const privateKey = createPrivateKey(pem[name]);
  const publicKey = createPublicKey(privateKey);
  const der = new Uint8Array(publicKey.export({ format: "der", type: "pkcs1" }));
  const modulus = BigInt(`0x${toHex(der.subarray(9, 9 + 256))}`);
  return { privateKey, der, modulus };
}

function rsaSign(key: RsaKey, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign("sha256", message, key.privateKey));
}

/** The private operation on 256 bytes: 00 01 FF… 00 and what is given, unless `head` says otherwise. */
function rsaRaw(key: RsaKey, infoHex: string, head = "0001", tail = ""): Uint8Array {
  const used = (head.length + infoHex.length + tail.length) / 2 + 1;
  const padding = tail === "" ? "ff".repeat(256 - used) : "ff".repeat(8);
  const filler = "00".repeat(256 - used - padding.length / 2);
  const block = Buffer.from(`${head}${padding}00${infoHex}${filler}${tail}`, "hex");
  const padded = { key: key.privateKey, padding: constants.RSA_NO_PADDING };
  return new Uint8Array(privateEncrypt(padded, block));
}

/** A message whose signature s leaves room for s + n in 256 bytes, and that sum. */
function beyondModulus(key: RsaKey): Signed {
  for (let i = 0; ; i++) {
    const message = utf8(`message ${i}`);
    const shifted = BigInt(`0x${toHex(rsaSign(key, message))}`) + key.modulus;
    if (shifted < 2n ** 2048n) {
      const signature = fromHex(shifted.toString(16).padStart(512, "0"));
      return { publicKey: key.der, message, signature };
    }
  }
}

function rsaSignatureRows(): SignatureRow[] {
  const jpki = rowsOf("jpki-rsa2048-sha256");
  const terminal = rowsOf("rsa2048-sha256");
  const key = rsaKey("rsa65537");
  const key3 = rsaKey("rsa3");
  const signature = rsaSign(key, MESSAGE);
  const right = { publicKey: key.der, message: MESSAGE, signature };
  const right3 = { publicKey: key3.der, message: MESSAGE, signature: rsaSign(key3, MESSAGE) };
  const digest = toHex(sha256(MESSAGE));
  const pss = { key: key.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 0 };
  const raw = (infoHex: string, head?: string) => ({
    ...right,
    signature: rsaRaw(key, infoHex, head),
  });
  return [
    jpki("card: right", true, right),
    jpki("card: right, padding made by hand", true, raw(SHA256_INFO + digest)),
    terminal("terminal: right, exponent 65537", true, right),
    terminal("terminal: right, exponent 3", true, right3),
    jpki("card: exponent 3", false, right3),
    jpki("card: another message", false, { ...right, message: utf8("9,000 pt") }),
    jpki("card: another key", false, { ...right, publicKey: key3.der.with(-1, 1) }),
    jpki("card: an Ed25519 key", false, { ...right, publicKey: testSigner("x").publicKey }),
    jpki("card: signature beyond the modulus", false, beyondModulus(key)),
    jpki("card: signature a byte short", false, { ...right, signature: signature.slice(1) }),
    jpki("card: signature with a zero in front", false, {
      ...right,
      signature: concatBytes(Uint8Array.of(0), signature),
    }),
    jpki("card: zeros", false, { ...right, signature: new Uint8Array(256) }),
    jpki("card: one", false, { ...right, signature: new Uint8Array(256).with(255, 1) }),
    jpki("card: no signature", false, { ...right, signature: utf8("") }),
    jpki("card: DigestInfo without NULL", false, raw(SHA256_INFO_WITHOUT_NULL + digest)),
    jpki("card: the digest without DigestInfo", false, raw(digest)),
    jpki("card: DigestInfo of SHA-1", false, raw(SHA1_INFO + digest.slice(0, 40))),
    jpki("card: padding for encryption", false, raw(SHA256_INFO + digest, "0002")),
    jpki("card: padding that begins with another byte", false, raw(SHA256_INFO + digest, "0101")),
    jpki("card: garbage after the digest", false, {
      ...right,
      signature: rsaRaw(key, SHA256_INFO + digest, "0001", "01"),
    }),
    terminal("terminal: garbage after the digest, exponent 3", false, {
      ...right3,
      signature: rsaRaw(key3, SHA256_INFO + digest, "0001", "01"),
    }),
    jpki("card: PSS", false, { ...right, signature: new Uint8Array(sign("sha256", MESSAGE, pss)) }),
  ];
}

/** Other forms of the right key: each row would verify if the form were let through. */
function rsaKeyRows(): SignatureRow[] {
  const row = rowsOf("jpki-rsa2048-sha256");
  const key = rsaKey("rsa65537");
  const n = toHex(key.der.subarray(9, 9 + 256));
  const spki = createPublicKey(key.privateKey).export({ format: "der", type: "spki" });
  const forms: readonly (readonly [string, string])[] = [
    ["as SubjectPublicKeyInfo", spki.toString("hex")],
    ["with a byte after it", `${toHex(key.der)}00`],
    ["with its length in three bytes", `308300010a0282010100${n}0203010001`],
    ["with the modulus' length in three bytes", `3082010b028300010100${n}0203010001`],
    ["with two zeros before the modulus", `3082010b028201020000${n}0203010001`],
    ["with a negative modulus", `3082010902820100${n}0203010001`],
    ["with a padded exponent", `3082010b0282010100${n}020400010001`],
    ["with exponent 1", `308201080282010100${n}020101`],
    ["with exponent 65539", `3082010a0282010100${n}0203010003`],
    ["of indefinite length", `30800282010100${n}02030100010000`],
    ["with an even modulus", `3082010a0282010100${n.slice(0, -2)}fe0203010001`],
    ["with a modulus of 2047 bits", `3082010a0282010100${`7f${n.slice(2)}`}0203010001`],
    ["with a modulus of zeros", `3082010a0282010100${"00".repeat(256)}0203010001`],
    ["of nothing", ""],
  ];
  const signature = rsaSign(key, MESSAGE);
  return forms.map(([form, der]) =>
    row(`card: key ${form}`, false, { publicKey: fromHex(der), message: MESSAGE, signature }),
  );
}
