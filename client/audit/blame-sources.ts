/**
 * Who broke the protocol, from what two nodes say: their bundles, or evidence that was kept. Nothing that they
 * say is believed; only signatures convict.
 */
import { blame, type CertifiedChain, ChainOutline } from "../../ledger/blame.ts";
import { decodeBlock, decodeCertificate } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { type Evidence, evidenceSchema, type Proof } from "../../ledger/evidence.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, genesisText, networkIdOf } from "../../ledger/genesis.ts";
import type { MembershipStep } from "../../ledger/membership-proof.ts";
import { decodeStored } from "../../ledger/pruning.ts";
import { toBytes } from "../../ledger/schema.ts";
import type { VerifySignature } from "../../ledger/signature.ts";
import {
  type EvidenceContext,
  evidenceContext,
  type Finding,
  findingOf,
  verifyProof,
} from "../../ledger/verify-evidence.ts";
import { readBlocks } from "./block-sequence.ts";
import { type Bundle, chainFilesOf } from "./bundle.ts";
import { readCertificate, readEvidence, readGenesis } from "./bundle-files.ts";

/** What one side shows: a bundle with its chain, or evidence alone. */
export type BlameSource = { readonly bundle: Bundle } | { readonly proof: Proof };

/** What convicts, and what it says. */
export interface Blame {
  readonly genesis: Genesis;
  readonly proof: Proof;
  /** One for each piece of evidence in the proof. */
  readonly findings: readonly Finding[];
  /** Pieces that a source had and that do not hold: they are left out. */
  readonly refused: number;
}

/** What is needed besides the sources. */
export interface BlameOptions {
  readonly verify: VerifySignature;
  /** The genesis that the auditor trusts; needed when no source is a bundle. */
  readonly trusted?: Genesis;
  /** Hears how far it is. */
  readonly onProgress?: (height: number) => void;
}

/**
 * Compares two sources and checks all evidence that there is.
 * @throws LedgerFault `NO_CONFLICT` when nothing contradicts; `GENESIS_MISMATCH`, `WRONG_NETWORK`; what is
 *   wrong with a chain that breaks the rules by itself.
 */
export async function blameSources(
  sources: readonly BlameSource[],
  options: BlameOptions,
): Promise<Blame> {
  const genesis = await commonGenesis(sources, options.trusted);
  const networkId = networkIdOf(genesis);
  const chains: CertifiedChain[] = [];
  const evidence: Evidence[] = [];
  for (const source of sources) {
    const proof = "proof" in source ? source.proof : await readEvidence(source.bundle);
    if (proof !== null && !equalBytes(proof.networkId, networkId)) {
      throw new LedgerFault("WRONG_NETWORK");
    }
    evidence.push(...(proof?.evidence ?? []));
    if ("bundle" in source) chains.push(await outline(source.bundle, genesis, options));
  }
  const proofs = sources.flatMap((source) => ("proof" in source ? [source.proof] : []));
  const shown = [...chains, ...proofs];
  const { memberships, context } = provenMemberships(shown, genesis, options.verify);
  const kept = distinct(evidence).filter((one) => holds(one, context));
  const all = distinct([...contradictions(chains, context, kept.length > 0), ...kept]);
  if (all.length === 0) throw new LedgerFault("NO_CONFLICT");
  const proof = { version: 1, networkId, memberships, evidence: all };
  const refused = distinct(evidence).length - kept.length;
  return { genesis, proof, findings: verifyProof(proof, genesis, options.verify), refused };
}

/** The longest list of changes of membership that a source shows and that holds; a liar's file may hold any list. */
function provenMemberships(
  shown: readonly Pick<Proof, "memberships">[],
  genesis: Genesis,
  verify: VerifySignature,
): { readonly memberships: readonly MembershipStep[]; readonly context: EvidenceContext } {
  const lists = shown.map((source) => source.memberships);
  for (const memberships of lists.toSorted((one, other) => other.length - one.length)) {
    try {
      return { memberships, context: evidenceContext(genesis, verify, memberships) };
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
    }
  }
  return { memberships: [], context: evidenceContext(genesis, verify) };
}

/** A liar's bundle may hold anything: what does not hold must not keep the rest from being shown. */
function holds(evidence: Evidence, context: EvidenceContext): boolean {
  try {
    findingOf(evidence, context);
    return true;
  } catch (error) {
    if (error instanceof LedgerFault) return false;
    throw error;
  }
}

/** What the chains show against each other. Two that agree are no fault when there is evidence beside them. */
function contradictions(
  chains: readonly CertifiedChain[],
  context: EvidenceContext,
  hasEvidence: boolean,
): Evidence[] {
  const [one, other] = chains;
  if (one === undefined || other === undefined) return [];
  try {
    return blame(one, other, context);
  } catch (error) {
    const agree = error instanceof LedgerFault && error.code === "NO_CONFLICT";
    if (agree && hasEvidence) return [];
    throw error;
  }
}

async function commonGenesis(
  sources: readonly BlameSource[],
  trusted: Genesis | undefined,
): Promise<Genesis> {
  const own: Genesis[] = trusted === undefined ? [] : [trusted];
  for (const source of sources) if ("bundle" in source) own.push(await readGenesis(source.bundle));
  const [first, ...others] = own;
  if (first === undefined) throw new LedgerFault("NOT_FOUND", { file: "genesis" });
  if (others.some((other) => genesisText(other) !== genesisText(first))) {
    throw new LedgerFault("GENESIS_MISMATCH");
  }
  return first;
}

async function outline(
  bundle: Bundle,
  genesis: Genesis,
  { verify, onProgress }: BlameOptions,
): Promise<CertifiedChain> {
  const chain = new ChainOutline({ genesis, verify });
  for (const { fileName } of chainFilesOf(await bundle.fileNames())) {
    for await (const bytes of readBlocks(bundle.read(fileName))) {
      const block = decodeBlock(bytes);
      chain.append(
        block,
        block.transactions.map((transaction) => decodeStored(transaction).leaf),
      );
      onProgress?.(chain.height);
    }
  }
  return chain.certifiedBy(decodeCertificate(await readCertificate(bundle)));
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  const keyOf = (one: Evidence) => Buffer.from(toBytes(evidenceSchema, one)).toString("latin1");
  return [...new Map(evidence.map((one) => [keyOf(one), one])).values()];
}
