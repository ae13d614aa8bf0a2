/** The files of a bundle that are read whole. */
import { decodeProof, PROOF_SIZE_BYTES_MAX, type Proof } from "../../ledger/evidence.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, parseGenesis } from "../../ledger/genesis.ts";
import { type Bundle, CERTIFICATE_FILE, EVIDENCE_FILE, GENESIS_FILE } from "./bundle.ts";

const GENESIS_SIZE_BYTES_MAX = 16 * 1024 * 1024;
const CERTIFICATE_SIZE_BYTES_MAX = 64 * 1024;

/** The genesis of a bundle. @throws LedgerFault `MALFORMED`, `INVALID_FIELD`, `TOO_LARGE`. */
export async function readGenesis(bundle: Bundle): Promise<Genesis> {
  const bytes = await readWhole(bundle, GENESIS_FILE, GENESIS_SIZE_BYTES_MAX);
  let text: string;
  try {
    // Not the BOM-eating default: every byte counts.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new LedgerFault("MALFORMED", { problem: "genesis is not UTF-8", cause: error });
  }
  return parseGenesis(text);
}

/** The certificate of a bundle's last block, undecoded. @throws LedgerFault `TOO_LARGE`. */
export function readCertificate(bundle: Bundle): Promise<Uint8Array> {
  return readWhole(bundle, CERTIFICATE_FILE, CERTIFICATE_SIZE_BYTES_MAX);
}

/** The evidence of a bundle, unverified; null when it has none. @throws LedgerFault `MALFORMED`, `INVALID_FIELD`. */
export async function readEvidence(bundle: Bundle): Promise<Proof | null> {
  if (!(await bundle.fileNames()).includes(EVIDENCE_FILE)) return null;
  return decodeProof(await readWhole(bundle, EVIDENCE_FILE, PROOF_SIZE_BYTES_MAX));
}

async function readWhole(
  bundle: Bundle,
  fileName: string,
  sizeBytesMax: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of bundle.read(fileName)) {
    sizeBytes += piece.length;
    if (sizeBytes > sizeBytesMax) throw new LedgerFault("TOO_LARGE", { sizeBytesMax });
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}
