import "./reflect-metadata.ts";
import { type KeyObject, X509Certificate } from "node:crypto";
import { X509Certificate as ProfileCertificate } from "@peculiar/x509";
import { CertificateError } from "./certificate-faults.ts";
import { CERTIFICATE_SIZE_BYTES_MAX } from "./limits.ts";

/**
 * A certificate as its two readers see it: OpenSSL for key and signature, @peculiar/x509 for names,
 * times and extensions, which Node does not give out.
 */
export interface DecodedCertificate {
  readonly openssl: X509Certificate;
  readonly profile: ProfileCertificate;
  readonly publicKey: KeyObject;
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
  const decoded = decode(der);
  // Both libraries also take other encodings and ignore trailing bytes; OpenSSL's own encoding of
  // what it understood is the one that counts. RFC 5280 section 4.2: an extension occurs once.
  const types = decoded.profile.extensions.map(({ type }) => type);
  const distinct = new Set(types).size === types.length;
  if (!distinct || !decoded.openssl.raw.equals(der)) {
    throw new CertificateError({ code: "CERT_MALFORMED" });
  }
  return decoded;
}

function decode(der: Uint8Array): DecodedCertificate {
  try {
    const openssl = new X509Certificate(der);
    return {
      openssl,
      profile: new ProfileCertificate(openssl.raw),
      publicKey: openssl.publicKey,
    };
  } catch (error) {
    throw new CertificateError({ code: "CERT_MALFORMED" }, { cause: error });
  }
}

/** Whether a key is RSA-2048 with the exponent 65537, the only kind the profile has. */
export function isProfileKey(key: KeyObject): boolean {
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  return key.asymmetricKeyType === "rsa" && modulusLength === 2048 && publicExponent === 65_537n;
}

/** Whether a certificate says that it is signed with sha256WithRSAEncryption. */
export function isProfileSignature({ profile }: DecodedCertificate): boolean {
  // The library's type leans on the DOM's `Algorithm`, which Node's types do not have.
  const algorithm: WebAlgorithm = profile.signatureAlgorithm;
  return algorithm.name === "RSASSA-PKCS1-v1_5" && algorithm.hash?.name === "SHA-256";
}

interface WebAlgorithm {
  readonly name?: string;
  readonly hash?: { readonly name?: string };
}
