import { P384_KEY_SIZE_BYTES } from "../../ledger/signature.ts";
import { CertificateError, type ProfileRule, type UntrustedReason } from "./certificate-faults.ts";
import { type DecodedCertificate, decodeCertificate, isProfileKey } from "./decode-certificate.ts";
import { CLIENT_AUTH_OID, EXTENSION } from "./jpki-profile.ts";
import type { TrustAnchor, TrustAnchors } from "./trust-anchors.ts";

/**
 * A user-authentication certificate that keeps the profile; whether it is trusted and valid is
 * `checkAuthCertificate`'s to say. Key, serial number and subject identify one person for years:
 * none of them may reach the shared ledger unhidden.
 */
export interface AuthCertificate extends DecodedCertificate {
  /** The whole certificate. */
  readonly der: Uint8Array;
  /** Public key as RSAPublicKey, DER (RFC 8017 appendix A.1.1). */
  readonly publicKeyPkcs1: Uint8Array;
  /** Public key as SubjectPublicKeyInfo, DER. */
  readonly publicKeySpki: Uint8Array;
}

/**
 * Decodes a certificate from a card and checks what it says of itself.
 * @throws CertificateError CERT_TOO_LARGE, CERT_MALFORMED, CERT_PROFILE
 */
export function parseAuthCertificate(der: Uint8Array): AuthCertificate {
  const certificate = decodeCertificate(der);
  checkProfile(certificate);
  const { publicKey } = certificate;
  return {
    ...certificate,
    der,
    publicKeyPkcs1: publicKey.export({ format: "der", type: "pkcs1" }),
    publicKeySpki: publicKey.export({ format: "der", type: "spki" }),
  };
}

/** The key with which a card signs, in the ledger's form. */
export interface CardKey {
  readonly algorithm: "jpki-rsa2048-sha256" | "ecdsa-p384-sha384";
  readonly publicKey: Uint8Array;
}

/**
 * The key of a card of either generation. Registrars and verifiers know today's alone (`parseAuthCertificate`).
 * @throws CertificateError CERT_TOO_LARGE, CERT_MALFORMED, CERT_PROFILE
 */
export function parseCardKey(der: Uint8Array): CardKey {
  const certificate = decodeCertificate(der);
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyDetails?.namedCurve !== "secp384r1") {
    const { publicKeyPkcs1 } = parseAuthCertificate(der);
    return { algorithm: "jpki-rsa2048-sha256", publicKey: new Uint8Array(publicKeyPkcs1) };
  }
  checkUse(certificate);
  // The uncompressed point is the end of a SubjectPublicKeyInfo (RFC 5480 section 2.2).
  const spki = publicKey.export({ format: "der", type: "spki" });
  return {
    algorithm: "ecdsa-p384-sha384",
    publicKey: new Uint8Array(spki.subarray(-P384_KEY_SIZE_BYTES)),
  };
}

/**
 * Checks path, time and policy of a certificate, and gives the anchor that issued it. Says nothing
 * about revocation, which only the issuer's status service knows.
 * @throws CertificateError CERT_UNTRUSTED, CERT_NOT_YET_VALID, CERT_EXPIRED, CERT_PROFILE (POLICY);
 * RangeError when `atMs` is no time.
 */
export function checkAuthCertificate(
  certificate: AuthCertificate,
  trusted: TrustAnchors,
  atMs: number,
): TrustAnchor {
  // NaN would be neither before nor after anything.
  if (!Number.isFinite(atMs)) throw new RangeError(`atMs must be a time, got ${atMs}`);
  const anchor = findIssuer(certificate, trusted.anchors);
  if (Buffer.compare(anchor.name.der, certificate.issuer.der) !== 0) throw untrusted("ISSUER_NAME");
  if (atMs < anchor.notBeforeMs || atMs > anchor.notAfterMs) throw untrusted("ANCHOR_NOT_VALID");
  const { notBeforeMs, notAfterMs } = certificate;
  if (atMs < notBeforeMs) {
    throw new CertificateError({ code: "CERT_NOT_YET_VALID", notBeforeMs, atMs });
  }
  if (atMs > notAfterMs) throw new CertificateError({ code: "CERT_EXPIRED", notAfterMs, atMs });
  requireRule(certificate.policyOids.includes(trusted.policyOid), "POLICY");
  return anchor;
}

/** Generations share one name, so the key decides: its identifier first, then the signature. */
function findIssuer(certificate: AuthCertificate, anchors: readonly TrustAnchor[]): TrustAnchor {
  const { issuerKeyIdHex } = certificate;
  const named = anchors.filter(
    ({ keyIdHex }) => issuerKeyIdHex === undefined || keyIdHex === issuerKeyIdHex,
  );
  if (named.length === 0) throw untrusted("NO_ANCHOR");
  const issuer = named.find(({ publicKey }) => certificate.isSignedBy(publicKey));
  if (!issuer) throw untrusted("SIGNATURE");
  return issuer;
}

function checkProfile(certificate: DecodedCertificate): void {
  requireRule(isProfileKey(certificate.publicKey), "PUBLIC_KEY");
  checkUse(certificate);
}

/** All but the key. */
function checkUse(certificate: DecodedCertificate): void {
  requireRule(certificate.sha256WithRsa, "SIGNATURE_ALGORITHM");
  requireRule(isResident(certificate), "SUBJECT");
  // Exactly this: with nonRepudiation it would be the signing certificate, full of personal data.
  requireRule(certificate.keyUsages.join() === "digitalSignature", "KEY_USAGE");
  const { extendedKeyUsages } = certificate;
  requireRule(extendedKeyUsages?.includes(CLIENT_AUTH_OID) ?? true, "EXTENDED_KEY_USAGE");
  requireRule(!certificate.isCa, "BASIC_CONSTRAINTS");
  // RFC 5280 section 4.2: what is critical and not understood is refused.
  const understood = certificate.criticalOids.every((oid) => UNDERSTOOD_OIDS.has(oid));
  requireRule(understood, "CRITICAL_EXTENSION");
}

/** C and CN alone: a place or a name in the subject means another kind of certificate. */
function isResident({ subject }: DecodedCertificate): boolean {
  const [country, commonName, ...others] = subject.attributes;
  const types = country?.[0] === "C" && commonName?.[0] === "CN" && others.length === 0;
  return types && country[1] === "JP";
}

const UNDERSTOOD_OIDS: ReadonlySet<string> = new Set([
  EXTENSION.KEY_USAGE,
  EXTENSION.EXTENDED_KEY_USAGE,
  EXTENSION.BASIC_CONSTRAINTS,
  EXTENSION.CERTIFICATE_POLICIES,
]);

function requireRule(holds: boolean, rule: ProfileRule): void {
  if (!holds) throw new CertificateError({ code: "CERT_PROFILE", rule });
}

function untrusted(reason: UntrustedReason): CertificateError {
  return new CertificateError({ code: "CERT_UNTRUSTED", reason });
}
