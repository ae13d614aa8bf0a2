import "./reflect-metadata.ts";
import { randomBytes, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { crlDistributionPoint } from "./distribution-point.ts";
import { authorityDn, type Hierarchy, type Purpose, SERVICE_DN } from "./jpki-profile.ts";
import { generateRsaKey, importSigningKey, publicKeyOf, type SigningHash } from "./rsa-key.ts";
import { addYears } from "./validity.ts";

/** One certification authority of a test PKI; plain data, so that it can be kept in a file. */
export interface TestAuthority {
  readonly organization: Hierarchy;
  readonly purpose: Purpose;
  /** Self-signed certificate. */
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

/** One generation of a PKI shaped like JPKI: two roots, each issuing to residents directly. */
export interface TestCa {
  readonly userAuthentication: TestAuthority;
  readonly digitalSignature: TestAuthority;
}

/** Options of `createTestCa`. */
export interface TestCaOptions {
  /** Start of validity. Default: now. */
  readonly issuedAt?: Date;
  /** Default: JPKI-TEST. The real name is for testing that the two are kept apart. */
  readonly organization?: Hierarchy;
}

/** What a certificate is to say. */
export interface CertificateRequest {
  readonly subject: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeySpki: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Extension[];
  /** Default: SHA-256. */
  readonly hash?: SigningHash;
  /** Default: a random one. */
  readonly serialHex?: string;
}

/** Years that a JPKI CA certificate is valid for. */
const CA_VALIDITY_YEARS = 10;

/** A new generation: new keys, under the names that all generations share. */
export async function createTestCa(options: TestCaOptions = {}): Promise<TestCa> {
  const [userAuthentication, digitalSignature] = await Promise.all([
    createAuthority("user authentication", options),
    createAuthority("digital signature", options),
  ]);
  return { userAuthentication, digitalSignature };
}

/** Signs a certificate, whatever it says; the profiles are in `test-certificates.ts`. PEM. */
export async function issueCertificate(
  issuer: TestAuthority,
  request: CertificateRequest,
): Promise<string> {
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: request.serialHex ?? randomSerial(),
      subject: request.subject,
      issuer: authorityDn(issuer),
      notBefore: request.notBefore,
      notAfter: request.notAfter,
      publicKey: Uint8Array.from(request.publicKeySpki),
      signingKey: await importSigningKey(issuer.privateKeyPem, request.hash),
      extensions: [...request.extensions],
    },
    webcrypto,
  );
  return `${certificate.toString("pem")}\n`;
}

async function createAuthority(purpose: Purpose, options: TestCaOptions): Promise<TestAuthority> {
  const { issuedAt = new Date(), organization = "JPKI-TEST" } = options;
  const privateKeyPem = await generateRsaKey();
  const authority = { organization, purpose, privateKeyPem, certificatePem: "" };
  const dn = authorityDn(authority);
  const publicKeySpki = Uint8Array.from(publicKeyOf(privateKeyPem));
  const certificatePem = await issueCertificate(authority, {
    subject: dn,
    publicKeySpki,
    notBefore: issuedAt,
    notAfter: addYears(issuedAt, CA_VALIDITY_YEARS),
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension([{ type: "dn", value: SERVICE_DN }]),
      crlDistributionPoint(dn),
      await SubjectKeyIdentifierExtension.create(publicKeySpki, false, webcrypto),
    ],
  });
  return { ...authority, certificatePem };
}

/** Four bytes, as JPKI serial numbers have; the first keeps it positive and of full length. */
function randomSerial(): string {
  const serial = randomBytes(4);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial.toString("hex");
}
