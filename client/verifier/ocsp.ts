/**
 * The question about one certificate, and its answer (OCSP, RFC 6960 section 4). An answer counts from `producedAt`, when the
 * responder signed it: an old one, sent again, is an old word, so a question needs no nonce.
 */
import { createHash } from "node:crypto";
import { concatBytes, equalBytes, fromHex, toHex } from "../../ledger/bytes.ts";
import {
  contextTag,
  DER,
  DerReader,
  encodeDer,
  primitiveContextTag,
  readDer,
  timeOf,
} from "../../ledger/der.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { CREATED_AHEAD_MS_MAX } from "../../ledger/limits.ts";
import { ClientError } from "../client-fault.ts";
import { decodeCertificate } from "../pki/decode-certificate.ts";
import type { AuthCertificate } from "../pki/profile.ts";
import type { TrustAnchor, TrustAnchors } from "../pki/trust-anchors.ts";
import type { CertificateStatus, StatusSource } from "./certificate-status.ts";
import { isSignedBy, readSigned, type SignedElement } from "./issuer-signature.ts";

/** Sends a question (DER), gives the answer (DER). @throws ClientError `STATUS_SOURCE_UNREACHABLE`. */
export type Ask = (question: Uint8Array) => Promise<Uint8Array>;

/** SHA-1 with NULL, an AlgorithmIdentifier: every responder knows certificates by it (RFC 5019), and no secret hangs on it. */
const SHA1 = fromHex("300906052b0e03021a0500");
/** id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1, content bytes. */
const BASIC_RESPONSE_HEX = "2b0601050507300101";
/** id-kp-OCSPSigning. */
const OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
const ENUMERATED_SUCCESSFUL = 0;

/** Asks the responder of the issuer about certificates. */
export class OcspSource implements StatusSource {
  readonly #ask: Ask;
  readonly #anchors: TrustAnchors;

  constructor(ask: Ask, anchors: TrustAnchors) {
    this.#ask = ask;
    this.#anchors = anchors;
  }

  /** @throws ClientError `STATUS_SOURCE_UNREACHABLE`, `…_MALFORMED`, `…_UNTRUSTED`, `…_NOT_CURRENT`. */
  async statusOf(certificate: AuthCertificate, nowMs: number): Promise<CertificateStatus> {
    const issuer = this.#anchors.anchors.find(({ publicKey }) => certificate.isSignedBy(publicKey));
    if (issuer === undefined) return { status: "UNKNOWN" };
    const id = certificateId(certificate, issuer);
    const answer = await this.#ask(questionAbout(id));
    return understand(() => readAnswer(answer, { id, issuer, nowMs }));
  }
}

/** What an answer must be about. */
interface Expected {
  /** CertID, DER. */
  readonly id: Uint8Array;
  readonly issuer: TrustAnchor;
  readonly nowMs: number;
}

/** CertID, section 4.1.1. */
function certificateId({ serialHex }: AuthCertificate, issuer: TrustAnchor): Uint8Array {
  const sha1 = (bytes: Uint8Array) => new Uint8Array(createHash("sha1").update(bytes).digest());
  const key = new Uint8Array(issuer.publicKey.export({ format: "der", type: "pkcs1" }));
  const serial = fromHex(serialHex.length % 2 === 0 ? serialHex : `0${serialHex}`);
  const isNegative = (serial[0] ?? 0) >= 0x80;
  return encodeDer(
    DER.SEQUENCE,
    SHA1,
    encodeDer(DER.OCTET_STRING, sha1(issuer.name.der)),
    encodeDer(DER.OCTET_STRING, sha1(key)),
    encodeDer(DER.INTEGER, isNegative ? concatBytes(Uint8Array.of(0), serial) : serial),
  );
}

/** OCSPRequest with one certificate, section 4.1.1. */
function questionAbout(id: Uint8Array): Uint8Array {
  const requestList = encodeDer(DER.SEQUENCE, encodeDer(DER.SEQUENCE, id));
  return encodeDer(DER.SEQUENCE, encodeDer(DER.SEQUENCE, requestList));
}

function readAnswer(answer: Uint8Array, expected: Expected): CertificateStatus {
  const response = readDer(answer);
  const [outcome] = response.next(DER.ENUMERATED).content;
  // tryLater, unauthorized and the like (section 4.2.1): no word about anything.
  if (outcome !== ENUMERATED_SUCCESSFUL) throw new ClientError("STATUS_SOURCE_UNREACHABLE");
  const bytes = response.open(contextTag(0)).open(DER.SEQUENCE);
  response.end();
  if (toHex(bytes.next(DER.OID).content) !== BASIC_RESPONSE_HEX) return malformed();
  const basic = readDer(bytes.next(DER.OCTET_STRING).content);
  bytes.end();
  const signed = readSigned(basic);
  const certificates = basic.openOptional(contextTag(0))?.open(DER.SEQUENCE);
  basic.end();
  if (!isFromIssuer(signed, certificates, expected)) {
    throw new ClientError("STATUS_SOURCE_UNTRUSTED");
  }
  return readResponseData(signed.tbs.content, expected);
}

/** Section 4.2.2.2: the issuer itself signs, or one whom it certified for that, directly. */
function isFromIssuer(
  signed: SignedElement,
  certificates: DerReader | undefined,
  { issuer, nowMs }: Expected,
): boolean {
  if (isSignedBy(signed, issuer.publicKey)) return true;
  while (certificates !== undefined && !certificates.isEnd) {
    const responder = decodeCertificate(certificates.next(DER.SEQUENCE).bytes);
    const isDelegate =
      responder.isSignedBy(issuer.publicKey) &&
      responder.extendedKeyUsages?.includes(OCSP_SIGNING) === true &&
      responder.notBeforeMs <= nowMs &&
      nowMs <= responder.notAfterMs;
    if (isDelegate && isSignedBy(signed, responder.publicKey)) return true;
  }
  return false;
}

/** ResponseData, section 4.2.1. */
function readResponseData(tbs: Uint8Array, { id, nowMs }: Expected): CertificateStatus {
  const fields = new DerReader(tbs);
  fields.optional(contextTag(0));
  fields.any(); // responderID: the signature has said who it is.
  const producedAtMs = timeOf(fields.next(DER.GENERALIZED_TIME));
  const responses = fields.open(DER.SEQUENCE);
  while (!responses.isEnd) {
    const single = responses.open(DER.SEQUENCE);
    if (!equalBytes(single.next(DER.SEQUENCE).bytes, id)) continue;
    const { tag } = single.any();
    const thisUpdateMs = timeOf(single.next(DER.GENERALIZED_TIME));
    const next = single.openOptional(contextTag(0))?.any();
    const nextUpdateMs = next === undefined ? Number.POSITIVE_INFINITY : timeOf(next);
    const soonMs = nowMs + CREATED_AHEAD_MS_MAX;
    if (Math.max(thisUpdateMs, producedAtMs) > soonMs || nowMs >= nextUpdateMs) {
      throw new ClientError("STATUS_SOURCE_NOT_CURRENT");
    }
    return statusOf(tag, producedAtMs);
  }
  return { status: "UNKNOWN" };
}

/** CertStatus: good [0], revoked [1], unknown [2]. */
function statusOf(tag: number, producedAtMs: number): CertificateStatus {
  if (tag === primitiveContextTag(0)) return { status: "GOOD", asOfMs: producedAtMs };
  if (tag === contextTag(1)) return { status: "REVOKED" };
  return tag === primitiveContextTag(2) ? { status: "UNKNOWN" } : malformed();
}

function understand<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof LedgerFault) {
      throw new ClientError("STATUS_SOURCE_MALFORMED", { cause: error });
    }
    throw error;
  }
}

function malformed(): never {
  throw new ClientError("STATUS_SOURCE_MALFORMED");
}
