/** What the issuer of a certificate says about it, and who asks. */
import { LedgerFault } from "../../ledger/faults.ts";
import type { AuthCertificate } from "../pki/profile.ts";

/** The issuer's word. `asOfMs` is the moment for which it speaks, never the one at which somebody looked. */
export type CertificateStatus =
  | { readonly status: "GOOD"; readonly asOfMs: number }
  | { readonly status: "REVOKED" }
  /** The issuer does not speak for this certificate. */
  | { readonly status: "UNKNOWN" };

/** Where the issuer's word comes from: a list, or a question. */
export interface StatusSource {
  /** @throws ClientError when the issuer's word cannot be had or is not the issuer's. */
  statusOf(certificate: AuthCertificate, nowMs: number): Promise<CertificateStatus>;
}

/**
 * As of when a certificate is good.
 * @throws LedgerFault `CERT_REVOKED` (also when it ran out), `CERT_STATUS_UNKNOWN`; ClientError.
 */
export async function demandGood(
  source: StatusSource,
  certificate: AuthCertificate,
  nowMs: number,
): Promise<number> {
  if (nowMs > certificate.notAfterMs) throw new LedgerFault("CERT_REVOKED");
  const answer = await source.statusOf(certificate, nowMs);
  if (answer.status === "REVOKED") throw new LedgerFault("CERT_REVOKED");
  if (answer.status === "UNKNOWN") throw new LedgerFault("CERT_STATUS_UNKNOWN");
  return answer.asOfMs;
}
