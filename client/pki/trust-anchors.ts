import type { KeyObject } from "node:crypto";
import { type AnchorRule, CertificateError } from "./certificate-faults.ts";
import { type DistinguishedName, decodeCertificate, isProfileKey } from "./decode-certificate.ts";
import { AUTH_POLICY_OID, authorityUnits, type Hierarchy } from "./jpki-profile.ts";

/** One generation of the user-authentication CA. All generations have the same name. */
export interface TrustAnchor {
  readonly hierarchy: Hierarchy;
  /** Subject key identifier, lower-case hexadecimal. */
  readonly keyIdHex: string;
  readonly publicKey: KeyObject;
  readonly name: DistinguishedName;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The anchors that a verifier accepts, all of one hierarchy. Made by `loadTrustAnchors` alone. */
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
  const { publicKey, subject, keyIdHex, notBeforeMs, notAfterMs } = certificate;
  requireRule(isProfileKey(publicKey), "PUBLIC_KEY");
  requireRule(certificate.sha256WithRsa, "SIGNATURE_ALGORITHM");
  requireRule(certificate.isSignedBy(publicKey), "SELF_SIGNATURE");
  requireRule(certificate.isCa, "BASIC_CONSTRAINTS");
  requireRule(certificate.keyUsages.includes("keyCertSign"), "KEY_USAGE");
  if (!keyIdHex) throw invalid("KEY_IDENTIFIER");
  const hierarchy = hierarchyOf(subject);
  return { hierarchy, keyIdHex, publicKey, name: subject, notBeforeMs, notAfterMs };
}

/** Which hierarchy a name belongs to; a signing CA's is no anchor for what a payment accepts. */
function hierarchyOf({ attributes }: DistinguishedName): Hierarchy {
  const values = (wanted: string): readonly string[] =>
    attributes.filter(([type]) => type === wanted).map(([, value]) => value);
  const expected = authorityUnits("user authentication");
  const units = values("OU");
  requireRule(units.length === 2 && units.every((unit, i) => unit === expected[i]), "NAME");
  const [organization, ...others] = values("O");
  if (others.length === 0 && (organization === "JPKI" || organization === "JPKI-TEST")) {
    return organization;
  }
  throw invalid("NAME");
}

function requireRule(holds: boolean, rule: AnchorRule): void {
  if (!holds) throw invalid(rule);
}

function invalid(rule: AnchorRule): CertificateError {
  return new CertificateError({ code: "TRUST_ANCHOR_INVALID", rule });
}
