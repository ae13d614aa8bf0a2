/** Answers other members' questions for pieces of the snapshot that this node offers. */
import { prunedBlock } from "../../ledger/pruning.ts";
import { CHUNK_SIZE_BYTES } from "../../ledger/state-chunk.ts";
import { RECENT_MS } from "../recent-ids.ts";
import type { BlockLog } from "../storage/block-log.ts";
import { KEYS } from "../storage/buckets.ts";
import type { Database } from "../storage/database.ts";
import { type SnapshotAnswer, type SnapshotQuestion, WIRE_PARTS_MAX } from "../wire.ts";
import { encodeManifest, type Manifest } from "./manifest.ts";

/** What answers are made from. */
export interface AnswererParts {
  readonly database: Database;
  readonly blocks: BlockLog;
  /** What this node offers. */
  readonly offered: Manifest | null;
}

/** The answer to a question; without parts when this node does not have it. @throws StorageError. */
export function answerTo(parts: AnswererParts, question: SnapshotQuestion): SnapshotAnswer {
  const { about, height, position } = question;
  const manifest = parts.offered;
  const isOffered = manifest !== null && (height === 0 || height === manifest.header.height);
  const found = isOffered ? piece(parts, manifest, question) : [];
  return { kind: "answer", about, height, position, parts: found };
}

function piece(parts: AnswererParts, manifest: Manifest, question: SnapshotQuestion): Uint8Array[] {
  switch (question.about) {
    case "manifest":
      return [encodeManifest(manifest)];
    case "blocks":
      return blocksFrom(parts.blocks, question.position, manifest);
    case "chunk": {
      const key = KEYS.chunk(manifest.header.height, question.position);
      const chunk = parts.database.get(key);
      return chunk === undefined ? [] : [chunk];
    }
  }
}

/** Blocks in order, without their witness, but for those whose ids must still be known; bare where bodies are dropped. */
function blocksFrom(blocks: BlockLog, first: number, { header }: Manifest): Uint8Array[] {
  const wholeSinceMs = header.timestampMs - RECENT_MS;
  const found: Uint8Array[] = [];
  let sizeBytes = 0;
  for (let height = Math.max(1, first); height <= header.height; height++) {
    if (found.length === WIRE_PARTS_MAX || sizeBytes >= CHUNK_SIZE_BYTES) break;
    const block = blocks.block(height);
    const bytes = block.header.timestampMs >= wholeSinceMs ? block.bytes : prunedBlock(block);
    found.push(bytes);
    // Of what was read: pruning takes longer than sending.
    sizeBytes += block.bytes.length;
  }
  return found;
}
