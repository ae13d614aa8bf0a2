/**
 * Downloads a chain into a bundle. Nothing is checked here beyond what is needed to cut files: the
 * auditor's verification comes after, and may run elsewhere.
 */
import { mkdir, open, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { decodeCertificate } from "../../ledger/block.ts";
import { decodeProof } from "../../ledger/evidence.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { readBlocks, sequenceItem } from "./block-sequence.ts";
import {
  CERTIFICATE_FILE,
  type ChainFile,
  chainFileAt,
  EVIDENCE_FILE,
  GENESIS_FILE,
  STATE_FILE,
} from "./bundle.ts";

/** Where a chain comes from: a node. */
export interface ChainSource {
  genesisText(): Promise<string>;
  /** A state to execute later blocks on (bundle-state.ts); null from a node that has all blocks whole. */
  state(): Promise<AsyncIterable<Uint8Array> | null>;
  /** The certificate of the highest certified block, canonical bytes. */
  certificate(): Promise<Uint8Array>;
  /** What the node holds against members: a proof file, which may be empty. */
  evidence(): Promise<Uint8Array>;
  /** Certified blocks from a height upwards, as many as the source sends at once: a CBOR sequence. */
  chain(fromHeight: number): AsyncIterable<Uint8Array>;
}

/** Hears how far the download is. */
export type OnProgress = (height: number, lastHeight: number) => void;

/**
 * Writes the chain, up to the block that is certified when it begins, into a new directory.
 * @returns the height of the last block.
 * @throws LedgerFault `HEIGHT_MISMATCH` when the source ends before its own certificate; what the
 *   source throws; the file system's error when the directory is there already.
 */
export async function exportBundle(
  source: ChainSource,
  directory: string,
  onProgress: OnProgress,
): Promise<number> {
  const state = await source.state();
  await mkdir(dirname(directory), { recursive: true });
  await mkdir(directory);
  if (state !== null) await writeFile(join(directory, STATE_FILE), state);
  // The certificate after the state, whose block it covers, and before the chain, which only grows.
  const certificate = await source.certificate();
  const { height: lastHeight } = decodeCertificate(certificate);
  const genesisText = await source.genesisText();
  await mkdir(join(directory, "chain"));
  await writeFile(join(directory, GENESIS_FILE), genesisText);
  const blocks = blocksUpTo(source, lastHeight);
  for (let height = 0; height < lastHeight; ) {
    const file = chainFileAt(height + 1, lastHeight);
    await writeChainFile(join(directory, file.fileName), file, blocks);
    height = file.lastHeight;
    onProgress(height, lastHeight);
  }
  await writeFile(join(directory, CERTIFICATE_FILE), certificate);
  const proof = await source.evidence();
  if (decodeProof(proof).evidence.length > 0)
    await writeFile(join(directory, EVIDENCE_FILE), proof);
  return lastHeight;
}

async function writeChainFile(
  path: string,
  { firstHeight, lastHeight }: ChainFile,
  blocks: AsyncIterator<Uint8Array>,
): Promise<void> {
  const file = await open(path, "wx");
  try {
    for (let height = firstHeight; height <= lastHeight; height += 1) {
      const { value, done } = await blocks.next();
      if (done === true) throw new LedgerFault("HEIGHT_MISMATCH", { height, expected: lastHeight });
      await file.writeFile(sequenceItem(value));
    }
  } finally {
    await file.close();
  }
}

/** Blocks from 1 to a height, over as many requests as it takes. */
async function* blocksUpTo(
  source: ChainSource,
  lastHeight: number,
): AsyncGenerator<Uint8Array, void> {
  let height = 0;
  while (height < lastHeight) {
    const before = height;
    for await (const block of readBlocks(source.chain(height + 1))) {
      height += 1;
      yield block;
      if (height === lastHeight) return;
    }
    if (height === before) return;
  }
}
