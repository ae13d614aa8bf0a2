import "./reflect-metadata.ts";
import { webcrypto } from "node:crypto";
import { X509CrlGenerator } from "@peculiar/x509";
import { issuingDistributionPoint } from "./distribution-point.ts";
import { authorityDn, crlDistributionPointDn } from "./jpki-profile.ts";
import { importSigningKey } from "./rsa-key.ts";
import type { TestAuthority } from "./test-ca.ts";

/** A certificate that is no longer to be accepted. */
export interface Revocation {
  readonly serialHex: string;
  readonly revokedAt: Date;
}

/** What a CRL is to say. */
export interface CrlRequest {
  readonly revocations: readonly Revocation[];
  readonly thisUpdate: Date;
  /** JPKI publishes a new list every day. */
  readonly nextUpdate: Date;
}

/** Signs the list of revoked certificates of a test authority. DER. */
export async function issueCrl(issuer: TestAuthority, request: CrlRequest): Promise<Uint8Array> {
  const crl = await X509CrlGenerator.create(
    {
      issuer: authorityDn(issuer),
      thisUpdate: request.thisUpdate,
      nextUpdate: request.nextUpdate,
      entries: request.revocations.map(({ serialHex, revokedAt }) => ({
        serialNumber: serialHex,
        revocationDate: revokedAt,
      })),
      extensions: [issuingDistributionPoint(crlDistributionPointDn(issuer))],
      signingKey: await importSigningKey(issuer.privateKeyPem),
      signingAlgorithm: { name: "RSASSA-PKCS1-v1_5" },
    },
    webcrypto,
  );
  return new Uint8Array(crl.rawData);
}
