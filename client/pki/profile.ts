import "./reflect-metadata.ts";
import type { X509Certificate } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate as ProfileCertificate,
} from "@peculiar/x509";
import { CertificateError, type ProfileRule, type UntrustedReason } from "./certificate-faults.ts";
import { decodeCertificate, isProfileKey, isProfileSignature } from "./decode-certificate.ts";
import { CLIENT_AUTH_OID, EXTENSION } from "./jpki-profile.ts";
import type { TrustAnchor, TrustAnchors } from "./trust-anchors.ts";

/**
 * A user-authentication certificate that keeps the profile; whether it is trusted and valid is
 * `checkAuthCertificate`'s to say. Key, serial number and subject identify one person for years:
 * none of them may reach the shared ledger unhidden.
 */
export interface AuthCertificate {
  /** Public key as RSAPublicKey, DER (RFC 8017 appendix A.1.1). */
  readonly publicKeyPkcs1: Uint8Array;
  /** Public key as SubjectPublicKeyInfo, DER. */
  readonly publicKeySpki: Uint8Array;
  /** For a status query to the issuer and nothing else; lower-case hexadecimal. */
  readonly serialHex: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly policyOids: readonly string[];
  /** Identifier of the issuer's key, lower-case hexadecimal; absent where not stated. */
  readonly issuerKeyIdHex: string | undefined;
  /** Issuer DN, DER. */
  readonly issuerDer: Uint8Array;
  /** As OpenSSL sees it, for the check of its signature. */
  readonly openssl: X509Certificate;
}

/**
 * Decodes a certificate from a card and checks what it says of itself.
 * @throws CertificateError CERT_TOO_LARGE, CERT_MALFORMED, CERT_PROFILE
 */
export function parseAuthCertificate(der: Uint8Array): AuthCertificate {
  const certificate = decodeCertificate(der);
  const { openssl, profile, publicKey } = certificate;
  requireRule(isProfileKey(publicKey), "PUBLIC_KEY");
  requireRule(isProfileSignature(certificate), "SIGNATURE_ALGORITHM");
  checkSubject(profile);
  checkExtensions(profile);
  return {
    publicKeyPkcs1: publicKey.export({ format: "der", type: "pkcs1" }),
    publicKeySpki: publicKey.export({ format: "der", type: "spki" }),
    serialHex: profile.serialNumber,
    notBeforeMs: profile.notBefore.getTime(),
    notAfterMs: profile.notAfter.getTime(),
    policyOids: [...(profile.getExtension(CertificatePolicyExtension)?.policies ?? [])],
    issuerKeyIdHex: profile.getExtension(AuthorityKeyIdentifierExtension)?.keyId,
    issuerDer: new Uint8Array(profile.issuerName.toArrayBuffer()),
    openssl,
  };
}

/**
 * Checks path, time and policy of a certificate, and gives the anchor that issued it. Says nothing
 * about revocation, which only the issuer's status service knows.
 * @throws CertificateError CERT_UNTRUSTED, CERT_NOT_YET_VALID, CERT_EXPIRED, CERT_PROFILE (POLICY)
 */
export function checkAuthCertificate(
  certificate: AuthCertificate,
  trusted: TrustAnchors,
  atMs: number,
): TrustAnchor {
  const anchor = findIssuer(certificate, trusted.anchors);
  if (Buffer.compare(anchor.nameDer, certificate.issuerDer) !== 0) throw untrusted("ISSUER_NAME");
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
  const { issuerKeyIdHex, openssl } = certificate;
  const named = anchors.filter(
    ({ keyIdHex }) => issuerKeyIdHex === undefined || keyIdHex === issuerKeyIdHex,
  );
  if (named.length === 0) throw untrusted("NO_ANCHOR");
  const issuer = named.find(({ publicKey }) => openssl.verify(publicKey));
  if (!issuer) throw untrusted("SIGNATURE");
  return issuer;
}

/** C and CN alone: a place or a name in the subject means another kind of certificate. */
function checkSubject({ subjectName }: ProfileCertificate): void {
  const attributes = subjectName.toJSON().flatMap((rdn) => Object.keys(rdn));
  const expected = attributes.length === 2 && attributes[0] === "C" && attributes[1] === "CN";
  requireRule(expected && subjectName.getField("C")[0] === "JP", "SUBJECT");
}

function checkExtensions(certificate: ProfileCertificate): void {
  const usages = certificate.getExtension(KeyUsagesExtension)?.usages;
  // Exactly this: with nonRepudiation it would be the signing certificate, full of personal data.
  requireRule(usages === KeyUsageFlags.digitalSignature, "KEY_USAGE");
  const extended = certificate.getExtension(ExtendedKeyUsageExtension)?.usages;
  requireRule(extended?.includes(CLIENT_AUTH_OID) ?? true, "EXTENDED_KEY_USAGE");
  requireRule(!certificate.getExtension(BasicConstraintsExtension)?.ca, "BASIC_CONSTRAINTS");
  // RFC 5280 section 4.2: what is critical and not understood is refused.
  const understood = certificate.extensions.every(
    ({ critical, type }) => !critical || UNDERSTOOD.has(type),
  );
  requireRule(understood, "CRITICAL_EXTENSION");
}

const UNDERSTOOD: ReadonlySet<string> = new Set([
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
