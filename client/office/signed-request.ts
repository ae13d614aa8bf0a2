/**
 * A request to an office, signed by who asks: HTTP message signatures (RFC 9421) in one form out of many, with the digest of
 * the body (RFC 9530). What is signed begins with `"@method"`, so no request is a transaction and no transaction a request:
 * those begin with the tags of ledger/hash.ts.
 */
import { createHash, randomBytes } from "node:crypto";
import { utf8 } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { SignatureAlgorithm } from "../../ledger/signature.ts";
import type { TransactionSigner } from "../sdk/transaction-builder.ts";

/** What is sent. */
export interface OfficeRequest {
  readonly method: string;
  /** Without a query: none is signed, so none is taken. */
  readonly path: string;
  readonly body: Uint8Array;
}

/** What a signature says of itself. */
interface SignatureFacts {
  /** When it was made, s since 1970. */
  readonly createdS: number;
  /** Used once. */
  readonly nonce: string;
  /** `terminal/<id>`, `key/<public key, hexadecimal>` or `card/<SHA-256 of the certificate, hexadecimal>`. */
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** For which office it is: another one does not take it. */
  readonly audience: string;
}

/** A signature that was read but not checked yet. */
export interface ClaimedSignature extends SignatureFacts {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  /** Of a card that signs, DER: the field Client-Cert (RFC 9440). The key's name is its hash, and so it is signed too. */
  readonly certificate: Uint8Array | null;
}

/** Names of the algorithms in the registry of RFC 9421 section 6.2. */
const ALGORITHM_NAMES = { ed25519: "ed25519", "rsa2048-sha256": "rsa-v1_5-sha256" } as const;
/** Algorithms of those who ask. A card's and a terminal's are one to this standard: RSA with SHA-256. */
export type CallerAlgorithm = keyof typeof ALGORITHM_NAMES;

const COVERED = '("@method" "@path" "content-digest")';
const NONCE_SIZE_BYTES = 16;
/** `sig=` and the parameters in their one order; 16 bytes are 22 characters of base64url. */
const INPUT =
  /^sig=(\("@method" "@path" "content-digest"\);created=([0-9]{1,12});nonce="([A-Za-z0-9_-]{22})";keyid="([a-z0-9/-]{1,160})";alg="([a-z0-9_-]{1,32})";tag="([a-z0-9/-]{1,160})")$/;
const CERTIFICATE = /^:([A-Za-z0-9+/]{4,4096}={0,2}):$/;
const SIGNATURE = /^sig=:([A-Za-z0-9+/]{86,344}={0,2}):$/;

/** Who signs a request, and for whom. */
export interface Asking {
  readonly keyId: string;
  readonly signer: TransactionSigner;
  readonly audience: string;
  readonly nowMs: number;
  /** With the certificate of a card that signs, DER. */
  readonly certificate?: Uint8Array;
}

/** The fields that sign a request. */
export async function signRequest(
  request: OfficeRequest,
  { keyId, signer, audience, nowMs, certificate }: Asking,
): Promise<Readonly<Record<string, string>>> {
  const algorithm = certificate === undefined ? await algorithmOfKey(signer) : "rsa2048-sha256";
  const nonce = randomBytes(NONCE_SIZE_BYTES).toString("base64url");
  const created = `created=${Math.floor(nowMs / 1000)};nonce="${nonce}"`;
  const alg = ALGORITHM_NAMES[algorithm];
  const parameters = `${COVERED};${created};keyid="${keyId}";alg="${alg}";tag="${audience}"`;
  const { signature } = await signer.authorise(messageOf(request, parameters));
  return {
    "content-digest": digestOf(request.body),
    "signature-input": `sig=${parameters}`,
    signature: `sig=:${Buffer.from(signature).toString("base64")}:`,
    ...(certificate && { "client-cert": `:${Buffer.from(certificate).toString("base64")}:` }),
  };
}

/** The algorithm is the key's, and a key says it only when it signs; a card, which takes its time, is not asked. */
async function algorithmOfKey(signer: TransactionSigner): Promise<CallerAlgorithm> {
  const { algorithm } = await signer.authorise(new Uint8Array());
  return algorithm as CallerAlgorithm;
}

/**
 * The signature that a request bears; the digest is compared, the rest is for `Callers` to check.
 * @throws LedgerFault `REQUEST_UNSIGNED`.
 */
export function readSignature(
  request: OfficeRequest,
  headers: { readonly [name: string]: unknown },
): ClaimedSignature {
  const { "content-digest": digest, "signature-input": facts, signature: signed } = headers;
  const input = INPUT.exec(String(facts));
  const signature = SIGNATURE.exec(String(signed))?.[1];
  const certificate = CERTIFICATE.exec(String(headers["client-cert"] ?? ""))?.[1];
  const isWhole = digest === digestOf(request.body);
  if (input === null || signature === undefined || !isWhole) {
    throw new LedgerFault("REQUEST_UNSIGNED");
  }
  const [, parameters = "", created, nonce = "", keyId = "", name, audience = ""] = input;
  return {
    createdS: Number(created),
    nonce,
    keyId,
    algorithm: algorithmOf(name),
    audience,
    message: messageOf(request, parameters),
    signature: new Uint8Array(Buffer.from(signature, "base64")),
    certificate:
      certificate === undefined ? null : new Uint8Array(Buffer.from(certificate, "base64")),
  };
}

/** The signature base (RFC 9421 section 2.5). */
function messageOf({ method, path, body }: OfficeRequest, parameters: string): Uint8Array {
  const lines = [
    `"@method": ${method}`,
    `"@path": ${path}`,
    `"content-digest": ${digestOf(body)}`,
    `"@signature-params": ${parameters}`,
  ];
  return utf8(lines.join("\n"));
}

function digestOf(body: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
}

function algorithmOf(name: string | undefined): CallerAlgorithm {
  for (const [algorithm, known] of Object.entries(ALGORITHM_NAMES)) {
    if (known === name) return algorithm as CallerAlgorithm;
  }
  throw new LedgerFault("REQUEST_UNSIGNED");
}
