/**
 * A resident shows who he is at the registrar, by his card and PIN: the card signs a challenge. A card signs any digest it is
 * given, so what keeps a login from being a payment, and a payment from being a login, is the tag in what is hashed.
 */
import { randomBytes } from "node:crypto";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { tagged } from "../../ledger/hash.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import {
  type AuthCertificate,
  checkAuthCertificate,
  parseAuthCertificate,
} from "../pki/profile.ts";
import type { TrustAnchors } from "../pki/trust-anchors.ts";

const NONCE_SIZE_BYTES = 32;
/** How long a challenge may be answered, ms. */
const CHALLENGE_AGE_MS_MAX = 120_000;
/** Challenges under way; the oldest gives way. */
const CHALLENGES_MAX = 10_000;

/** What the card signs the SHA-256 of. */
export function loginMessage(networkId: Uint8Array, nonce: Uint8Array): Uint8Array {
  return tagged("card-login", networkId, nonce);
}

/** A certificate whose card has just signed with its PIN. Made by `CardLogin` alone. */
export class ProvenCard {
  readonly certificate: AuthCertificate;

  /** @internal */
  constructor(certificate: AuthCertificate) {
    this.certificate = certificate;
  }
}

/** Gives challenges and takes each answer once. */
export class CardLogin {
  readonly #networkId: Uint8Array;
  readonly #anchors: TrustAnchors;
  /** When each nonce (hexadecimal) was given, oldest first. */
  readonly #givenAtMs = new Map<string, number>();

  constructor(networkId: Uint8Array, anchors: TrustAnchors) {
    this.#networkId = networkId;
    this.#anchors = anchors;
  }

  /** A nonce that nobody has had before. */
  challenge(nowMs: number): Uint8Array {
    const nonce = new Uint8Array(randomBytes(NONCE_SIZE_BYTES));
    const [oldest] = this.#givenAtMs.keys();
    if (this.#givenAtMs.size >= CHALLENGES_MAX && oldest !== undefined) {
      this.#givenAtMs.delete(oldest);
    }
    this.#givenAtMs.set(toHex(nonce), nowMs);
    return nonce;
  }

  /**
   * The card that answered a challenge.
   * @throws LedgerFault `EXPIRED` when the nonce is not one under way, `SIGNATURE_INVALID`; CertificateError.
   */
  prove(
    answer: {
      readonly nonce: Uint8Array;
      readonly certificate: Uint8Array;
      readonly signature: Uint8Array;
    },
    nowMs: number,
  ): ProvenCard {
    const name = toHex(answer.nonce);
    const givenAtMs = this.#givenAtMs.get(name);
    // Right or wrong, it is answered: nobody tries twice.
    this.#givenAtMs.delete(name);
    if (givenAtMs === undefined || nowMs - givenAtMs > CHALLENGE_AGE_MS_MAX) {
      throw new LedgerFault("EXPIRED");
    }
    const certificate = parseAuthCertificate(answer.certificate);
    checkAuthCertificate(certificate, this.#anchors, nowMs);
    const isRight = verifySignature({
      algorithm: "jpki-rsa2048-sha256",
      publicKey: certificate.publicKeyPkcs1,
      message: loginMessage(this.#networkId, answer.nonce),
      signature: answer.signature,
    });
    if (!isRight) throw new LedgerFault("SIGNATURE_INVALID");
    return new ProvenCard(certificate);
  }
}
