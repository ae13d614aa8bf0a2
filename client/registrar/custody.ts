/**
 * The one secret behind all pseudonyms of a municipality. Whoever holds it computes the same pseudonym, salt and storage
 * key from the same card: so members that share it need not agree on anything, and losing one of them loses no wallet.
 */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { fromHex, toHex, utf8 } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import { readText, writeNewFile } from "../files.ts";

/** Size of the secret, bytes. */
export const CUSTODY_SECRET_SIZE_BYTES = 32;

/** What is derived, each under a label of its own. */
type Label =
  | "wallet-handle"
  | "card-salt"
  | "service-pseudonym"
  | "journal-key"
  | "mykey-id"
  | "link-filler";

/** Holds the secret and never gives it out, but to be shared. */
export class Custody {
  readonly #secret: Uint8Array;

  /** @throws RangeError when the secret has another size. */
  constructor(secret: Uint8Array = new Uint8Array(randomBytes(CUSTODY_SECRET_SIZE_BYTES))) {
    if (secret.length !== CUSTODY_SECRET_SIZE_BYTES) throw new RangeError("a secret has 32 bytes");
    this.#secret = secret;
  }

  /** The custody of a file, or undefined when there is none. @throws ClientError `FILE_MALFORMED`. */
  static ofFile(file: string): Custody | undefined {
    if (!existsSync(file)) return undefined;
    const text = readText(file);
    if (/^[0-9a-f]{64}\n$/.test(text)) return new Custody(fromHex(text.trim()));
    throw new ClientError("FILE_MALFORMED", { file, problem: "a secret is 64 hexadecimal digits" });
  }

  /** Keeps the secret in a new file, for its owner alone. @throws ClientError `FILE_EXISTS`. */
  keep(file: string): void {
    writeNewFile(file, `${toHex(this.#secret)}\n`, "secret");
  }

  /** 32 bytes that only the secret, the label and all of the parts decide (HMAC-SHA-256). */
  derive(label: Label, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
    const mac = createHmac("sha256", this.#secret).update(`mykey-ledger/custody/v1/${label}\0`);
    for (const part of parts) {
      const bytes = typeof part === "string" ? utf8(part) : part;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      mac.update(length).update(bytes);
    }
    return new Uint8Array(mac.digest());
  }

  /** The secret itself, for `sealCustody` alone. */
  revealTo<T>(share: (secret: Uint8Array) => T): T {
    return share(this.#secret);
  }
}
