/**
 * The rules that link a block to the one before it. Followers apply them before they vote, nodes when
 * they start, auditors years later: there is one set, and this is it. Re-execution (results, state) is
 * contracts/'s part of the same examination.
 *
 * Invariants of a chain: heights rise by one; previousHash is the hash of the block before (of the genesis
 * for block 1); terms and timestamps never fall; the history tree has one leaf for each earlier block.
 */
import { type Block, historyLeaf, proposalMessage } from "./block.ts";
import { equalBytes } from "./bytes.ts";
import {
  type CertificateContext,
  type SignatureContext,
  verifyLeaderCertificate,
} from "./certificate.ts";
import { type FaultCode, LedgerFault } from "./faults.ts";
import { type Genesis, genesisMembership, networkIdOf } from "./genesis.ts";
import type { Hash } from "./hash.ts";
import { membershipHash, voterOf } from "./membership.ts";
import { MembershipHistory } from "./membership-history.ts";
import { CompactRange, merkleRoot } from "./merkle.ts";

/** Where a chain ends: enough to check the next block. */
export interface ChainTip {
  readonly height: number;
  readonly term: number;
  /** Number of the proposer, who leads the term; 0 for the genesis. */
  readonly proposer: number;
  readonly hash: Hash;
  readonly timestampMs: number;
  /** The tree over genesis and all blocks up to this one: `historyRoot` of the next block. */
  readonly history: CompactRange;
  /** Who ran the network up to this block, and who will. */
  readonly memberships: MembershipHistory;
}

/** The tip of a chain that has only its genesis. */
export function genesisTip(genesis: Genesis): ChainTip {
  const networkId = networkIdOf(genesis);
  const history = new CompactRange();
  history.append(historyLeaf(networkId));
  return {
    height: 0,
    term: 0,
    proposer: 0,
    hash: networkId,
    timestampMs: genesis.createdAtMs,
    history,
    memberships: MembershipHistory.of(genesisMembership(genesis)),
  };
}

/** The tip after a block. */
export function advanceTip(tip: ChainTip, block: Block): ChainTip {
  const { height, term, proposer, timestampMs } = block.header;
  const history = tip.history.clone();
  history.append(historyLeaf(block.hash));
  const memberships = tip.memberships.append(height, block.control);
  return { height, term, proposer, hash: block.hash, timestampMs, history, memberships };
}

/**
 * Checks everything about a block that needs neither execution nor earlier blocks.
 * @param leaves RFC 6962 leaf of each transaction, in order.
 * @throws LedgerFault naming height and rule.
 */
export function verifyLink(
  tip: ChainTip,
  block: Block,
  leaves: readonly Hash[],
  signatures: SignatureContext,
): void {
  const { header, control } = block;
  const { height } = header;
  const membership = tip.memberships.nextAfter(control);
  const context = { ...signatures, membership };
  if (leaves.length !== block.transactions.length) throw new RangeError("one leaf a transaction");
  const demand = (holds: boolean, code: FaultCode, facts: Record<string, number> = {}) => {
    if (!holds) throw new LedgerFault(code, { height, ...facts });
  };
  // Rule C1: heights rise by one.
  demand(height === tip.height + 1, "HEIGHT_MISMATCH", { expected: tip.height + 1 });
  // Rule C2: the block names the one before it.
  demand(equalBytes(header.previousHash, tip.hash), "PREVIOUS_HASH_MISMATCH");
  // Rule C3: terms never fall.
  demand(header.term >= tip.term, "TERM_REGRESSION", { term: header.term, previous: tip.term });
  // Rule C4: time never goes back. (How far ahead it may be is the follower's rule, by its clock.)
  demand(header.timestampMs >= tip.timestampMs, "TIMESTAMP_INVALID");
  // Rule C5: made under the membership in force, proposed by one of its voters, who signed it.
  demand(equalBytes(header.membershipHash, membershipHash(membership)), "MEMBERSHIP_MISMATCH");
  verifyProposer(block, context);
  // … and a term has one proposer: its leader.
  const isSameLeader = header.term !== tip.term || header.proposer === tip.proposer;
  demand(isSameLeader, "PROPOSER_UNKNOWN", { proposer: header.proposer, leader: tip.proposer });
  // Rule C6: the parts are those that the header names.
  demand(equalBytes(header.controlHash, block.controlHash), "CONTROL_HASH_MISMATCH");
  demand(equalBytes(header.transactionsRoot, merkleRoot(leaves)), "TRANSACTIONS_ROOT_MISMATCH");
  demand(block.results.length === block.transactions.length, "RESULTS_ROOT_MISMATCH");
  demand(equalBytes(header.historyRoot, tip.history.root()), "HISTORY_ROOT_MISMATCH");
  // Rule C7: a term begins with the proof of its leader's election, and only then is there one.
  verifyTermStart(tip, block, context);
  // Rule C9: a change of membership stands alone, and none is under way. (Which one it may be: contracts/.)
  const { pending } = tip.memberships;
  const isUnderWay = pending !== null && membership !== pending.membership;
  const mayChange = leaves.length === 0 && control.leaderCertificate === null && !isUnderWay;
  demand(control.membershipChange === null || mayChange, "MEMBERSHIP_CHANGE_INVALID");
}

function verifyProposer(block: Block, context: CertificateContext): void {
  const { height, proposer } = block.header;
  const voter = voterOf(context.membership, proposer);
  if (voter === undefined) {
    throw new LedgerFault("PROPOSER_UNKNOWN", { height, proposer });
  }
  const signed = context.verify({
    algorithm: "ed25519",
    publicKey: voter.publicKey,
    message: proposalMessage(context.networkId, block.hash),
    signature: block.proposalSignature,
  });
  if (!signed) throw new LedgerFault("PROPOSAL_SIGNATURE_INVALID", { height, proposer });
}

function verifyTermStart(tip: ChainTip, block: Block, context: CertificateContext): void {
  const { height, term, proposer } = block.header;
  const { leaderCertificate } = block.control;
  const isFirst = term !== tip.term;
  if (!isFirst && leaderCertificate === null) return;
  const names = leaderCertificate;
  const isProof =
    isFirst &&
    names !== null &&
    names.term === term &&
    names.candidate === proposer &&
    names.position.height === tip.height &&
    names.position.term === tip.term &&
    equalBytes(names.position.hash, tip.hash);
  if (!isProof) throw new LedgerFault("LEADER_CERTIFICATE_INVALID", { height, term, proposer });
  verifyLeaderCertificate(names, context);
}
