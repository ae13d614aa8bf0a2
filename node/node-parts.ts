/** What the API needs of a running node. */
import type { Genesis } from "../ledger/genesis.ts";
import type { Admission } from "./admission.ts";
import type { BlockEvents } from "./block-events.ts";
import type { Certifier } from "./chain/certifier.ts";
import type { Clock } from "./clock.ts";
import type { Ledger } from "./ledger-reader.ts";
import type { Mempool } from "./mempool.ts";
import type { NodeStatus } from "./node-status.ts";
import type { EvidenceStore } from "./storage/evidence-store.ts";
import type { StateStore } from "./storage/state-store.ts";

/** The parts of a node that answer requests. */
export interface NodeParts {
  readonly version: string;
  readonly genesis: Genesis;
  /** Hexadecimal. */
  readonly networkId: string;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly mempool: Mempool;
  readonly ledger: Ledger;
  readonly certifier: Certifier;
  readonly store: StateStore;
  readonly evidence: EvidenceStore;
  readonly events: BlockEvents;
  /** The state that auditors begin with: header of its block, then its chunks; null when all blocks are whole. */
  readonly openingState: () => Iterable<Uint8Array> | null;
  readonly status: () => NodeStatus;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
}
