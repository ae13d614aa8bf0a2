/** What will go wrong and when: the same seed gives the same plan. */
import type { RandomBelow } from "../../consensus/random.ts";

/** Every kind of trouble, with what it does. */
export const FAULT_KINDS = {
  kill: "kill -9, started again later",
  stumble: "kill -9, started again, and killed again while it starts",
  freeze: "SIGSTOP, SIGCONT later",
  isolate: "all its connections reset, new ones refused",
  silence: "all its lines held in both directions, none reset",
  mute: "it hears the others, they do not hear it",
  deafen: "the others hear it, it does not hear them",
  slow: "every piece from and to it is late",
  sever: "the line to one other node is cut, everything else works",
  skew: "its clock jumps by up to a minute, and back later",
  outage: "kill -9 of all nodes at once, all started again",
  full: "no room on its disk",
  replace: "kill -9, its disk is gone; a new node takes its place, under a new number and key",
  grow: "another node joins; later an old one retires",
  demote: "its vote is taken away, and given back later",
  rotate: "it gets a new key",
} as const;

/** One kind of trouble. */
export type FaultKind = keyof typeof FAULT_KINDS;

const ALL_KINDS = Object.keys(FAULT_KINDS) as FaultKind[];

/** Whether there is such a fault. */
export function isFaultKind(word: string): word is FaultKind {
  return Object.hasOwn(FAULT_KINDS, word);
}

/** One fault of the plan. Who is hit is found out when it strikes: the leader may be anybody by then. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** Nodes that are hit together: a minority, but for an outage. */
  readonly victims: number;
  /** The first victim is the leader, or else all are followers. */
  readonly hitsLeader: boolean;
  /** Chooses among the followers. */
  readonly choice: number;
  readonly lastsMs: number;
  /** How late a slow line is; how long a stumbling node is up in between. */
  readonly delayMs: number;
  /** How far a clock jumps, ms; below 0 into the past. */
  readonly skewMs: number;
  /** Nothing happens for so long afterwards. */
  readonly calmMs: number;
}

/** Changes of membership: one node at a time, as a consortium would. */
const ONE_VICTIM: ReadonlySet<FaultKind> = new Set(["replace", "grow", "demote", "rotate"]);

/** A minute is half of a payment's life. */
const SKEW_MS_MAX = 60_000;

/**
 * The plan, endless. Every kind comes once before any comes again; the first fault of a full plan kills the
 * leader. @param kinds that may come.
 */
export function* planFaults(
  random: RandomBelow,
  nodes: number,
  kinds: readonly FaultKind[] = ALL_KINDS,
): Generator<PlannedFault, never> {
  const minority = Math.ceil(nodes / 2) - 1;
  const drawn = (kind: FaultKind): PlannedFault => ({
    kind,
    victims: 1 + random(ONE_VICTIM.has(kind) ? 1 : minority),
    hitsLeader: random(3) > 0,
    choice: random(1000),
    lastsMs: 1500 + random(4500),
    delayMs: 20 + random(280),
    skewMs: random(2 * SKEW_MS_MAX) - SKEW_MS_MAX,
    calmMs: 500 + random(2000),
  });
  if (kinds === ALL_KINDS) yield { ...drawn("kill"), hitsLeader: true };
  for (;;) for (const kind of shuffled(kinds, random)) yield drawn(kind);
}

function shuffled(kinds: readonly FaultKind[], random: RandomBelow): FaultKind[] {
  const left = [...kinds];
  return kinds.flatMap(() => left.splice(random(left.length), 1));
}
