/** Another system that does what a payment needs of it: started for the run, given the same payments. */
import type { Submission } from "../submission.ts";

/** A system under comparison. */
export interface Peer {
  readonly name: string;
  /** Payments under way at once that are tried; the best counts. */
  readonly underWayTried: readonly number[];
  /** Opens as many doors as that many payments under way need. */
  doors(underWay: number): Promise<readonly Submission[]>;
  /** CPU time of all its processes since they were started, s. */
  cpuS(): number;
  stop(): Promise<void>;
}

/** A peer that is not here, and what would bring it. */
export class PeerMissing extends Error {
  override readonly name = "PeerMissing";
}
