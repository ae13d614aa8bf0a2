/** What a run is like: drawn from its seed, so that a seed says everything. */
import type { SnapshotPolicy } from "../../node/snapshot/policy.ts";
import type { Dice } from "./dice.ts";

/** How messages travel between nodes. */
export interface NetworkOptions {
  /** Probability that a message is lost. */
  readonly loss: number;
  /** Probability that it arrives twice. */
  readonly duplication: number;
  /** Every message takes from the first to the second, ms: what is sent later may come earlier. */
  readonly delayMs: readonly [number, number];
  /** Probability that it takes twenty times as long. */
  readonly slowness: number;
  /** Probability that it comes when nobody waits for it any more: up to a minute and a half later. */
  readonly straggling: number;
}

/** What disks do. */
export interface DiskOptions {
  /** A write or an asynchronous read takes from the first to the second, ms. */
  readonly latencyMs: readonly [number, number];
  /** Probability that it takes twenty times as long. */
  readonly slowness: number;
  /** Probability that a write fails, and its node with it. */
  readonly failure: number;
  /** Probability that a crash damages a bit of a record or segment. Never on so many nodes that no majority is whole. */
  readonly damage: number;
  /** A block that does not fit goes into the next segment. */
  readonly segmentSizeBytesMax: number;
}

/** Mean time between faults of a kind, ms; null for never. */
export interface FaultOptions {
  readonly crashEveryMs: number | null;
  /** All machines lose power at once, and come back. */
  readonly blackoutEveryMs: number | null;
  readonly pauseEveryMs: number | null;
  readonly partitionEveryMs: number | null;
  /** A disk stands still for a while. */
  readonly stallEveryMs: number | null;
  /** A node takes another for connected that is not, or for gone that is there. */
  readonly misjudgementEveryMs: number | null;
  /** A clock is set to another time. */
  readonly clockJumpEveryMs: number | null;
}

/** Clocks of nodes. */
export interface ClockOptions {
  /** How far a node's clock may be from true time, either way, ms. */
  readonly skewMsMax: number;
  /** How much longer or shorter than true a node's tick may be, parts of one. */
  readonly drift: number;
}

/** What clients do. */
export interface LoadOptions {
  readonly clients: number;
  /** A client rests up to this long between two operations, ms. */
  readonly restMsMax: number;
  /** How long a client waits for an answer before it tries elsewhere, ms. */
  readonly patienceMs: number;
}

/** What governors do. */
export interface GovernanceOptions {
  /** Mean time between two wishes, ms; null when the members stay who they are. */
  readonly wishEveryMs: number | null;
  /** Machines that stand ready to become members. */
  readonly spares: number;
}

/** A run. */
export interface SimulationOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** Limits of the consensus, bytes; one that is not here is as usual. */
  readonly limits: { readonly maxMessageBytes?: number; readonly maxInflightBytes?: number };
  /** For so many waiting transactions a leader makes a block while another one is under way. */
  readonly pipelinedMin: number;
  /** How long anything may go wrong, ms. */
  readonly faultyMs: number;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly faults: FaultOptions;
  readonly clock: ClockOptions;
  readonly load: LoadOptions;
  readonly snapshots: SnapshotPolicy | null;
  readonly governance: GovernanceOptions;
}

/** Whoever misses more than a few blocks takes a snapshot. A run is too short for bodies to become old. */
function snapshotsEvery(everyBlocks: number, catchUpBlocks: number): SnapshotPolicy {
  return { everyBlocks, catchUpBlocks, keepBlocks: 0, keepDays: null };
}

/** One tick of an exact clock, ms. */
export const TICK_MS = 100;

/** Draws a run. Each kind of fault is absent in some runs: what hides behind one shows without it. */
export function drawOptions(seed: number, dice: Dice): SimulationOptions {
  const some = (probability: number, value: () => number): number =>
    dice.chance(probability) ? value() : 0;
  const every = (probability: number, low: number, high: number): number | null =>
    dice.chance(probability) ? dice.between(low, high) : null;
  const nodes = dice.pick([1, 3, 3, 3, 3, 3, 5, 5]);
  return {
    seed,
    nodes,
    electionTicks: dice.between(5, 12),
    heartbeatTicks: dice.between(1, 3),
    limits: dice.pick([{}, { maxMessageBytes: 1, maxInflightBytes: 8000 }]),
    pipelinedMin: dice.pick([500, 1]),
    faultyMs: dice.between(8000, 20_000),
    network: {
      loss: some(0.7, () => dice.between(1, 30) / 100),
      duplication: some(0.6, () => dice.between(1, 50) / 100),
      delayMs: [1, dice.pick([2, 10, 50, 200])],
      slowness: some(0.4, () => dice.between(1, 10) / 100),
      straggling: some(0.3, () => dice.between(1, 30) / 1000),
    },
    disk: {
      latencyMs: [0, dice.pick([0, 5, 30, 200])],
      slowness: some(0.3, () => dice.between(1, 10) / 100),
      failure: some(0.3, () => dice.between(2, 30) / 1000),
      damage: some(0.3, () => dice.between(5, 50) / 100),
      segmentSizeBytesMax: dice.pick([1, 10_000, 100_000]),
    },
    faults: {
      crashEveryMs: every(0.7, 1000, 6000),
      blackoutEveryMs: every(0.3, 2000, 10_000),
      pauseEveryMs: every(0.5, 1000, 6000),
      partitionEveryMs: every(0.6, 1000, 6000),
      stallEveryMs: every(0.3, 1000, 6000),
      misjudgementEveryMs: every(0.3, 200, 2000),
      clockJumpEveryMs: every(0.3, 1000, 6000),
    },
    clock: {
      skewMsMax: some(0.5, () => dice.between(1, dice.pick([2000, 10_000]))),
      drift: some(0.5, () => dice.between(1, 30) / 100),
    },
    load: {
      clients: dice.between(1, 4),
      restMsMax: dice.pick([50, 300, 1500]),
      patienceMs: dice.pick([300, 1000, 4000]),
    },
    snapshots: dice.pick([null, snapshotsEvery(dice.between(1, 8), dice.between(0, 8))]),
    governance: {
      wishEveryMs: every(0.6, 300, 3000),
      spares: dice.between(1, 4),
    },
  };
}
