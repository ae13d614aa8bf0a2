import "./reflect-metadata.ts";
import type { KeyObject } from "node:crypto";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
} from "@peculiar/x509";
import { type AnchorRule, CertificateError } from "./certificate-faults.ts";
import {
  type DecodedCertificate,
  decodeCertificate,
  isProfileKey,
  isProfileSignature,
} from "./decode-certificate.ts";
import { AUTH_POLICY_OID, authorityUnits, type Hierarchy } from "./jpki-profile.ts";

/** One generation of the user-authentication CA. All generations have the same name. */
export interface TrustAnchor {
  readonly hierarchy: Hierarchy;
  /** Subject key identifier, lower-case hexadecimal. */
  readonly keyIdHex: string;
  readonly publicKey: KeyObject;
  /** Subject DN, DER. */
  readonly nameDer: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The anchors that a verifier accepts; all of one hierarchy. Made by `loadTrustAnchors` alone. */
export interface TrustAnchors {
  readonly hierarchy: Hierarchy;
  /** The policy that a certificate under these anchors must assert. */
  readonly policyOid: string;
  readonly anchors: readonly TrustAnchor[];
}

/**
 * Takes CA certificates (DER) as trust anchors. The chain has two levels: the CA is the root.
 * @throws CertificateError TRUST_ANCHORS_EMPTY, TRUST_ANCHOR_INVALID, TRUST_ANCHORS_MIXED, or why
 * one cannot be decoded.
 */
export function loadTrustAnchors(
  certificates: readonly Uint8Array[],
  policyOid: string = AUTH_POLICY_OID,
): TrustAnchors {
  const anchors = certificates.map(toAnchor);
  const [first] = anchors;
  if (!first) throw new CertificateError({ code: "TRUST_ANCHORS_EMPTY" });
  const { hierarchy } = first;
  if (anchors.some((anchor) => anchor.hierarchy !== hierarchy)) {
    throw new CertificateError({ code: "TRUST_ANCHORS_MIXED" });
  }
  return { hierarchy, policyOid, anchors };
}

function toAnchor(der: Uint8Array): TrustAnchor {
  const certificate = decodeCertificate(der);
  const { profile, publicKey, openssl } = certificate;
  requireRule(isProfileKey(publicKey), "PUBLIC_KEY");
  requireRule(isProfileSignature(certificate), "SIGNATURE_ALGORITHM");
  requireRule(openssl.verify(publicKey), "SELF_SIGNATURE");
  requireRule(profile.getExtension(BasicConstraintsExtension)?.ca === true, "BASIC_CONSTRAINTS");
  const usages = profile.getExtension(KeyUsagesExtension)?.usages ?? 0;
  requireRule((usages & KeyUsageFlags.keyCertSign) !== 0, "KEY_USAGE");
  return {
    hierarchy: hierarchyOf(certificate),
    keyIdHex: keyIdOf(certificate),
    publicKey,
    nameDer: new Uint8Array(profile.subjectName.toArrayBuffer()),
    notBeforeMs: profile.notBefore.getTime(),
    notAfterMs: profile.notAfter.getTime(),
  };
}

/** A signing CA's certificate is no anchor here: the payment never sees what it certifies. */
function hierarchyOf({ profile }: DecodedCertificate): Hierarchy {
  const units = profile.subjectName.getField("OU");
  const expected = authorityUnits("user authentication");
  requireRule(units.length === 2 && units.every((unit, i) => unit === expected[i]), "NAME");
  const [organization, ...others] = profile.subjectName.getField("O");
  if (others.length === 0 && (organization === "JPKI" || organization === "JPKI-TEST")) {
    return organization;
  }
  throw invalid("NAME");
}

function keyIdOf({ profile }: DecodedCertificate): string {
  const keyId = profile.getExtension(SubjectKeyIdentifierExtension)?.keyId;
  if (!keyId) throw invalid("KEY_IDENTIFIER");
  return keyId;
}

function requireRule(holds: boolean, rule: AnchorRule): void {
  if (!holds) throw invalid(rule);
}

function invalid(rule: AnchorRule): CertificateError {
  return new CertificateError({ code: "TRUST_ANCHOR_INVALID", rule });
}
