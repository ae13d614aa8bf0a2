/** What the demonstration has to show at its end, asked of the nodes and recomputed from their files. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { toHex } from "../../ledger/bytes.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { BundleDirectory } from "../audit/bundle-directory.ts";
import { exportBundle } from "../audit/export-bundle.ts";
import { type AuditFailed, type AuditPassed, verifyBundle } from "../audit/verify-bundle.ts";
import { ClientError } from "../client-fault.ts";
import type { LocalNetwork, LocalNode } from "../network/local-network.ts";
import type { NodeStatus } from "../sdk/answers.ts";

/** Where the auditor's bundle is left. */
export const BUNDLE_DIRECTORY = "bundle";

/** One node's end of the chain. */
export interface NodeHead {
  readonly id: number;
  readonly organisation: string | null;
  readonly height: number;
  readonly blockHash: string;
  readonly stateRoot: string;
}

/** How long the nodes may take to come level, ms; and how often they are asked. */
const LEVEL_TIMEOUT_MS = 20_000;
const ASK_EVERY_MS = 100;

/** Status of every node, in the order of the members. */
function statusOfAll({ nodes }: LocalNetwork): Promise<NodeStatus[]> {
  return Promise.all(nodes.map(({ client }) => client.status()));
}

/** Waits until a condition on all nodes holds. @throws ClientError `DEMO_FAILED` saying what did not. */
export async function waitForAll(
  network: LocalNetwork,
  what: string,
  holds: (statuses: readonly NodeStatus[]) => boolean,
): Promise<NodeStatus[]> {
  const deadlineMs = performance.now() + LEVEL_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const statuses = await statusOfAll(network);
    if (holds(statuses)) return statuses;
    await delay(ASK_EVERY_MS);
  }
  throw new ClientError("DEMO_FAILED", { missing: what });
}

/** True when all nodes have the same block applied, at `height` or above. */
export function areLevel(statuses: readonly NodeStatus[], height: number): boolean {
  const heads = statuses.map(({ appliedHeight, blockHash, stateRoot }) =>
    [appliedHeight, toHex(blockHash), toHex(stateRoot)].join(),
  );
  return new Set(heads).size === 1 && statuses.every((s) => s.appliedHeight >= height);
}

/** What a status says of the end of the chain. */
export function headOf({ node, appliedHeight, blockHash, stateRoot }: NodeStatus): NodeHead {
  return {
    id: node.number,
    organisation: node.organisation,
    height: appliedHeight,
    blockHash: toHex(blockHash),
    stateRoot: toHex(stateRoot),
  };
}

/**
 * How many nodes verified the payment's signatures: they have it as committed, and have checked one
 * transaction more than before.
 */
export async function countVerifiers(
  nodes: readonly LocalNode[],
  paymentId: string,
  before: readonly NodeStatus[],
): Promise<number> {
  const verified = await Promise.all(
    nodes.map(async ({ client }, i) => {
      const { status } = await client.transaction(paymentId);
      const { signaturesVerified } = await client.status();
      const countedBefore = before[i]?.signaturesVerified ?? Number.POSITIVE_INFINITY;
      return status === "committed" && signaturesVerified > countedBefore;
    }),
  );
  return verified.filter(Boolean).length;
}

/** Downloads the chain from one node and checks all of it against the genesis of the network. */
export async function auditNetwork(
  { genesis }: LocalNetwork,
  { client }: LocalNode,
  directory: string,
): Promise<AuditPassed | AuditFailed> {
  const bundle = join(directory, BUNDLE_DIRECTORY);
  await exportBundle(client, bundle, () => undefined);
  return verifyBundle(new BundleDirectory(bundle), { verify: verifySignature, trusted: genesis });
}
