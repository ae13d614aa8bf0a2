/**
 * The custody's secret for keeping: sealed with a key that exists in shares alone. To give out new shares is to seal anew, with
 * another key; then the old shares open nothing, as soon as the old sealed file is destroyed, and no resident's pseudonym changes.
 *
 *     sealed = nonce: 12 bytes ‖ AES-256-GCM( secret ): 32 bytes ‖ tag: 16 bytes
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { concatBytes, utf8 } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import { CUSTODY_SECRET_SIZE_BYTES, Custody } from "./custody.ts";
import { joinShares, type SecretShare, splitSecret } from "./secret-sharing.ts";

const PURPOSE = utf8("mykey-ledger/sealed-custody/v1");
const KEY_SIZE_BYTES = 32;
const NONCE_SIZE_BYTES = 12;
const TAG_SIZE_BYTES = 16;

/** Size of a sealed secret. */
export const SEALED_CUSTODY_SIZE_BYTES: number =
  NONCE_SIZE_BYTES + CUSTODY_SECRET_SIZE_BYTES + TAG_SIZE_BYTES;

/** A sealed secret, and the shares of which `threshold` open it. */
export interface SealedCustody {
  readonly sealed: Uint8Array;
  readonly shares: readonly SecretShare[];
}

/** Seals the secret under a new key. @throws RangeError unless 2 ≤ threshold ≤ shares ≤ 255. */
export function sealCustody(custody: Custody, threshold: number, shares: number): SealedCustody {
  const key = randomBytes(KEY_SIZE_BYTES);
  const nonce = randomBytes(NONCE_SIZE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(PURPOSE);
  const body = custody.revealTo((secret) => Buffer.concat([cipher.update(secret), cipher.final()]));
  const sealed = concatBytes(nonce, body, cipher.getAuthTag());
  return { sealed, shares: splitSecret(new Uint8Array(key), threshold, shares) };
}

/**
 * The custody again.
 * @throws ClientError `SHARES_MISMATCH`: too few, altered, or given out for another sealing.
 */
export function openCustody(sealed: Uint8Array, shares: readonly SecretShare[]): Custody {
  try {
    const key = joinShares(shares);
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_SIZE_BYTES))
      .setAAD(PURPOSE)
      .setAuthTag(sealed.subarray(-TAG_SIZE_BYTES));
    const body = decipher.update(sealed.subarray(NONCE_SIZE_BYTES, -TAG_SIZE_BYTES));
    return new Custody(new Uint8Array(Buffer.concat([body, decipher.final()])));
  } catch (cause) {
    throw new ClientError("SHARES_MISMATCH", { cause });
  }
}
