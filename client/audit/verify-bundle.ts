/** The auditor's verdict on a bundle: right from the first byte to the last, or what is wrong where. */
import type { CivilDate } from "../../contracts/fields/dates.ts";
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
  type ChainFile,
  chainFilesOf,
  EVIDENCE_FILE,
  GENESIS_FILE,
  STATE_FILE,
} from "./bundle.ts";
import { readCertificate, readEvidence, readGenesis } from "./bundle-files.ts";
import { type BundleState, readState } from "./bundle-state.ts";
import { type AuditedBlock, ChainAuditor } from "./chain-auditor.ts";
import type { AuditCounts } from "./tally.ts";

/** The chain is right. */
export interface AuditPassed extends AuditCounts {
  readonly ok: true;
  readonly height: number;
  /**
   * Up to this height blocks could not be executed again: links, roots, votes and the signatures that are left were
   * examined, and the rest is what the certificates attest. 0: everything was executed.
   */
  readonly attestedHeight: number;
  /** The date of that block in Japan; null when everything was executed. */
  readonly attestedUntil: CivilDate | null;
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
  /** Is given the state from which on blocks are executed, when that is not the founding one. */
  readonly onOpening?: (state: MemoryState) => void;
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
  options: AuditOptions,
  place: Place,
): Promise<AuditPassed> {
  const { verify, trusted, onState } = options;
  const chainFiles = chainFilesOf(await bundle.fileNames());
  place.file = GENESIS_FILE;
  const genesis = await readGenesis(bundle);
  if (trusted !== undefined && genesisText(trusted) !== genesisText(genesis)) {
    throw new LedgerFault("GENESIS_MISMATCH");
  }
  place.file = STATE_FILE;
  const opening = await readState(bundle);
  let attestedUntil: CivilDate | null = null;
  const auditor = new ChainAuditor(genesis, verify, (block) => {
    if (block.height === opening?.height) attestedUntil = block.date;
    options.onBlock?.(block);
  });
  await verifyChain(bundle, auditor, { chainFiles, opening, options, place });
  if (opening !== null && attestedUntil === null) {
    throw new LedgerFault("HEIGHT_MISMATCH", { height: opening.height });
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
    attestedHeight: opening?.height ?? 0,
    attestedUntil,
    ...auditor.tally.counts,
    totals,
    evidence,
    networkId: toHex(networkIdOf(genesis)),
    clock: genesis.clock,
    trustedGenesis: trusted !== undefined,
  };
}

interface ChainToVerify {
  readonly chainFiles: readonly ChainFile[];
  readonly opening: BundleState | null;
  readonly options: AuditOptions;
  readonly place: Place;
}

/** Attests blocks up to the state that the bundle begins with, and executes all later ones. */
async function verifyChain(
  bundle: Bundle,
  auditor: ChainAuditor,
  { chainFiles, opening, options, place }: ChainToVerify,
): Promise<void> {
  for (const { fileName, lastHeight } of chainFiles) {
    place.file = fileName;
    place.height = auditor.height + 1;
    for await (const block of readBlocks(bundle.read(fileName))) {
      if (place.height > lastHeight) throw new LedgerFault("HEIGHT_MISMATCH", { lastHeight });
      if (place.height > (opening?.height ?? 0)) auditor.accept(block);
      else auditor.attest(block);
      if (place.height === opening?.height) {
        auditor.begin(opening.state);
        options.onOpening?.(opening.state);
      }
      place.height += 1;
      options.onProgress?.(auditor.height, chainFiles.at(-1)?.lastHeight ?? 0);
    }
    if (auditor.height !== lastHeight) throw new LedgerFault("HEIGHT_MISMATCH", { lastHeight });
  }
}
