/** What a row of `signature.json` holds. */
import { toHex } from "../../ledger/bytes.ts";
import type { SignatureAlgorithm } from "../../ledger/signature.ts";

/** One verdict. All bytes are hexadecimal. */
export interface SignatureRow {
  readonly id: string;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

/** What a row says beside id and verdict. */
export interface Signed {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Rows of one algorithm. */
export function rowsOf(algorithm: SignatureAlgorithm) {
  return (id: string, valid: boolean, { publicKey, message, signature }: Signed): SignatureRow => ({
    id,
    algorithm,
    publicKey: toHex(publicKey),
    message: toHex(message),
    signature: toHex(signature),
    valid,
  });
}
