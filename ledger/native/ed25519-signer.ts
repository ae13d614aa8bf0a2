/** Ed25519 keys of nodes and organisations: made, kept as 32-byte seeds, used to sign. */
import { createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import { concatBytes, fromHex } from "../bytes.ts";
import { ED25519_KEY_SIZE_BYTES } from "../signature.ts";

/** PKCS#8 frame of a raw Ed25519 seed (RFC 8410 section 7). */
const PKCS8_HEAD = fromHex("302e020100300506032b657004220420");
const SPKI_HEAD_SIZE_BYTES = 12;

/** A key that signs. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes over any message (RFC 8032). */
  sign(message: Uint8Array): Uint8Array;
}

/** 32 random bytes from the operating system, the whole secret of a new key. */
export function newSeed(): Uint8Array {
  return new Uint8Array(randomBytes(ED25519_KEY_SIZE_BYTES));
}

/** The signer of a 32-byte seed. @throws RangeError when it has another size. */
export function signerOfSeed(seed: Uint8Array): Signer {
  if (seed.length !== ED25519_KEY_SIZE_BYTES) throw new RangeError("a seed has 32 bytes");
  const privateKey = createPrivateKey({
    key: Buffer.from(concatBytes(PKCS8_HEAD, seed)),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(spki.subarray(SPKI_HEAD_SIZE_BYTES)),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}
