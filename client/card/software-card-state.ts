import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { CardError } from "./card-faults.ts";
import { AUTH_PIN_TRIES, SIGN_PASSWORD_TRIES } from "./jpki-application.ts";

/** The two credentials of the JPKI application: user authentication and digital signature. */
export type CredentialName = "auth" | "sign";

/** A key with its certificates, and the PIN that guards it. */
export interface Credential {
  /** RSA-2048 private key, or one of P-384, PKCS#8 PEM. */
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly caCertificatePem: string;
  /** The PIN or password in clear: a software card guards nothing of value. */
  pin: string;
  /** Tries left; 0 when blocked. */
  triesLeft: number;
}

/**
 * What a blocked PIN answers: 6984 as the card's specification has it, or 63C0, without which
 * OpenSC does not recognise a card.
 */
export type BlockedAnswer = "6984" | "63C0";

/** What a software card keeps without power: a plain object that JSON can hold. */
export interface SoftwareCardState {
  readonly format: typeof CARD_FILE_FORMAT;
  readonly blockedAnswer: BlockedAnswer;
  readonly auth: Credential;
  readonly sign: Credential;
}

/** The tag of the file format; another format gets another number. */
export const CARD_FILE_FORMAT = "jpki-software-card/1";

/** Tries that each PIN has when fresh or just verified. */
export const FULL_TRIES: Readonly<Record<CredentialName, number>> = {
  auth: AUTH_PIN_TRIES,
  sign: SIGN_PASSWORD_TRIES,
};

/** Two keys and four certificates in PEM take about 12 KiB. */
const CARD_FILE_SIZE_BYTES_MAX = 65_536;

/**
 * Writes the card to a file that only its owner can read. The file is replaced as a whole and is
 * on disk when this returns, so that pulling the plug gives no try back.
 */
export function saveSoftwareCard(path: string, state: SoftwareCardState): void {
  const draft = `${path}.draft`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(state, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/**
 * Reads a card from its file.
 * @throws CardError CARD_FILE_MALFORMED; or the file system's error.
 */
export function loadSoftwareCard(path: string): SoftwareCardState {
  const sizeBytes = statSync(path).size;
  if (sizeBytes > CARD_FILE_SIZE_BYTES_MAX) throw malformed(`${sizeBytes} bytes are too many`);
  return parseSoftwareCard(readFileSync(path, "utf8"));
}

/**
 * Decodes the text of a card file.
 * @throws CardError CARD_FILE_MALFORMED
 */
export function parseSoftwareCard(text: string): SoftwareCardState {
  const { format, blockedAnswer, auth, sign } = fields<SoftwareCardState>(parseJson(text), "card");
  if (format !== CARD_FILE_FORMAT) throw malformed("unknown format");
  if (blockedAnswer !== "6984" && blockedAnswer !== "63C0") throw malformed("blockedAnswer");
  return {
    format,
    blockedAnswer,
    auth: parseCredential(auth, "auth"),
    sign: parseCredential(sign, "sign"),
  };
}

function parseCredential(value: unknown, name: CredentialName): Credential {
  const credential = fields<Credential>(value, name);
  const text = (field: Exclude<keyof Credential, "triesLeft">): string => {
    const found = credential[field];
    if (typeof found !== "string") throw malformed(`${name}.${field}`);
    return found;
  };
  return {
    privateKeyPem: text("privateKeyPem"),
    certificatePem: text("certificatePem"),
    caCertificatePem: text("caCertificatePem"),
    pin: text("pin"),
    triesLeft: parseTries(credential.triesLeft, name),
  };
}

function parseTries(value: unknown, name: CredentialName): number {
  const valid = typeof value === "number" && Number.isInteger(value);
  if (!valid || value < 0 || value > FULL_TRIES[name]) throw malformed(`${name}.triesLeft`);
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed("not JSON", error);
  }
}

function fields<T>(value: unknown, what: string): { [Field in keyof T]?: unknown } {
  if (typeof value !== "object" || value === null) throw malformed(`${what} is missing`);
  return value;
}

function malformed(what: string, cause?: unknown): CardError {
  return new CardError({ code: "CARD_FILE_MALFORMED", what }, { cause });
}
