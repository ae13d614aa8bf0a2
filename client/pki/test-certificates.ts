import "./reflect-metadata.ts";
import { randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  CertificatePolicyExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  IssuerAlternativeNameExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
} from "@peculiar/x509";
import { crlDistributionPoint } from "./distribution-point.ts";
import {
  AUTH_POLICY_OID,
  CLIENT_AUTH_OID,
  crlDistributionPointDn,
  SERVICE_DN,
  SIGN_TEST_POLICY_OID,
} from "./jpki-profile.ts";
import { publicKeyOf } from "./rsa-key.ts";
import { type CertificateRequest, issueCertificate, type TestAuthority } from "./test-ca.ts";
import { addYears } from "./validity.ts";

/** Options of the two kinds of resident certificates. */
export interface ResidentCertificateOptions {
  /** Start of validity. Default: now. */
  readonly issuedAt?: Date;
  /** Default: the policy of that kind of certificate. */
  readonly policyOid?: string;
}

/** Years until a resident's fifth birthday after issue, at most. */
const RESIDENT_VALIDITY_YEARS = 5;

/** Issues a user-authentication certificate (EF 000A) for a public key (SPKI DER). PEM. */
export async function issueAuthCertificate(
  issuer: TestAuthority,
  publicKeySpki: Uint8Array,
  options: ResidentCertificateOptions = {},
): Promise<string> {
  return issueCertificate(issuer, await authCertificateRequest(issuer, publicKeySpki, options));
}

/** What a user-authentication certificate says; tests change one thing of it at a time. */
export async function authCertificateRequest(
  issuer: TestAuthority,
  publicKeySpki: Uint8Array,
  options: ResidentCertificateOptions = {},
): Promise<CertificateRequest> {
  return residentRequest(issuer, publicKeySpki, {
    ...options,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([CLIENT_AUTH_OID]),
      new CertificatePolicyExtension([options.policyOid ?? AUTH_POLICY_OID], true),
    ],
  });
}

/**
 * Issues a digital-signature certificate (EF 0001), PEM. A real one names the resident in subject
 * and SAN; this has an opaque name and no SAN, since nothing here may learn to expect those.
 */
export async function issueSignCertificate(
  issuer: TestAuthority,
  publicKeySpki: Uint8Array,
  options: ResidentCertificateOptions = {},
): Promise<string> {
  const usages = KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation;
  const request = await residentRequest(issuer, publicKeySpki, {
    ...options,
    extensions: [
      new KeyUsagesExtension(usages, true),
      new CertificatePolicyExtension([options.policyOid ?? SIGN_TEST_POLICY_OID], true),
    ],
  });
  return issueCertificate(issuer, request);
}

interface ResidentOptions {
  readonly issuedAt?: Date;
  /** Those in which the two kinds of certificates differ. */
  readonly extensions: readonly Extension[];
}

async function residentRequest(
  issuer: TestAuthority,
  publicKeySpki: Uint8Array,
  options: ResidentOptions,
): Promise<CertificateRequest> {
  const { issuedAt = new Date(), extensions } = options;
  const key = Uint8Array.from(publicKeySpki);
  const issuerKey = Uint8Array.from(publicKeyOf(issuer.privateKeyPem));
  return {
    subject: `C=JP, CN=${opaqueId()}`,
    publicKeySpki: key,
    notBefore: issuedAt,
    notAfter: addYears(issuedAt, RESIDENT_VALIDITY_YEARS),
    extensions: [
      ...extensions,
      new IssuerAlternativeNameExtension([{ type: "dn", value: SERVICE_DN }]),
      crlDistributionPoint(crlDistributionPointDn(issuer)),
      await AuthorityKeyIdentifierExtension.create(issuerKey, false, webcrypto),
      await SubjectKeyIdentifierExtension.create(key, false, webcrypto),
    ],
  };
}

/** As long as the identifiers on test cards, and saying where it comes from. */
function opaqueId(): string {
  return `TEST${randomBytes(10).toString("hex").toUpperCase().slice(0, 19)}`;
}
