/**
 * A list of revoked certificates (CRL, RFC 5280 section 5), as JPKI publishes it every day: signed by the authority that
 * issued the certificates, for one distribution point that is a directory name.
 *
 * What it says is taken only when all of it is understood. A list of changes (delta), one that speaks for other issuers
 * (indirect) or for some reasons only is refused: read as a whole list, it would call revoked cards good.
 */

import { readExtensions } from "../../contracts/residents/x509.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { contextTag, DER, DerReader, readDer, serialOf, timeOf } from "../../ledger/der.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { ClientError } from "../client-fault.ts";
import { directoryNamesOf } from "../pki/distribution-point.ts";
import type { AuthCertificate } from "../pki/profile.ts";
import type { TrustAnchor, TrustAnchors } from "../pki/trust-anchors.ts";
import type { CertificateStatus, StatusSource } from "./certificate-status.ts";
import { isSignedBy, readSigned, SHA256_WITH_RSA, type SignedElement } from "./issuer-signature.ts";

/** Largest list, bytes: a million revoked certificates with their dates and reasons. */
const LIST_SIZE_BYTES_MAX = 64 * 1024 * 1024;
/** Extensions by object identifier, content bytes in hexadecimal (RFC 5280 sections 5.2 and 5.3). */
const ISSUING_DISTRIBUTION_POINT = "551d1c";

/** What a list says. */
interface ListContent {
  readonly issuer: Uint8Array;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  /** Serial numbers, lower-case hexadecimal. */
  readonly revoked: ReadonlySet<string>;
  /** Directory name (DER) of the distribution point. */
  readonly distributionPoint: Uint8Array;
}

/** A list that was checked: it answers for certificates of its issuer and its distribution point. */
export class CertificateList implements StatusSource {
  readonly #content: ListContent;
  readonly #issuer: TrustAnchor;

  private constructor(content: ListContent, issuer: TrustAnchor) {
    this.#content = content;
    this.#issuer = issuer;
  }

  /**
   * Reads a list (DER) and checks that an anchor signed it.
   * @throws ClientError `STATUS_SOURCE_MALFORMED`, `STATUS_SOURCE_UNSUPPORTED`, `STATUS_SOURCE_UNTRUSTED`.
   */
  static read(der: Uint8Array, { anchors }: TrustAnchors): CertificateList {
    if (der.length > LIST_SIZE_BYTES_MAX) throw new ClientError("STATUS_SOURCE_MALFORMED");
    const signed = understand(() => readWholeSigned(der));
    // Generations of the authority share one name: the signature says whose list it is.
    const issuer = anchors.find(({ publicKey }) => isSignedBy(signed, publicKey));
    if (issuer === undefined) throw new ClientError("STATUS_SOURCE_UNTRUSTED");
    const content = understand(() => readContent(signed.tbs.content));
    if (!equalBytes(content.issuer, issuer.name.der)) {
      throw new ClientError("STATUS_SOURCE_UNTRUSTED");
    }
    return new CertificateList(content, issuer);
  }

  /** As of when it speaks, ms. */
  get asOfMs(): number {
    return this.#content.thisUpdateMs;
  }

  /** @throws ClientError `STATUS_SOURCE_NOT_CURRENT` before or after the list's time. */
  async statusOf(certificate: AuthCertificate, nowMs: number): Promise<CertificateStatus> {
    const { thisUpdateMs, nextUpdateMs, revoked, distributionPoint } = this.#content;
    if (nowMs < thisUpdateMs || nowMs >= nextUpdateMs) {
      throw new ClientError("STATUS_SOURCE_NOT_CURRENT");
    }
    const isCovered =
      certificate.isSignedBy(this.#issuer.publicKey) &&
      certificate.crlPoints.some((point) => equalBytes(point, distributionPoint));
    if (!isCovered) return { status: "UNKNOWN" };
    if (revoked.has(certificate.serialHex.replace(/^00/, ""))) return { status: "REVOKED" };
    return { status: "GOOD", asOfMs: thisUpdateMs };
  }
}

function readWholeSigned(der: Uint8Array): SignedElement {
  const reader = readDer(der);
  const signed = readSigned(reader);
  reader.end();
  return signed;
}

/** TBSCertList, RFC 5280 section 5.1. */
function readContent(tbs: Uint8Array): ListContent {
  const fields = new DerReader(tbs);
  if (serialOf(fields.next(DER.INTEGER)) !== "01") unsupported();
  if (!equalBytes(fields.next(DER.SEQUENCE).bytes, SHA256_WITH_RSA)) unsupported();
  const issuer = fields.next(DER.SEQUENCE).bytes;
  const [thisUpdateMs, nextUpdateMs] = [timeOf(fields.any()), timeOf(fields.any())];
  const revoked = readRevoked(fields.openOptional(DER.SEQUENCE));
  const distributionPoint = readOwnExtensions(fields.open(contextTag(0)));
  fields.end();
  return { issuer, thisUpdateMs, nextUpdateMs, revoked, distributionPoint };
}

function readRevoked(entries: DerReader | undefined): Set<string> {
  const revoked = new Set<string>();
  while (entries !== undefined && !entries.isEnd) {
    const entry = entries.open(DER.SEQUENCE);
    revoked.add(serialOf(entry.next(DER.INTEGER)));
    timeOf(entry.any());
    // A reason, even a hold, changes nothing; a critical extension would: another issuer's certificate.
    const extensions = entry.isEnd ? undefined : readExtensions(sequenceOf(entry));
    if ([...(extensions?.values() ?? [])].some(({ isCritical }) => isCritical)) unsupported();
  }
  return revoked;
}

/** The list itself, as `readExtensions` takes it. */
function sequenceOf(entry: DerReader): DerReader {
  const extensions = new DerReader(entry.next(DER.SEQUENCE).bytes);
  entry.end();
  return extensions;
}

/** The one critical extension that is understood: for which distribution point the list speaks. */
function readOwnExtensions(field: DerReader): Uint8Array {
  const extensions = readExtensions(field);
  for (const [oid, { isCritical }] of extensions) {
    if (isCritical && oid !== ISSUING_DISTRIBUTION_POINT) unsupported();
  }
  const point = extensions.get(ISSUING_DISTRIBUTION_POINT);
  if (point === undefined) return unsupported();
  const reader = readDer(point.value);
  const [name, ...others] = directoryNamesOf(reader);
  // Anything after the name narrows or widens what the list speaks of.
  if (name === undefined || others.length > 0 || !reader.isEnd) return unsupported();
  return name;
}

function understand<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LedgerFault)) throw error;
    throw new ClientError("STATUS_SOURCE_MALFORMED", { cause: error });
  }
}

function unsupported(): never {
  throw new ClientError("STATUS_SOURCE_UNSUPPORTED");
}
