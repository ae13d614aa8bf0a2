/**
 * The consensus core on a chain: entries are blocks, and those that the core makes by itself are built where it
 * gives them their place.
 */
import type { Entry } from "../../consensus/messages.ts";
import { seededRandom } from "../../consensus/random.ts";
import { RawNode } from "../../consensus/raw-node.ts";
import type { BlockControl } from "../../ledger/block.ts";
import type { LogPosition } from "../../ledger/certificate.ts";
import type { Membership } from "../../ledger/membership.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import { confChangeBetween } from "../chain/conf-change.ts";
import type { Elections } from "../chain/elections.ts";
import { stepAfter } from "../chain/membership-steps.ts";
import type { OpenedChain } from "../open-chain.ts";

const LIMITS = {
  /** Bytes of blocks in one MsgApp; a larger block travels alone. */
  maxMessageBytes: 1024 * 1024,
  /**
   * Bytes of blocks under way to one follower. What waits there for its turn is young memory, and from 32 MiB of that on V8 looks for
   * garbage at nearly every buffer that is made.
   */
  maxInflightBytes: 8 * 1024 * 1024,
  /** Bytes that a leader appends beyond what is applied: it refuses more until a quorum follows. */
  maxUncommittedBytes: 64 * 1024 * 1024,
} as const;

/** What a core is made with. */
export interface ChainCoreSetup {
  readonly self: number;
  readonly opened: OpenedChain;
  readonly timing: { readonly electionTicks: number; readonly heartbeatTicks: number };
  /** Smaller limits than usual, with which less is needed to reach them. */
  readonly limits?: { readonly [limit in keyof typeof LIMITS]?: number };
  /** Seed of the election jitter: another one for each node. */
  readonly jitterSeed: number;
}

/** Makes the core. @param sealOwn makes the block of an entry that is not proposed as one. */
export function createCore(
  { self, opened, timing, limits, jitterSeed }: ChainCoreSetup,
  sealOwn: (entry: Entry) => Uint8Array,
): RawNode {
  const { blocks, chain } = opened;
  return new RawNode({
    id: self,
    storage: blocks,
    random: seededRandom(jitterSeed),
    ...timing,
    applied: chain.applied.tip.height,
    ...LIMITS,
    ...limits,
    // Transactions are forwarded, blocks never: only a leader can make one.
    proposalForwarding: false,
    commitBarrier: true,
    // What the driver proposes is a block already.
    seal: (entry) =>
      entry.type === "EntryNormal" && entry.data.length > 0 ? entry.data : sealOwn(entry),
  });
}

/**
 * Neither whoever may not even elect itself, nor whose core and log go by different memberships: a change is in force for
 * the core when it is applied, for the log when its certificate is known (docs/decisions/0010).
 */
export function mayLead({ blocks, chain, tail, certifier }: OpenedChain, term: number): boolean {
  const changeHeight = tail.last.tip.memberships.pending?.changeHeight ?? 0;
  const heights = { applied: chain.applied.tip.height, certified: certifier.certifiedHeight };
  return blocks.gone.mayElect(term, tail.last.tip) && goByTheSame(changeHeight, heights);
}

/** Whether core and log go by the same membership, if the last change of it is in the block of that height. */
export function goByTheSame(
  changeHeight: number,
  { applied, certified }: { readonly applied: number; readonly certified: number },
): boolean {
  return changeHeight <= applied === changeHeight <= certified;
}

/** Lets the core go by the next membership. @throws Error when it does not: chain and core would go by different memberships. */
export function applyChange(core: RawNode, before: Membership, after: Membership): void {
  const { rejected } = core.applyConfChange(confChangeBetween(before, after));
  if (rejected !== null)
    throw new Error(`a certified change of membership was refused: ${rejected}`);
}

/** The block of an entry that the core appends by itself, or on the changer's word: always without transactions. */
export function sealEntry(
  opened: OpenedChain,
  elections: Elections,
  entry: Entry,
  timestampMs: number,
): ChainLink {
  const { chain, tail } = opened;
  const parent = tail.last;
  if (parent.tip.height !== entry.index - 1) {
    throw new Error(`the log ends at ${parent.tip.height}, not below ${entry.index}`);
  }
  const control =
    entry.type === "EntryNormal"
      ? elections.firstControl(entry.term, positionOf(parent))
      : changeControl(opened);
  const draft = { term: entry.term, timestampMs, control, transactions: [] };
  return chain.build(draft, { parent, state: { get: () => null, tree: parent.tree } });
}

function positionOf({ tip: { term, height, hash } }: ChainLink): LogPosition {
  return { term, height, hash };
}

/** A change of membership: the next step, which the chain says. */
function changeControl({ tail, certifier }: OpenedChain): BlockControl {
  const lastCertificate = certifier.certified;
  const membershipChange = stepAfter(tail.last, { lastCertificate });
  if (membershipChange === null) throw new Error("there is no next membership");
  return { lastCertificate, leaderCertificate: null, membershipChange };
}
