/**
 * The proof that a block is final: a certificate of it, or of a later block whose history holds it.
 *
 *     finality = header: bstr, certificate, certifiedHeader: bstr / null, historyPath
 *
 * `certifiedHeader` is null and `historyPath` empty when the certificate is the block's own.
 */
import { type BlockHeader, blockHash, decodeHeader, historyLeaf } from "./block.ts";
import { equalBytes } from "./bytes.ts";
import { type Certificate, certificateSchema } from "./certificate.ts";
import { LedgerFault } from "./faults.ts";
import { HASH_SIZE_BYTES, type Hash } from "./hash.ts";
import { verifyPath } from "./merkle.ts";
import { bytes, list, nullable } from "./schema.ts";

/** RFC 6962 path in a tree of any size. */
export const pathSchema = list(bytes(HASH_SIZE_BYTES), 64);

/** Fields of a record that proves a block final. */
export const finalityFields = {
  header: bytes(1, 1024),
  certificate: certificateSchema,
  /** The certified header, when a later block carries the certificate. */
  certifiedHeader: nullable(bytes(1, 1024)),
  historyPath: pathSchema,
};

/** Why a block is final. */
export interface Finality {
  readonly header: Uint8Array;
  readonly certificate: Certificate;
  readonly certifiedHeader: Uint8Array | null;
  readonly historyPath: readonly Hash[];
}

/**
 * Checks that the certificate is for this block, or for a later one whose history holds it. The votes in
 * the certificate are the caller's to check.
 * @throws LedgerFault `CERTIFICATE_INVALID`, `PATH_INVALID`, or as `decodeHeader`.
 */
export function verifyFinality(proof: Finality): BlockHeader {
  const { certificate, certifiedHeader, historyPath } = proof;
  const header = decodeHeader(proof.header);
  const own = blockHash(proof.header);
  const certified = certifiedHeader === null ? header : decodeHeader(certifiedHeader);
  const certifiedHash = certifiedHeader === null ? own : blockHash(certifiedHeader);
  const isCertified =
    equalBytes(certificate.blockHash, certifiedHash) &&
    certificate.height === certified.height &&
    certificate.term === certified.term &&
    equalBytes(certificate.membershipHash, certified.membershipHash);
  if (!isCertified) {
    throw new LedgerFault("CERTIFICATE_INVALID", { height: header.height, reason: "other block" });
  }
  const leaf = { hash: historyLeaf(own), index: header.height, size: certified.height };
  const isLinked =
    certifiedHeader === null
      ? historyPath.length === 0
      : verifyPath(leaf, historyPath, certified.historyRoot);
  if (!isLinked) {
    throw new LedgerFault("PATH_INVALID", { height: header.height, link: "block to history" });
  }
  return header;
}
