/**
 * Names and object identifiers of the JPKI certificate profile. The official profile
 * specification is not public; these come from published CA certificates and test cards.
 */

/** The organisation (O) of a JPKI hierarchy: the real one, or the one that test cards belong to. */
export type Hierarchy = "JPKI" | "JPKI-TEST";

/** What a JPKI certification authority certifies, as its first OU says it. */
export type Purpose = "user authentication" | "digital signature";

/** The DN that all generations of one authority share, as attribute values from the root down. */
export interface AuthorityName {
  readonly organization: Hierarchy;
  readonly purpose: Purpose;
}

/** The two OUs of an authority's DN. */
export function authorityUnits(purpose: Purpose): readonly [string, string] {
  return [`JPKI for ${purpose}`, "Japan Agency for Local Authority Information Systems"];
}

/** An authority's DN as text. */
export function authorityDn({ organization, purpose }: AuthorityName): string {
  const [first, second] = authorityUnits(purpose);
  return `C=JP, O=${organization}, OU=${first}, OU=${second}`;
}

/** The DN of the directory entry that holds the CRL which a resident's certificate points to. */
export function crlDistributionPointDn({ organization, purpose }: AuthorityName): string {
  const [unit] = authorityUnits(purpose);
  return `C=JP, O=${organization}, OU=${unit}, OU=CRL Distribution Points, CN=Test CRLDP`;
}

/** The alternative name of all authorities (公的個人認証サービス). */
export const SERVICE_DN = "C=JP, O=公的個人認証サービス";

/** Policy of a user-authentication certificate. */
export const AUTH_POLICY_OID = "1.2.392.200149.8.5.1.3.30";
/** Policy of a digital-signature certificate of the test hierarchy. */
export const SIGN_TEST_POLICY_OID = "1.2.392.200149.8.5.1.0.20";

/** Extension identifiers, RFC 5280 section 4.2.1. */
export const EXTENSION = {
  KEY_USAGE: "2.5.29.15",
  BASIC_CONSTRAINTS: "2.5.29.19",
  ISSUING_DISTRIBUTION_POINT: "2.5.29.28",
  CRL_DISTRIBUTION_POINTS: "2.5.29.31",
  CERTIFICATE_POLICIES: "2.5.29.32",
  EXTENDED_KEY_USAGE: "2.5.29.37",
} as const;

/** Extended key usage of TLS client authentication, RFC 5280 section 4.2.1.12. */
export const CLIENT_AUTH_OID = "1.3.6.1.5.5.7.3.2";
