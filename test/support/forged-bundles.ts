/**
 * Two bundles that exclude each other, each of which an auditor alone would accept: what becomes of a network in
 * which one node lies. TEST ONLY: the liar's real key is known.
 */
import { CERTIFICATE_FILE } from "../../client/audit/bundle.ts";
import { encodeCertificate } from "../../ledger/block.ts";
import { AuditChain, type Lie } from "./audit-chain.ts";
import type { LedgerWorld } from "./ledger-world.ts";
import { MemoryBundle } from "./memory-bundle.ts";

/** The second block of a chain, and who certifies it. */
interface Ending {
  readonly payments: readonly Uint8Array[];
  readonly lie?: (chain: AuditChain) => Lie;
  readonly certifiedBy: readonly number[];
}

function bundleOf(world: LedgerWorld, setUp: readonly Uint8Array[], ending: Ending): MemoryBundle {
  const audited = new AuditChain(world);
  audited.append(setUp);
  audited.append(ending.payments, ending.lie?.(audited));
  const certificate = audited.chain.certificate(2, ending.certifiedBy);
  return MemoryBundle.of(audited).with(CERTIFICATE_FILE, encodeCertificate(certificate));
}

/** Nodes 1 and 2 certify a payment; then node 2 has node 3 elect it, which never saw that, and pays again. */
export function forgedElection(world: LedgerWorld): readonly [MemoryBundle, MemoryBundle] {
  const setUp = world.setUp();
  const lie = ({ chain }: AuditChain): Lie => ({
    term: 2,
    proposer: 2,
    control: { leaderCertificate: chain.leaderCertificate(2, 2, [2, 3]), lastCertificate: null },
  });
  return [
    bundleOf(world, setUp, { payments: [world.pay(250)], certifiedBy: [1, 2] }),
    bundleOf(world, setUp, { payments: [world.pay(350)], lie, certifiedBy: [2, 3] }),
  ];
}

/** Node 1 leads and shows each of the others another block, and votes for both. */
export function forgedBlock(world: LedgerWorld): readonly [MemoryBundle, MemoryBundle] {
  const setUp = world.setUp();
  return [
    bundleOf(world, setUp, { payments: [world.pay(250)], certifiedBy: [1, 2] }),
    bundleOf(world, setUp, { payments: [world.pay(350)], certifiedBy: [1, 3] }),
  ];
}
