/** Signatures of a certification authority over lists and answers: by the rule that the cards' signatures have. */
import type { KeyObject } from "node:crypto";
import { equalBytes, fromHex } from "../../ledger/bytes.ts";
import { bitsOf, DER, type DerElement, type DerReader } from "../../ledger/der.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";

/** sha256WithRSAEncryption with NULL, an AlgorithmIdentifier: the only one of the profile. */
export const SHA256_WITH_RSA: Uint8Array = fromHex("300d06092a864886f70d01010b0500");

/** Something signed: the element, and the algorithm and signature that follow it. */
export interface SignedElement {
  readonly tbs: DerElement;
  readonly signature: Uint8Array;
  readonly isSha256WithRsa: boolean;
}

/** `SIGNED{}` of X.509: reads the three parts. @throws LedgerFault `MALFORMED`. */
export function readSigned(reader: DerReader): SignedElement {
  const tbs = reader.next(DER.SEQUENCE);
  const algorithm = reader.next(DER.SEQUENCE).bytes;
  const signature = bitsOf(reader.next(DER.BIT_STRING));
  return { tbs, signature, isSha256WithRsa: equalBytes(algorithm, SHA256_WITH_RSA) };
}

/** Whether that RSA-2048 key made the signature. */
export function isSignedBy(signed: SignedElement, publicKey: KeyObject): boolean {
  return (
    signed.isSha256WithRsa &&
    verifySignature({
      algorithm: "jpki-rsa2048-sha256",
      publicKey: new Uint8Array(publicKey.export({ format: "der", type: "pkcs1" })),
      message: signed.tbs.bytes,
      signature: signed.signature,
    })
  );
}
