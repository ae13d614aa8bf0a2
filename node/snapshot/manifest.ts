/**
 * What a member says of a snapshot before it is fetched: which block it is the state after, the proof that this block is
 * committed, and the chunks of the state.
 *
 *     manifest = [ version, header: bstr, certificate, chunks: [ * [ sizeBytes, hash ] ] ]
 *
 * The certificate is that of the block itself. The hashes find a wrong chunk when it arrives; that the state as a whole
 * is right is decided by the header's stateRoot, and by nothing else.
 */
import { type BlockHeader, blockHash, decodeHeader } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { certificateSchema } from "../../ledger/certificate.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { HASH_SIZE_BYTES, type Hash } from "../../ledger/hash.ts";
import { bytes, fromBytes, type Infer, list, record, toBytes, uint } from "../../ledger/schema.ts";
import { CHUNK_SIZE_BYTES_MAX } from "../../ledger/state-chunk.ts";
import type { Database } from "../storage/database.ts";
import { StorageError } from "../storage/record.ts";

/** Version of this format. */
const MANIFEST_VERSION = 1;
/** Chunks of a state: 16 GiB, a hundred million wallets. */
export const CHUNKS_MAX = 65_536;
const MANIFEST_SIZE_BYTES_MAX: number = 4 * 1024 * 1024;

const manifestSchema = record({
  version: uint(MANIFEST_VERSION, MANIFEST_VERSION),
  headerBytes: bytes(1, 1024),
  certificate: certificateSchema,
  chunks: list(
    record({ sizeBytes: uint(CHUNK_SIZE_BYTES_MAX, 1), hash: bytes(HASH_SIZE_BYTES) }),
    CHUNKS_MAX,
  ),
});

/** A snapshot, with what follows from its header. */
export interface Manifest extends Omit<Infer<typeof manifestSchema>, "version"> {
  readonly header: BlockHeader;
  readonly hash: Hash;
}

/** The manifest stored under a key; null when there is none that can be read. @throws StorageError. */
export function storedManifest(database: Database, key: string): Manifest | null {
  try {
    const stored = database.get(key);
    return stored === undefined ? null : decodeManifest(stored);
  } catch (error) {
    const isDamaged = error instanceof StorageError && error.code === "RECORD_DAMAGED";
    if (isDamaged || error instanceof LedgerFault) return null;
    throw error;
  }
}

/** The bytes of a manifest. */
export function encodeManifest(
  manifest: Pick<Manifest, "headerBytes" | "certificate" | "chunks">,
): Uint8Array {
  return toBytes(manifestSchema, { ...manifest, version: MANIFEST_VERSION });
}

/**
 * A manifest of bytes. The certificate's signatures are not looked at here: by whom it must be signed is known when the
 * chain up to its block is.
 * @throws LedgerFault `MALFORMED`, `INVALID_FIELD`, `TOO_LARGE`; `CERTIFICATE_INVALID` when it is for another block.
 */
export function decodeManifest(manifestBytes: Uint8Array): Manifest {
  const { version, ...manifest } = fromBytes(
    manifestSchema,
    manifestBytes,
    MANIFEST_SIZE_BYTES_MAX,
  );
  const header = decodeHeader(manifest.headerBytes);
  const hash = blockHash(manifest.headerBytes);
  const { height, term, blockHash: certified } = manifest.certificate;
  if (height !== header.height || term !== header.term || !equalBytes(certified, hash)) {
    throw new LedgerFault("CERTIFICATE_INVALID", { height, reason: "for another block" });
  }
  return { ...manifest, header, hash };
}
