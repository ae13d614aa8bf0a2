/** The auditor's verdict on a bundle: right from the first byte to the last, or what is wrong where. */
import type { AccountTotal } from "../../contracts/invariants.ts";
import type { MemoryState } from "../../contracts/state/state.ts";
import { toHex } from "../../ledger/bytes.ts";
import { FAULTS, type FaultFacts, LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, genesisText, networkIdOf } from "../../ledger/genesis.ts";
import type { VerifySignature } from "../../ledger/signature.ts";
import { type Finding, verifyProof } from "../../ledger/verify-evidence.ts";
import { readBlocks } from "./block-sequence.ts";
import {
  type Bundle,
  CERTIFICATE_FILE,
  chainFilesOf,
  EVIDENCE_FILE,
  GENESIS_FILE,
} from "./bundle.ts";
import { readCertificate, readEvidence, readGenesis } from "./bundle-files.ts";
import { type AuditedBlock, ChainAuditor } from "./chain-auditor.ts";
import type { AuditCounts } from "./tally.ts";

/** The chain is right. */
export interface AuditPassed extends AuditCounts {
  readonly ok: true;
  readonly height: number;
  /** Of the genesis in the bundle, hexadecimal. */
  readonly networkId: string;
  /** `rehearsal`: its clock was moved by hand, and nothing on it is of worth. */
  readonly clock: Genesis["clock"];
  /** True when that is the genesis which the auditor gave; otherwise it vouches for itself. */
  readonly trustedGenesis: boolean;
  /** What each kind of account holds of each asset; they sum to zero. */
  readonly totals: readonly AccountTotal[];
  /** What the evidence in the bundle shows, all of it checked. */
  readonly evidence: readonly Finding[];
}

/** The chain is wrong: the first thing found. */
export interface AuditFailed {
  readonly ok: false;
  /** True when the auditor gave the genesis. */
  readonly trustedGenesis: boolean;
  /** Height of the block that is wrong; 0 for the genesis and the bundle as a whole. */
  readonly height: number;
  /** The rule that is broken, a code of ledger/faults.ts. */
  readonly rule: string;
  readonly file: string;
  readonly detail: string;
  readonly detailJa: string;
  readonly facts: FaultFacts;
}

/** What an audit needs besides the bundle. */
export interface AuditOptions {
  readonly verify: VerifySignature;
  /** The genesis that the auditor trusts from elsewhere. */
  readonly trusted?: Genesis;
  /** Hears how far it is. */
  readonly onProgress?: (height: number, lastHeight: number) => void;
  /** Hears of each block that was found right, and what it did. */
  readonly onBlock?: (block: AuditedBlock) => void;
  /** Is given the records after the last block, when all is right. */
  readonly onState?: (state: MemoryState) => void;
}

/** Where the audit is, for the verdict. */
interface Place {
  file: string;
  height: number;
}

/** Checks a whole bundle. Only the file system's errors are thrown. */
export async function verifyBundle(
  bundle: Bundle,
  options: AuditOptions,
): Promise<AuditPassed | AuditFailed> {
  const place: Place = { file: "", height: 0 };
  try {
    return await verifyFiles(bundle, options, place);
  } catch (error) {
    if (!(error instanceof LedgerFault)) throw error;
    const { code: rule, facts } = error;
    const { en: detail, ja: detailJa } = FAULTS[rule];
    const trustedGenesis = options.trusted !== undefined;
    return { ok: false, ...place, rule, detail, detailJa, facts, trustedGenesis };
  }
}

async function verifyFiles(
  bundle: Bundle,
  { verify, trusted, onProgress, onBlock, onState }: AuditOptions,
  place: Place,
): Promise<AuditPassed> {
  const chainFiles = chainFilesOf(await bundle.fileNames());
  place.file = GENESIS_FILE;
  const genesis = await readGenesis(bundle);
  if (trusted !== undefined && genesisText(trusted) !== genesisText(genesis)) {
    throw new LedgerFault("GENESIS_MISMATCH");
  }
  const auditor = new ChainAuditor(genesis, verify, onBlock);
  for (const { fileName, lastHeight } of chainFiles) {
    place.file = fileName;
    place.height = auditor.height + 1;
    for await (const block of readBlocks(bundle.read(fileName))) {
      if (place.height > lastHeight) throw new LedgerFault("HEIGHT_MISMATCH", { lastHeight });
      auditor.accept(block);
      place.height += 1;
      onProgress?.(auditor.height, chainFiles.at(-1)?.lastHeight ?? 0);
    }
    if (auditor.height !== lastHeight) throw new LedgerFault("HEIGHT_MISMATCH", { lastHeight });
  }
  place.file = CERTIFICATE_FILE;
  place.height = auditor.height;
  const totals = auditor.finish(await readCertificate(bundle));
  place.file = EVIDENCE_FILE;
  const proof = await readEvidence(bundle);
  const evidence = proof === null ? [] : verifyProof(proof, genesis, verify);
  onState?.(auditor.state);
  return {
    ok: true,
    height: auditor.height,
    ...auditor.tally.counts,
    totals,
    evidence,
    networkId: toHex(networkIdOf(genesis)),
    clock: genesis.clock,
    trustedGenesis: trusted !== undefined,
  };
}
