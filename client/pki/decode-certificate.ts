import "./reflect-metadata.ts";
import { type KeyObject, X509Certificate } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CertificatePolicyExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type Name,
  X509Certificate as ParsedCertificate,
  SubjectKeyIdentifierExtension,
} from "@peculiar/x509";
import { CERTIFICATE_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { CertificateError } from "./certificate-faults.ts";
import { readCrlDistributionPoints } from "./distribution-point.ts";
import { EXTENSION } from "./jpki-profile.ts";

/** What a certificate says; whether that is right is for others to judge. */
export interface DecodedCertificate {
  readonly publicKey: KeyObject;
  /** Whether it names sha256WithRSAEncryption as its signature algorithm. */
  readonly sha256WithRsa: boolean;
  /** Whether that key made its signature, over the bytes as they came. */
  readonly isSignedBy: (issuerKey: KeyObject) => boolean;
  /** Lower-case hexadecimal. */
  readonly serialHex: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Names of RFC 5280 section 4.2.1.3; empty without the extension. */
  readonly keyUsages: readonly string[];
  /** Object identifiers; undefined without the extension. */
  readonly extendedKeyUsages: readonly string[] | undefined;
  readonly isCa: boolean;
  readonly policyOids: readonly string[];
  /** Subject key identifier, lower-case hexadecimal. */
  readonly keyIdHex: string | undefined;
  /** Authority key identifier, lower-case hexadecimal. */
  readonly issuerKeyIdHex: string | undefined;
  /** Directory names (DER) where the issuer's list of revoked certificates is. */
  readonly crlPoints: readonly Uint8Array[];
  /** Object identifiers of the critical extensions. */
  readonly criticalOids: readonly string[];
}

/** A name, both as it is compared and as it is read. */
export interface DistinguishedName {
  readonly der: Uint8Array;
  /** Type and value of each attribute, in the order they are written. */
  readonly attributes: readonly (readonly [type: string, value: string])[];
}

/**
 * Decodes one DER certificate that fills the bytes exactly and has each extension once.
 * @throws CertificateError CERT_TOO_LARGE, CERT_MALFORMED
 */
export function decodeCertificate(der: Uint8Array): DecodedCertificate {
  const maxBytes = CERTIFICATE_SIZE_BYTES_MAX;
  if (der.length > maxBytes) {
    throw new CertificateError({ code: "CERT_TOO_LARGE", sizeBytes: der.length, maxBytes });
  }
  try {
    return decode(der);
  } catch (error) {
    throw new CertificateError({ code: "CERT_MALFORMED" }, { cause: error });
  }
}

/**
 * OpenSSL decodes key and signature, @peculiar/x509 what Node does not give out. Everything is read
 * here, since the latter decodes on first use.
 */
function decode(der: Uint8Array): DecodedCertificate {
  const openssl = new X509Certificate(der);
  // Both libraries also take other encodings and ignore trailing bytes; OpenSSL's own encoding of
  // what it understood is the one that counts.
  must(openssl.raw.equals(der), "not DER, or followed by other bytes");
  const parsed = new ParsedCertificate(openssl.raw);
  const { extensions } = parsed;
  // RFC 5280 section 4.2.
  must(new Set(extensions.map(({ type }) => type)).size === extensions.length, "extension twice");
  return {
    publicKey: openssl.publicKey,
    sha256WithRsa: isSha256WithRsa(parsed.signatureAlgorithm),
    isSignedBy: (issuerKey) => openssl.verify(issuerKey),
    serialHex: parsed.serialNumber,
    subject: decodeName(parsed.subjectName),
    issuer: decodeName(parsed.issuerName),
    notBeforeMs: timeMs(parsed.notBefore),
    notAfterMs: timeMs(parsed.notAfter),
    keyUsages: usageNames(parsed.getExtension(KeyUsagesExtension)?.usages ?? 0),
    extendedKeyUsages: parsed.getExtension(ExtendedKeyUsageExtension)?.usages.map(String),
    isCa: parsed.getExtension(BasicConstraintsExtension)?.ca ?? false,
    policyOids: [...(parsed.getExtension(CertificatePolicyExtension)?.policies ?? [])],
    keyIdHex: parsed.getExtension(SubjectKeyIdentifierExtension)?.keyId,
    issuerKeyIdHex: parsed.getExtension(AuthorityKeyIdentifierExtension)?.keyId,
    crlPoints: crlPointsOf(parsed),
    criticalOids: extensions.filter(({ critical }) => critical).map(({ type }) => type),
  };
}

function crlPointsOf(parsed: ParsedCertificate): Uint8Array[] {
  const extension = parsed.getExtension(EXTENSION.CRL_DISTRIBUTION_POINTS);
  return extension === null ? [] : readCrlDistributionPoints(new Uint8Array(extension.value));
}

/** The library's type leans on the DOM's `Algorithm`, which Node's types do not have. */
interface WebAlgorithm {
  readonly name?: string;
  readonly hash?: { readonly name?: string };
}

function isSha256WithRsa({ name, hash }: WebAlgorithm): boolean {
  return name === "RSASSA-PKCS1-v1_5" && hash?.name === "SHA-256";
}

function decodeName(name: Name): DistinguishedName {
  const attributes = name.toJSON().flatMap((rdn) => Object.entries(rdn));
  return {
    der: new Uint8Array(name.toArrayBuffer()),
    attributes: attributes.flatMap(([type, values]) =>
      values.map((value) => [type, value] as const),
    ),
  };
}

function usageNames(usages: number): string[] {
  return Object.entries(KeyUsageFlags)
    .filter(([, flag]) => typeof flag === "number" && (usages & flag) !== 0)
    .map(([name]) => name);
}

/** An invalid Date would compare as neither before nor after anything. */
function timeMs(date: Date): number {
  must(Number.isFinite(date.getTime()), "no valid time");
  return date.getTime();
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Whether a key is RSA-2048 with the exponent 65537, the only kind the profile has. */
export function isProfileKey(key: KeyObject): boolean {
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  return key.asymmetricKeyType === "rsa" && modulusLength === 2048 && publicExponent === 65_537n;
}
