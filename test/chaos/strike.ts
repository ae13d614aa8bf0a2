/** Makes planned faults happen, and unmakes them. */
import { setTimeout as delay } from "node:timers/promises";
import { MUNICIPALITY } from "../../client/demo/cast.ts";
import type { ChaosNetwork } from "./chaos-network.ts";
import type { ChaosNode } from "./chaos-node.ts";
import type { Governance } from "./governance.ts";
import type { FaultKind, PlannedFault } from "./schedule.ts";

/** A fault with those whom it hits. */
export interface Strike extends PlannedFault {
  readonly network: ChaosNetwork;
  readonly governance: Governance;
  readonly hit: readonly ChaosNode[];
}

/** How a kind of fault begins and ends. Lines are healed after every fault anyway. */
interface FaultActions {
  begin(strike: Strike): Promise<void> | void;
  end?(strike: Strike): Promise<void> | void;
}

const ACTIONS: Readonly<Record<FaultKind, FaultActions>> = {
  kill: { begin: ({ hit }) => killAll(hit), end: ({ hit }) => startAll(hit) },
  stumble: {
    begin: async ({ hit, delayMs }) => {
      await killAll(hit);
      for (const node of hit) node.start();
      await delay(delayMs);
      await killAll(hit);
    },
    end: ({ hit }) => startAll(hit),
  },
  freeze: {
    begin: ({ hit }) => {
      for (const node of hit) node.freeze();
    },
    end: ({ hit }) => {
      for (const node of hit) node.thaw();
    },
  },
  isolate: {
    begin: (strike) => eachLine(strike, (a, b) => strike.network.wiring.cut(a, b)),
  },
  silence: {
    begin: (strike) =>
      eachLine(strike, (a, b) => {
        strike.network.wiring.link(a, b).hold();
        strike.network.wiring.link(b, a).hold();
      }),
  },
  mute: { begin: (strike) => eachLine(strike, (a, b) => strike.network.wiring.link(a, b).hold()) },
  deafen: {
    begin: (strike) => eachLine(strike, (a, b) => strike.network.wiring.link(b, a).hold()),
  },
  slow: {
    begin: (strike) =>
      eachLine(strike, (a, b) => {
        strike.network.wiring.link(a, b).delayMs = strike.delayMs;
        strike.network.wiring.link(b, a).delayMs = strike.delayMs;
      }),
  },
  sever: {
    begin: ({ network, hit: [victim], choice }) => {
      const others = network.nodes.filter((node) => node !== victim);
      const other = others[choice % others.length];
      if (victim !== undefined && other !== undefined) {
        network.wiring.cut(victim.number, other.number);
      }
    },
  },
  skew: {
    begin: ({ hit, skewMs }) => {
      for (const node of hit) node.setClock(skewMs);
    },
    end: ({ hit }) => {
      for (const node of hit) node.setClock(0);
    },
  },
  outage: {
    begin: ({ network }) => killAll(network.nodes),
    end: ({ network }) => startAll(network.nodes),
  },
  full: {
    begin: ({ hit }) => {
      for (const node of hit) node.fillDisk();
    },
    end: ({ hit }) => startAll(hit.filter((node) => node.emptyDisk())),
  },
  replace: {
    begin: async ({ network, governance, hit: [victim] }) => {
      if (victim === undefined) return;
      await victim.kill();
      victim.loseDisk();
      network.remove(victim);
      await governance.join({ replaces: victim.number });
    },
    end: ({ governance }) => governance.settled(),
  },
  grow: {
    begin: async ({ governance }) => {
      await governance.join({ organisation: MUNICIPALITY, role: "voter" });
    },
    end: async ({ governance, hit: [victim] }) => {
      if (victim !== undefined) await governance.retire(victim);
      await governance.settled();
    },
  },
  demote: {
    begin: async ({ governance, hit: [victim] }) => {
      if (victim !== undefined) await governance.demote(victim);
    },
    end: async ({ governance, hit: [victim] }) => {
      if (victim !== undefined) await governance.promote(victim);
      await governance.settled();
    },
  },
  rotate: {
    begin: async ({ governance, hit: [victim] }) => {
      if (victim !== undefined) await governance.rotateKey(victim);
    },
    end: ({ governance }) => governance.settled(),
  },
};

/** Begins a fault. */
export async function begin(strike: Strike): Promise<void> {
  await ACTIONS[strike.kind].begin(strike);
}

/** Ends it; all lines are whole and every node serves. */
export async function end(strike: Strike): Promise<void> {
  strike.network.wiring.heal();
  await ACTIONS[strike.kind].end?.(strike);
}

/** Those whom a planned fault hits now. */
export function victimsOf(
  { kind, victims, hitsLeader, choice }: PlannedFault,
  nodes: readonly ChaosNode[],
  leader: ChaosNode,
): readonly ChaosNode[] {
  if (kind === "outage") return nodes;
  const followers = nodes.filter((node) => node !== leader);
  const at = choice % followers.length;
  const turned = [...followers.slice(at), ...followers.slice(0, at)];
  return (hitsLeader ? [leader, ...turned] : turned).slice(0, victims);
}

/** Every line between a victim and a node that is none. */
function eachLine({ network, hit }: Strike, act: (victim: number, other: number) => void): void {
  for (const victim of hit) {
    for (const other of network.nodes) {
      if (!hit.includes(other)) act(victim.number, other.number);
    }
  }
}

async function killAll(nodes: readonly ChaosNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.kill()));
}

async function startAll(nodes: readonly ChaosNode[]): Promise<void> {
  for (const node of nodes) node.start();
  await Promise.all(nodes.map((node) => node.ready()));
}
