/**
 * Continuity: the issuer's word that a new certificate belongs to the holder of an old one. Renewal gives another key, serial and
 * name, so nothing in the two says so; the issuer's service tells it to accredited verifiers, and its form is not public. Here it
 * is a statement that the issuer signs:
 *
 *     statement = [ version, oldSerial, newSerial, asOfMs, signature ]     signature over tag("continuity") ‖ the first four
 */
import { createPrivateKey, sign } from "node:crypto";
import { equalBytes, fromHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { hash, tagged } from "../../ledger/hash.ts";
import { CREATED_AHEAD_MS_MAX, TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { bytes, fromBytes, type Infer, record, toBytes, uint } from "../../ledger/schema.ts";
import { RSA_SIGNATURE_SIZE_BYTES } from "../../ledger/signature.ts";
import type { AuthCertificate } from "../pki/profile.ts";
import type { TestAuthority } from "../pki/test-ca.ts";
import type { TrustAnchors } from "../pki/trust-anchors.ts";

const STATEMENT_SIZE_BYTES_MAX = 1024;
/** RFC 5280 section 4.1.2.2: serial numbers have at most 20 bytes. */
const serial = bytes(1, 20);

const claimFields = {
  version: uint(1, 1),
  oldSerial: serial,
  newSerial: serial,
  asOfMs: uint(TIMESTAMP_MS_MAX),
};
const claimSchema = record(claimFields);
type Claim = Infer<typeof claimSchema>;
const statementSchema = record({ ...claimFields, signature: bytes(RSA_SIGNATURE_SIZE_BYTES) });

/** The two certificates that a statement must be about. */
export interface Succession {
  readonly old: AuthCertificate;
  readonly new: AuthCertificate;
}

/**
 * Demands the issuer's statement that one certificate follows the other, and returns it.
 * @throws LedgerFault `CONTINUITY_UNPROVEN` with the reason when there is none, it is not the issuer's, or about others.
 */
export function demandContinuity(
  statement: Uint8Array | null,
  succession: Succession,
  { anchors }: TrustAnchors,
  nowMs: number,
): Uint8Array {
  if (statement === null) return unproven("no statement of the issuer");
  const { signature, ...claim } = readStatement(statement);
  const issuer = anchors.find(({ publicKey }) => succession.new.isSignedBy(publicKey));
  const isIssuers =
    issuer !== undefined &&
    verifySignature({
      algorithm: "jpki-rsa2048-sha256",
      publicKey: new Uint8Array(issuer.publicKey.export({ format: "der", type: "pkcs1" })),
      message: messageOf(claim),
      signature,
    });
  if (!isIssuers) unproven("not signed by the issuer of the new certificate");
  const isOfThese =
    equalBytes(claim.oldSerial, serialBytes(succession.old)) &&
    equalBytes(claim.newSerial, serialBytes(succession.new));
  if (!isOfThese) unproven("about other certificates");
  if (claim.asOfMs > nowMs + CREATED_AHEAD_MS_MAX) unproven("ahead of its time");
  return statement;
}

/** What the ledger keeps of the evidence: nothing that can be guessed, and enough to ask the verifier for it later. */
export function evidenceHashOf(salt: Uint8Array, statement: Uint8Array): Uint8Array {
  return hash("continuity-evidence", salt, statement);
}

/** The statement of a test authority, as the real one would make it. */
export function stateContinuity(
  issuer: TestAuthority,
  succession: Succession,
  asOfMs: number,
): Uint8Array {
  const [oldSerial, newSerial] = [serialBytes(succession.old), serialBytes(succession.new)];
  const claim: Claim = { version: 1, oldSerial, newSerial, asOfMs };
  const key = createPrivateKey(issuer.privateKeyPem);
  const signature = new Uint8Array(sign("sha256", messageOf(claim), key));
  return toBytes(statementSchema, { ...claim, signature });
}

function readStatement(statement: Uint8Array) {
  try {
    return fromBytes(statementSchema, statement, STATEMENT_SIZE_BYTES_MAX);
  } catch (error) {
    if (error instanceof LedgerFault) return unproven("not a statement", error);
    throw error;
  }
}

function messageOf(claim: Claim): Uint8Array {
  return tagged("continuity", toBytes(claimSchema, claim));
}

/** Without the zero byte that keeps a serial positive in DER. */
function serialBytes({ serialHex }: AuthCertificate): Uint8Array {
  const trimmed = serialHex.replace(/^(?:00)+(?=.)/, "");
  return fromHex(trimmed.length % 2 === 0 ? trimmed : `0${trimmed}`);
}

function unproven(reason: string, cause?: unknown): never {
  throw new LedgerFault("CONTINUITY_UNPROVEN", { reason, cause });
}
