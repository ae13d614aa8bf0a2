/** What each node of a network used for the payments of a load, from readings before and after it. */
import { availableParallelism } from "node:os";
import type { LocalNetwork, LocalNode } from "../client/network/local-network.ts";
import { countersOf, type NodeCounters } from "./node-counters.ts";
import { dataDirectoryOf } from "./preparation.ts";
import {
  type CpuTime,
  cpuTimeOf,
  diskBytesOf,
  machineCpuS,
  residentMiBOf,
} from "./process-usage.ts";

/** V8's platform starts its four workers and a timer before anything else starts a thread. */
const ENGINE_THREADS = 5;

/** What a node used. */
export interface NodeUsage {
  readonly node: number;
  readonly isLeader: boolean;
  /** All threads, user and system, µs. */
  readonly cpuUsPerPayment: number;
  /** The thread of the event loop alone. */
  readonly mainThreadUsPerPayment: number;
  /** The busiest other thread, which verifies signatures. */
  readonly verifyThreadUsPerPayment: number;
  /** The JavaScript engine's own threads: most of garbage collection, and compiling. */
  readonly engineThreadsUsPerPayment: number;
  /** The remaining threads: files and database. */
  readonly diskThreadsUsPerPayment: number;
  /** At the end. */
  readonly residentMiB: number;
  readonly diskBytesPerPayment: number;
  /** Sent to the other members, before encryption. */
  readonly wireBytesPerPayment: number;
}

/** CPU time of a node by what its threads are for, s. */
export interface NodeThreads {
  readonly eventLoopS: number;
  /** The busiest other thread. */
  readonly verifyingS: number;
  readonly engineS: number;
  /** Files and database. */
  readonly diskS: number;
}

interface NodeReading {
  readonly node: number;
  readonly cpu: CpuTime;
  readonly residentMiB: number;
  readonly diskBytes: number;
  readonly counters: NodeCounters;
}

/** All meters at one instant. */
export interface Readings {
  readonly nodes: readonly NodeReading[];
  readonly atMs: number;
  /** All processes of the machine, and this one, s. */
  readonly machineCpuS: number;
  readonly ownCpuS: number;
}

/** What was used between two readings. */
export interface Usage {
  readonly nodes: readonly NodeUsage[];
  readonly blocks: number;
  /** This process, which offers the load. */
  readonly loadGeneratorCpuUsPerPayment: number;
  /** What everything else on the machine used, as a share of all its cores. */
  readonly neighboursShare: number;
}

/** Reads all meters. */
export async function readMeters(network: LocalNetwork, directory: string): Promise<Readings> {
  const nodes = await Promise.all(network.nodes.map((node) => readNode(node, directory)));
  const { user, system } = process.cpuUsage();
  const ownCpuS = (user + system) / 1_000_000;
  return { nodes, atMs: performance.now(), machineCpuS: machineCpuS(), ownCpuS };
}

async function readNode(
  { number: node, client, process: { pid } }: LocalNode,
  directory: string,
): Promise<NodeReading> {
  if (pid === undefined) throw new Error(`node ${node} does not run`);
  const counters = await countersOf(client.url);
  const diskBytes = diskBytesOf(dataDirectoryOf(directory, node));
  return { node, cpu: cpuTimeOf(pid), residentMiB: residentMiBOf(pid), diskBytes, counters };
}

/** The difference, for so many payments. @param leader its number. */
export function usageBetween(
  before: Readings,
  after: Readings,
  { payments, leader }: { readonly payments: number; readonly leader: number | null },
): Usage {
  const perPayment = (value: number) => value / Math.max(1, payments);
  const ownS = after.ownCpuS - before.ownCpuS;
  const nodesS =
    sum(after.nodes.map(({ cpu }) => cpu.totalS)) - sum(before.nodes.map(({ cpu }) => cpu.totalS));
  const othersS = after.machineCpuS - before.machineCpuS - nodesS - ownS;
  const availableS = (availableParallelism() * (after.atMs - before.atMs)) / 1000;
  return {
    nodes: after.nodes.map((reading, i) => {
      const earlier = before.nodes[i];
      if (earlier === undefined) throw new RangeError("a node is missing");
      return { ...nodeUsage(earlier, reading, perPayment), isLeader: reading.node === leader };
    }),
    blocks:
      (after.nodes[0]?.counters.appliedHeight ?? 0) -
      (before.nodes[0]?.counters.appliedHeight ?? 0),
    loadGeneratorCpuUsPerPayment: perPayment(ownS * 1_000_000),
    neighboursShare: Math.max(0, othersS / availableS),
  };
}

function nodeUsage(
  before: NodeReading,
  after: NodeReading,
  perPayment: (value: number) => number,
): Omit<NodeUsage, "isLeader"> {
  const us = (seconds: number) => perPayment(seconds * 1_000_000);
  const threads = threadsBetween(before.cpu, after.cpu);
  return {
    node: after.node,
    cpuUsPerPayment: us(after.cpu.totalS - before.cpu.totalS),
    mainThreadUsPerPayment: us(threads.eventLoopS),
    verifyThreadUsPerPayment: us(threads.verifyingS),
    engineThreadsUsPerPayment: us(threads.engineS),
    diskThreadsUsPerPayment: us(threads.diskS),
    residentMiB: after.residentMiB,
    diskBytesPerPayment: perPayment(after.diskBytes - before.diskBytes),
    wireBytesPerPayment: perPayment(after.counters.peerBytesSent - before.counters.peerBytesSent),
  };
}

/** What a node's threads used between two readings of its process. */
export function threadsBetween(before: CpuTime, after: CpuTime): NodeThreads {
  // In the order in which they were started.
  const others = [...after.threadsS]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([thread, seconds]) => seconds - (before.threadsS.get(thread) ?? 0));
  const engineS = sum(others.splice(0, ENGINE_THREADS));
  const verifyingS = Math.max(0, ...others);
  const eventLoopS = after.mainS - before.mainS;
  return { eventLoopS, verifyingS, engineS, diskS: sum(others) - verifyingS };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
