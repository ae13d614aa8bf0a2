/**
 * The certificate of a card, checked by every node: only in networks whose genesis names trust anchors (policy `replicated`).
 * Without anchors (policy `attested`) no certificate is taken at all: verifiers answer for it.
 */
import { equalBytes, fromHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { CERTIFICATE_ANCHORS_MAX, CERTIFICATE_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { verifySignaturePortably } from "../../ledger/portable-signature.ts";
import { bytes, type Infer, list, nullable, record } from "../../ledger/schema.ts";
import type { Content } from "../declaration.ts";
import { organizationOf, readX509, type X509 } from "./x509.ts";

/** A certificate where the network's policy wants one, else null. */
export const cardCertificate = nullable(bytes(1, CERTIFICATE_SIZE_BYTES_MAX));

/** The CA certificates that cards' certificates are checked against, as the genesis has them. */
export const anchorsSchema = record({
  certificates: list(bytes(1, CERTIFICATE_SIZE_BYTES_MAX), CERTIFICATE_ANCHORS_MAX),
});
type Anchors = Infer<typeof anchorsSchema>;

/** What a rule may refuse a certificate with. */
export const CERTIFICATE_FAULTS = ["CERTIFICATE_POLICY", "CERTIFICATE_UNTRUSTED"] as const;

/** Object identifiers of extensions, as content bytes in hexadecimal (RFC 5280 section 4.2.1). */
const KEY_USAGE = "551d0f";
const BASIC_CONSTRAINTS = "551d13";
const CERTIFICATE_POLICIES = "551d20";
const EXTENDED_KEY_USAGE = "551d25";
const UNDERSTOOD = [KEY_USAGE, BASIC_CONSTRAINTS, CERTIFICATE_POLICIES, EXTENDED_KEY_USAGE];
/** BIT STRING with digitalSignature alone: with nonRepudiation it names its holder. */
const DIGITAL_SIGNATURE = fromHex("03020780");
/** Policy of user authentication, 1.2.392.200149.8.5.1.3.30, as an element. */
const AUTH_POLICY = fromHex("060b2a83088c9b55080501031e");
/** The organisations of the real hierarchy and of the test cards': one of them, never both. */
const HIERARCHIES: readonly string[] = ["JPKI", "JPKI-TEST"];

/**
 * Why a card's certificate is not taken, or null. It must be there exactly when there are anchors; then one of them must
 * have signed it, for the key that signs the transaction, and it must be valid now.
 */
export function certificateFault(
  certificate: Uint8Array | null,
  anchors: Anchors | null,
  cardKey: Uint8Array,
  atMs: number,
): (typeof CERTIFICATE_FAULTS)[number] | null {
  const authorities = anchors?.certificates ?? [];
  if ((certificate === null) !== (authorities.length === 0)) return "CERTIFICATE_POLICY";
  if (certificate === null) return null;
  try {
    const read = readX509(certificate);
    const isRight =
      equalBytes(read.publicKeyPkcs1, cardKey) &&
      isValid(read, atMs) &&
      isForAuthentication(read) &&
      authorities.some((der) => isIssuedBy(read, readX509(der), atMs));
    return isRight ? null : "CERTIFICATE_UNTRUSTED";
  } catch (error) {
    if (error instanceof LedgerFault) return "CERTIFICATE_UNTRUSTED";
    throw error;
  }
}

/** Whether a transaction bears a certificate. */
export function bearsCertificate(content: Content<unknown, unknown>): boolean {
  const body = content.private as { readonly certificate?: unknown } | null;
  return body?.certificate instanceof Uint8Array;
}

/**
 * Checks the anchors of a genesis: self-signed, and all of one hierarchy, or test cards would pay for real.
 * @throws LedgerFault `INVALID_FIELD`, `MALFORMED`.
 */
export function assertAnchors(certificates: readonly Uint8Array[]): void {
  const organisations = certificates.map((der) => {
    const anchor = readX509(der);
    if (!isSignedBy(anchor, anchor)) refuse("must be self-signed");
    return organizationOf(anchor.subject);
  });
  const [first] = organisations;
  if (first === undefined) return;
  if (!HIERARCHIES.includes(first)) refuse("must be of JPKI or of its test cards");
  if (organisations.some((each) => each !== first)) refuse("must be of one hierarchy");
}

function isValid({ notBeforeMs, notAfterMs }: X509, atMs: number): boolean {
  return notBeforeMs <= atMs && atMs <= notAfterMs;
}

function isForAuthentication({ extensions }: X509): boolean {
  const usage = extensions.get(KEY_USAGE);
  const policies = extensions.get(CERTIFICATE_POLICIES);
  const isUnderstood = [...extensions].every(
    ([oid, { isCritical }]) => !isCritical || UNDERSTOOD.includes(oid),
  );
  return (
    isUnderstood &&
    !extensions.has(BASIC_CONSTRAINTS) &&
    usage !== undefined &&
    equalBytes(usage.value, DIGITAL_SIGNATURE) &&
    policies !== undefined &&
    holds(policies.value, AUTH_POLICY)
  );
}

/** Several generations have one name: the signature decides. */
function isIssuedBy(certificate: X509, anchor: X509, atMs: number): boolean {
  return (
    equalBytes(certificate.issuer, anchor.subject) &&
    isValid(anchor, atMs) &&
    isSignedBy(certificate, anchor)
  );
}

function isSignedBy({ tbs, signature }: X509, { publicKeyPkcs1 }: X509): boolean {
  return verifySignaturePortably({
    algorithm: "jpki-rsa2048-sha256",
    publicKey: publicKeyPkcs1,
    message: tbs,
    signature,
  });
}

function holds(haystack: Uint8Array, needle: Uint8Array): boolean {
  return haystack.some((_, at) => equalBytes(haystack.subarray(at, at + needle.length), needle));
}

function refuse(problem: string): never {
  throw new LedgerFault("INVALID_FIELD", { path: "genesis.cardAnchors", problem });
}
