/** A rule of the user-authentication profile that a certificate breaks. */
export type ProfileRule =
  | "SIGNATURE_ALGORITHM"
  | "PUBLIC_KEY"
  | "SUBJECT"
  | "KEY_USAGE"
  | "EXTENDED_KEY_USAGE"
  | "BASIC_CONSTRAINTS"
  | "POLICY"
  | "CRITICAL_EXTENSION";

/** Why no path leads from a certificate to a trust anchor. */
export type UntrustedReason =
  /** No anchor has the key that the certificate names. */
  | "NO_ANCHOR"
  /** The anchor with that key did not sign it. */
  | "SIGNATURE"
  /** The anchor signed it, but the certificate names another issuer. */
  | "ISSUER_NAME"
  /** The anchor itself is not valid at that time. */
  | "ANCHOR_NOT_VALID";

/** A rule that a trust anchor breaks. */
export type AnchorRule =
  | "SELF_SIGNATURE"
  | "SIGNATURE_ALGORITHM"
  | "PUBLIC_KEY"
  | "NAME"
  | "KEY_USAGE"
  | "BASIC_CONSTRAINTS"
  | "KEY_IDENTIFIER";

/** Why a certificate is not accepted: code and facts. Times are milliseconds since 1970. */
export type CertificateFault =
  | { readonly code: "CERT_TOO_LARGE"; readonly sizeBytes: number; readonly maxBytes: number }
  | { readonly code: "CERT_MALFORMED" }
  | { readonly code: "CERT_PROFILE"; readonly rule: ProfileRule }
  | { readonly code: "CERT_UNTRUSTED"; readonly reason: UntrustedReason }
  | { readonly code: "CERT_NOT_YET_VALID"; readonly notBeforeMs: number; readonly atMs: number }
  | { readonly code: "CERT_EXPIRED"; readonly notAfterMs: number; readonly atMs: number }
  | { readonly code: "TRUST_ANCHORS_EMPTY" }
  | { readonly code: "TRUST_ANCHOR_INVALID"; readonly rule: AnchorRule }
  /** Anchors of the real and of the test hierarchy in one set: a test card would pay for real. */
  | { readonly code: "TRUST_ANCHORS_MIXED" };

/** Carries a `CertificateFault`; a decoder's error is the `cause`. */
export class CertificateError extends Error {
  /** The code and its facts. */
  readonly fault: CertificateFault;

  constructor(fault: CertificateFault, options?: ErrorOptions) {
    super(JSON.stringify(fault), options);
    this.name = "CertificateError";
    this.fault = fault;
  }

  /** The fault's code, where Node's own errors have it. */
  get code(): CertificateFault["code"] {
    return this.fault.code;
  }
}
