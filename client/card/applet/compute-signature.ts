import { constants, createHash, type KeyObject, privateEncrypt, randomBytes } from "node:crypto";
import { p384 } from "@noble/curves/nist.js";
import type { CommandApdu, ResponseApdu } from "../apdu.ts";
import {
  DIGEST_BYTES,
  NEXT_GENERATION,
  SIGNATURE_BYTES,
  sha256DigestInfo,
} from "../jpki-application.ts";
import { SW } from "../status-words.ts";
import { encodePss } from "./emsa-pss.ts";
import { type AppletSession, referencedEf } from "./session.ts";
import { StatusError } from "./status-error.ts";

/**
 * COMPUTE DIGITAL SIGNATURE (80 2A): P1 is the scheme, P2 the key (80 current EF, 97 or 9A by short
 * identifier).
 */
export function computeSignature(session: AppletSession, command: CommandApdu): ResponseApdu {
  const { p1, p2, data, expectedBytes } = command;
  if (!SCHEMES[p1]) throw new StatusError(SW.WRONG_P1_P2);
  if (data.length === 0 || expectedBytes < SIGNATURE_BYTES) throw new StatusError(SW.WRONG_LENGTH);
  const file = referencedEf(session, p2);
  if (file.kind !== "KEY") throw new StatusError(SW.WRONG_FILE_TYPE);
  session.security.require(file.credential);
  const key = session.keys[file.credential];
  const scheme = (key.asymmetricKeyType === "ec" ? NEXT_SCHEMES : SCHEMES)[p1];
  if (!scheme) throw new StatusError(SW.WRONG_P1_P2);
  if (data.length < scheme.inputBytesMin || data.length > scheme.inputBytesMax) {
    throw new StatusError(SW.CONDITIONS_NOT_SATISFIED);
  }
  return { data: scheme.sign(key, data), statusWord: SW.OK };
}

interface Scheme {
  readonly inputBytesMin: number;
  readonly inputBytesMax: number;
  readonly sign: (key: KeyObject, input: Uint8Array) => Uint8Array;
}

const PSS_SALT_BYTES = 32;
/** What PKCS #1 v1.5 padding leaves of a 2048-bit block. */
const PADDED_BYTES_MAX = 245;

const VERBATIM = { inputBytesMin: 1, inputBytesMax: PADDED_BYTES_MAX };
const DIGEST = { inputBytesMin: DIGEST_BYTES, inputBytesMax: DIGEST_BYTES };
const MESSAGE = { inputBytesMin: 1, inputBytesMax: 255 };

/** By P1, as surveyed; all other values answer 6A86. */
const SCHEMES: Readonly<Record<number, Scheme>> = {
  0: { ...VERBATIM, sign: (key, input) => signPkcs1(key, input) },
  1: { ...MESSAGE, sign: (key, input) => signPkcs1(key, sha256(input)) },
  2: { ...DIGEST, sign: (key, input) => signPkcs1(key, sha256DigestInfo(input)) },
  3: { ...MESSAGE, sign: (key, input) => signPkcs1(key, sha256DigestInfo(sha256(input))) },
  4: { ...DIGEST, sign: (key, input) => signPss(key, input) },
  5: { ...MESSAGE, sign: (key, input) => signPss(key, sha256(input)) },
};

/** Of a key of the next generation: our guess, no survey. */
const NEXT_SCHEMES: Readonly<Record<number, Scheme>> = {
  0: {
    inputBytesMin: NEXT_GENERATION.DIGEST_BYTES,
    inputBytesMax: NEXT_GENERATION.DIGEST_BYTES,
    sign: (key, input) => signP384(key, input),
  },
};

/** ECDSA over a digest that is there already, which Node does not offer: its own hashes the message itself. */
function signP384(key: KeyObject, digest: Uint8Array): Uint8Array {
  const { d = "" } = key.export({ format: "jwk" });
  const secret = new Uint8Array(Buffer.from(d, "base64url"));
  return p384.sign(digest, secret, { prehash: false, lowS: false, format: "der" });
}

/** RFC 8017 section 8.2, over whatever takes the place of the DigestInfo. */
function signPkcs1(key: KeyObject, input: Uint8Array): Uint8Array {
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, input);
}

function signPss(key: KeyObject, digest: Uint8Array): Uint8Array {
  const encoded = encodePss(digest, randomBytes(PSS_SALT_BYTES));
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

function sha256(message: Uint8Array): Uint8Array {
  return createHash("sha256").update(message).digest();
}
