/** Makes `hash.json`: for every tag the message and its hash, computed here without the ledger's own code. */
import { createHash } from "node:crypto";
import { HASH_TAGS, type HashTag } from "../../ledger/hash.ts";

/** One hash. All bytes are hexadecimal. */
export interface HashRow {
  readonly tag: HashTag;
  readonly parts: readonly string[];
  /** `tag ‖ 0x00 ‖ parts…` */
  readonly message: string;
  readonly hash: string;
}

/** One row a tag, with 0, 1 or 2 parts. */
export function hashVectors(): HashRow[] {
  return HASH_TAGS.map((tag, i) => {
    const parts = ["00", "01".repeat(32)].slice(0, i % 3);
    const head = Buffer.concat([Buffer.from(`mykey-ledger/v1/${tag}`, "ascii"), Buffer.of(0)]);
    const message = Buffer.concat([head, ...parts.map((part) => Buffer.from(part, "hex"))]);
    const hash = createHash("sha256").update(message).digest("hex");
    return { tag, parts, message: message.toString("hex"), hash };
  });
}
