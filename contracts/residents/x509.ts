/**
 * X.509 certificates (RFC 5280) as far as JPKI uses them: RSA-2048, sha256WithRSAEncryption, two levels. Read strictly; what
 * a certificate says is judged in card-certificate.ts.
 */
import { equalBytes, fromHex, toHex } from "../../ledger/bytes.ts";
import { bitsOf, contextTag, DER, DerReader, readDer, serialOf, timeOf } from "../../ledger/der.ts";
import { LedgerFault } from "../../ledger/faults.ts";

/** One extension: its value is DER again. */
interface X509Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** What a certificate says. */
export interface X509 {
  /** What is signed. */
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly serialHex: string;
  /** Names as DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** RSAPublicKey, DER. */
  readonly publicKeyPkcs1: Uint8Array;
  /** By object identifier: the content bytes in hexadecimal. */
  readonly extensions: ReadonlyMap<string, X509Extension>;
}

/** sha256WithRSAEncryption and rsaEncryption with NULL, as AlgorithmIdentifier. */
const SHA256_WITH_RSA = fromHex("300d06092a864886f70d01010b0500");
const RSA_ENCRYPTION = fromHex("300d06092a864886f70d0101010500");
const VERSION_3 = fromHex("020102");
/** organizationName, 2.5.4.10. */
const ORGANIZATION_HEX = "55040a";

/** Reads a certificate. @throws LedgerFault `MALFORMED`. */
export function readX509(der: Uint8Array): X509 {
  const certificate = readDer(der);
  const tbs = certificate.next(DER.SEQUENCE);
  demand(certificate.next(DER.SEQUENCE).bytes, SHA256_WITH_RSA);
  const signature = bitsOf(certificate.next(DER.BIT_STRING));
  certificate.end();

  const fields = new DerReader(tbs.content);
  demand(fields.next(contextTag(0)).content, VERSION_3);
  const serialHex = serialOf(fields.next(DER.INTEGER));
  demand(fields.next(DER.SEQUENCE).bytes, SHA256_WITH_RSA);
  const issuer = fields.next(DER.SEQUENCE).bytes;
  const validity = fields.open(DER.SEQUENCE);
  const [notBeforeMs, notAfterMs] = [timeOf(validity.any()), timeOf(validity.any())];
  validity.end();
  const subject = fields.next(DER.SEQUENCE).bytes;
  const key = fields.open(DER.SEQUENCE);
  demand(key.next(DER.SEQUENCE).bytes, RSA_ENCRYPTION);
  const publicKeyPkcs1 = bitsOf(key.next(DER.BIT_STRING));
  key.end();
  const extensions = readExtensions(fields.open(contextTag(3)));
  fields.end();
  const times = { notBeforeMs, notAfterMs };
  const names = { issuer, subject };
  return { tbs: tbs.bytes, signature, serialHex, ...names, ...times, publicKeyPkcs1, extensions };
}

/**
 * The extensions inside an explicit field, of a certificate or a list of revoked ones.
 * @throws LedgerFault `MALFORMED`, also when one is there twice.
 */
export function readExtensions(field: DerReader): ReadonlyMap<string, X509Extension> {
  const extensions = new Map<string, X509Extension>();
  const list = field.open(DER.SEQUENCE);
  field.end();
  while (!list.isEnd) {
    const extension = list.open(DER.SEQUENCE);
    const oid = toHex(extension.next(DER.OID).content);
    const critical = extension.optional(DER.BOOLEAN);
    // DER leaves a default out: what is written is TRUE.
    if (critical !== undefined) demand(critical.content, Uint8Array.of(0xff));
    const value = extension.next(DER.OCTET_STRING).content;
    extension.end();
    if (extensions.has(oid)) refuse("an extension twice");
    extensions.set(oid, { isCritical: critical !== undefined, value });
  }
  return extensions;
}

/** The organisation in a name, undefined when there is none or several. */
export function organizationOf(name: Uint8Array): string | undefined {
  const found: string[] = [];
  for (const names = readDer(name); !names.isEnd; ) {
    for (const set = names.open(DER.SET); !set.isEnd; ) {
      const attribute = set.open(DER.SEQUENCE);
      const type = toHex(attribute.next(DER.OID).content);
      const { content } = attribute.any();
      attribute.end();
      if (type === ORGANIZATION_HEX) found.push(String.fromCharCode(...content));
    }
  }
  return found.length === 1 ? found[0] : undefined;
}

function demand(actual: Uint8Array, expected: Uint8Array): void {
  if (!equalBytes(actual, expected)) refuse("a value of a certificate that is not of the profile");
}

function refuse(problem: string): never {
  throw new LedgerFault("MALFORMED", { format: "X.509", problem });
}
