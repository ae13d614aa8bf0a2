/**
 * What makes an import the same import: the list, the terms, the day and the clerk. Ids and salts of its transactions come
 * from nothing else, so that preparing it twice gives the same bytes, and the ledger, which takes an id once, grants once.
 *
 * Ids stay on the ledger for ever. A plain hash of the list in them would let anybody try lists out, so it is keyed: by a
 * signature of the clerk's key over the list, which is the same each time (RFC 8032) and which nobody else can make.
 */
import { createHash, createHmac } from "node:crypto";
import { concatBytes, utf8 } from "../../ledger/bytes.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import type { GrantTerms } from "./grant-batches.ts";

const TAG = "mykey-ledger/grant-import/v1\0";

/** Secret of one import. */
export class ImportMark {
  readonly #secret: Uint8Array;

  /** @param again how often the same list was granted on purpose before: 0 for the first time. */
  constructor(
    clerk: Signer,
    { listHash, terms, again }: { listHash: Uint8Array; terms: GrantTerms; again: number },
  ) {
    const { issuer, pointType, budgetCategory } = terms;
    const text = JSON.stringify({ issuer, pointType, budgetCategory, again });
    const signature = clerk.sign(concatBytes(utf8(TAG), listHash, utf8(text)));
    this.#secret = new Uint8Array(createHash("sha256").update(signature).digest());
  }

  /** Bytes for the id (`id`) or the salt (`salt`) of a batch: 32 at most. */
  bytesFor(what: "id" | "salt", batch: number, sizeBytes: number): Uint8Array {
    const mac = createHmac("sha256", this.#secret).update(`${what}/${batch}`).digest();
    return new Uint8Array(mac.subarray(0, sizeBytes));
  }
}
