/** What the API shows: plain JSON made from the node's own objects. */
import type { Block } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import { isQuorum, type Membership, votersOf } from "../../ledger/membership.ts";
import { decodeStored } from "../../ledger/pruning.ts";
import type { Decision } from "../mempool.ts";
import type { NodeStatus } from "../node-status.ts";
import { waitView } from "./membership-view.ts";

/** A block in a list. */
export interface BlockSummary {
  readonly height: number;
  readonly term: number;
  readonly hash: string;
  readonly timestampMs: number;
  readonly proposer: number;
  readonly transactions: readonly { id: string; type: string; result: string }[];
}

/** A block in a list: nothing of its transactions but id, type and result. */
export function blockSummary(block: Block): BlockSummary {
  const { height, term, timestampMs, proposer } = block.header;
  const transactions = block.transactions.map((bytes, i) => {
    const { id, envelope } = decodeStored(bytes);
    return { id, type: envelope.type, result: block.results[i] ?? "" };
  });
  return { height, term, hash: toHex(block.hash), timestampMs, proposer, transactions };
}

/** The answer to a submission or a question about a transaction. */
export function decisionView(id: string, decision: Decision | null): Record<string, unknown> {
  if (decision === null) return { id, status: "pending" };
  const { status, result, place } = decision;
  return { id, status, result, ...(place ?? {}) };
}

/**
 * Everything that the live page and operators want to know at a glance.
 * @param nameOf what an organisation is called.
 */
export function statusView(
  status: NodeStatus,
  nameOf: (organisation: string) => { readonly ja: string; readonly en: string },
): Record<string, unknown> {
  const { membership, connected, self } = status;
  const members = membership.members.map(({ number, organisation, role }) => {
    const { ja: nameJa, en: nameEn } = nameOf(organisation);
    return { number, organisation, nameJa, nameEn, role, connected: connected.has(number) };
  });
  const own = members.find(({ number }) => number === self);
  return {
    node: {
      number: self,
      organisation: own?.organisation ?? null,
      nameJa: own?.nameJa ?? `ノード ${self}`,
      nameEn: own?.nameEn ?? `Node ${self}`,
    },
    role: status.role,
    term: status.term,
    leader: status.leader === 0 ? null : status.leader,
    lastHeight: status.lastHeight,
    certifiedHeight: status.certifiedHeight,
    appliedHeight: status.tip.height,
    blockHash: toHex(status.tip.hash),
    stateRoot: toHex(status.stateRoot),
    timestampMs: status.tip.timestampMs,
    pendingTransactions: status.pendingTransactions,
    signaturesVerified: status.signaturesVerified,
    snapshots: status.snapshots,
    members,
    membershipWait: waitView(status.membershipWait),
    culprits: status.culprits,
    quorum: quorumView(membership, connected, (number) => {
      const member = members.find((candidate) => candidate.number === number);
      return { ja: member?.nameJa ?? String(number), en: member?.nameEn ?? String(number) };
    }),
  };
}

/** Who is missing for a quorum, and why that matters, in plain words. */
function quorumView(
  membership: Membership,
  connected: ReadonlySet<number>,
  nameOf: (number: number) => { readonly ja: string; readonly en: string },
): Record<string, unknown> {
  const voters = votersOf(membership);
  const missing = voters.filter((number) => !connected.has(number));
  const needed = Math.floor(voters.length / 2) + 1;
  const names = (language: "ja" | "en") => missing.map((number) => nameOf(number)[language]);
  const reason = isQuorum(membership, connected)
    ? null
    : {
        ja: `過半数（${needed}）に届きません。接続できないノード: ${names("ja").join("、")}`,
        en: `No majority (${needed} needed). Not connected: ${names("en").join(", ")}`,
      };
  return { needed, reachable: voters.length - missing.length, missing, reason };
}
