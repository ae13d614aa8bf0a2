/**
 * An audit bundle: a whole chain as files, with nothing in it that is not checked.
 *
 *     genesis.json                 the genesis in its one form
 *     chain/<first>-<last>.cbor    CBOR sequence of the blocks of those heights, 256 a file
 *     certificate.cbor             the certificate of the last block
 *     state.cbor                   a state to execute later blocks on, if earlier ones cannot be (bundle-state.ts)
 *     evidence.cbor                what convicts members, if the node holds anything (ledger/evidence.ts)
 *
 * Heights have at least ten digits, so that names sort as numbers do. Every file but the last is full:
 * one chain has one set of files, byte for byte.
 */
import { LedgerFault } from "../../ledger/faults.ts";

/** Name of the genesis in a bundle. */
export const GENESIS_FILE = "genesis.json";
/** Name of the last block's certificate. */
export const CERTIFICATE_FILE = "certificate.cbor";
/** Name of the state, in the bundle of a node that has destroyed the witness of old blocks. */
export const STATE_FILE = "state.cbor";
/** Name of the evidence, in the bundle of a node that holds any. */
export const EVIDENCE_FILE = "evidence.cbor";
/** Blocks in a full chain file. */
const BLOCKS_PER_FILE = 256;

/** Files, wherever they are kept. */
export interface Bundle {
  /** Names of all files, folders joined with "/". */
  fileNames(): Promise<readonly string[]>;
  /** The bytes of a file, in pieces. */
  read(fileName: string): AsyncIterable<Uint8Array>;
}

/** A file of blocks. */
export interface ChainFile {
  readonly fileName: string;
  readonly firstHeight: number;
  readonly lastHeight: number;
}

/** The file that begins with a height, when the chain ends at `lastHeight` or in a later file. */
export function chainFileAt(firstHeight: number, lastHeight: number): ChainFile {
  const last = Math.min(lastHeight, firstHeight + BLOCKS_PER_FILE - 1);
  const fileName = `chain/${heightDigits(firstHeight)}-${heightDigits(last)}.cbor`;
  return { fileName, firstHeight, lastHeight: last };
}

function heightDigits(height: number): string {
  return String(height).padStart(10, "0");
}

const CHAIN_FILE_PATTERN = /^chain\/(\d{10,16})-(\d{10,16})\.cbor$/;

/**
 * The chain files of a bundle in order of height.
 * @throws LedgerFault `NOT_FOUND` (a file is missing), `INVALID_FIELD` (a file has no place in a
 *   bundle), `HEIGHT_MISMATCH` (heights are missing or covered twice).
 */
export function chainFilesOf(fileNames: readonly string[]): readonly ChainFile[] {
  for (const needed of [GENESIS_FILE, CERTIFICATE_FILE]) {
    if (!fileNames.includes(needed)) throw new LedgerFault("NOT_FOUND", { file: needed });
  }
  const chainFiles = fileNames
    .filter((name) => ![GENESIS_FILE, CERTIFICATE_FILE, STATE_FILE, EVIDENCE_FILE].includes(name))
    .map(parseChainFile)
    .toSorted((a, b) => a.firstHeight - b.firstHeight);
  const lastHeight = chainFiles.at(-1)?.lastHeight ?? 0;
  let firstHeight = 1;
  for (const { fileName, ...heights } of chainFiles) {
    const expected = chainFileAt(firstHeight, lastHeight);
    if (fileName !== expected.fileName) {
      throw new LedgerFault("HEIGHT_MISMATCH", {
        file: fileName,
        expected: expected.fileName,
        height: Math.min(firstHeight, heights.firstHeight),
      });
    }
    firstHeight = expected.lastHeight + 1;
  }
  return chainFiles;
}

function parseChainFile(fileName: string): ChainFile {
  const [, first, last] = CHAIN_FILE_PATTERN.exec(fileName) ?? [];
  if (first === undefined || last === undefined) {
    throw new LedgerFault("INVALID_FIELD", { path: fileName, problem: "has no place in a bundle" });
  }
  return { fileName, firstHeight: Number(first), lastHeight: Number(last) };
}
