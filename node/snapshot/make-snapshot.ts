/**
 * Makes a snapshot of the state of one moment while blocks go on: a view of the database, read record by record, is
 * written back as chunks. At no time is more than a chunk of it in memory.
 */
import { sha256 } from "../../ledger/hash.ts";
import {
  CHUNK_SIZE_BYTES,
  encodeChunk,
  recordSizeBytes,
  type StateRecord,
} from "../../ledger/state-chunk.ts";
import { KEYS } from "../storage/buckets.ts";
import { clearRange, type Database, type DatabaseView } from "../storage/database.ts";
import type { StateStore } from "../storage/state-store.ts";
import { CHUNKS_MAX, encodeManifest, type Manifest } from "./manifest.ts";

/** What a snapshot is made of. */
export interface SnapshotSource {
  readonly database: Database;
  readonly store: StateStore;
  /** Taken when the state was that after the block. */
  readonly view: DatabaseView;
  readonly block: Pick<Manifest, "header" | "headerBytes" | "hash" | "certificate">;
  /** When a chunk is full. */
  readonly chunkSizeBytes?: number;
  /** True when the node stops. */
  readonly isCalledOff: () => boolean;
}

/**
 * Writes the chunks, then the manifest, from when on the snapshot counts, then removes the one before.
 * @returns null when it was called off, or the state is larger than a manifest can say.
 * @throws StorageError when the disk fails.
 */
export async function makeSnapshot(source: SnapshotSource): Promise<Manifest | null> {
  const { database, store, view, block } = source;
  const { height } = block.header;
  const chunks: Manifest["chunks"][number][] = [];
  const { chunkSizeBytes = CHUNK_SIZE_BYTES } = source;
  for await (const chunk of chunksOf(store.entries(view), chunkSizeBytes)) {
    if (chunks.length === CHUNKS_MAX || source.isCalledOff()) return null;
    await database.batch().put(KEYS.chunk(height, chunks.length), chunk).write({ sync: false });
    chunks.push({ sizeBytes: chunk.length, hash: sha256(chunk) });
  }
  const manifest = { ...block, chunks };
  await database.batch().put(KEYS.offered, encodeManifest(manifest)).write({ sync: true });
  await removeOtherChunks(database, height);
  return manifest;
}

/** Removes the chunks of all snapshots but one: of those before it, and of one whose making was cut short. */
export async function removeOtherChunks(database: Database, height: number): Promise<void> {
  await clearRange(database, KEYS.chunksStart, KEYS.chunk(height, 0));
  await clearRange(database, KEYS.chunk(height + 1, 0), KEYS.chunksEnd);
}

async function* chunksOf(
  records: AsyncIterable<StateRecord>,
  chunkSizeBytes: number,
): AsyncIterable<Uint8Array> {
  let gathered: StateRecord[] = [];
  let sizeBytes = 0;
  for await (const one of records) {
    gathered.push(one);
    sizeBytes += recordSizeBytes(one);
    if (sizeBytes < chunkSizeBytes) continue;
    yield encodeChunk(gathered);
    gathered = [];
    sizeBytes = 0;
  }
  if (gathered.length > 0) yield encodeChunk(gathered);
}
