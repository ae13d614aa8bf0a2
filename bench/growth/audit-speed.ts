/** How fast the auditor's tool checks a chain: from a node's answers to files, from files to the verdict. */
import { join } from "node:path";
import { BundleDirectory } from "../../client/audit/bundle-directory.ts";
import { exportBundle } from "../../client/audit/export-bundle.ts";
import { verifyBundle } from "../../client/audit/verify-bundle.ts";
import type { LedgerClient } from "../../client/sdk/ledger-client.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";

/** What the tool did. */
export interface AuditSpeed {
  readonly transactions: number;
  readonly exportS: number;
  readonly verifyS: number;
  /** CPU time of all threads while it verified. */
  readonly verifyCpuS: number;
}

/** Exports a node's chain and verifies it. @throws Error when it is found wrong. */
export async function measureAudit(node: LedgerClient, directory: string): Promise<AuditSpeed> {
  const bundle = join(directory, "bundle");
  const exportBeganMs = performance.now();
  await exportBundle(node, bundle, () => undefined);
  const verifyBeganMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const verdict = await verifyBundle(new BundleDirectory(bundle), { verify: verifySignature });
  const { user, system } = process.cpuUsage(cpuBefore);
  if (!verdict.ok) throw new Error(`the audit failed: ${verdict.rule}`);
  return {
    transactions: verdict.transactions,
    exportS: (verifyBeganMs - exportBeganMs) / 1000,
    verifyS: (performance.now() - verifyBeganMs) / 1000,
    verifyCpuS: (user + system) / 1_000_000,
  };
}
