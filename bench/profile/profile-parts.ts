/**
 * Where a node's CPU time goes: self time of the event loop by function and by part, from a CPU profile, and
 * the other threads, each of which works for one part.
 *
 * A sample belongs to the first frame, from the innermost outwards, that names a part: a call into OpenSSL or
 * into a socket counts for whoever made it. A sampler knows wall time alone, which on a shared machine is not
 * CPU time: its shares are applied to the CPU time that the kernel counted.
 */
import type { NodeUsage } from "../node-usage.ts";

/** A part of the node's work. */
export type Part =
  | "verify"
  | "hash"
  | "encode and decode"
  | "execution and state tree"
  | "disk"
  | "network"
  | "HTTP"
  | "consensus and pipeline"
  | "garbage collection and compiling"
  | "runtime and other";

/** What V8 writes (DevTools protocol, `Profiler.Profile`); only what is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** µs between samples. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** Time of one function or part. */
export interface TimeShare {
  readonly name: string;
  readonly usPerPayment: number;
}

/** Where a node's time went. */
export interface ProfileSummary {
  /** All threads, the most expensive part first. */
  readonly parts: readonly TimeShare[];
  /** The event loop alone. */
  readonly eventLoopParts: readonly TimeShare[];
  readonly functions: readonly TimeShare[];
}

/** The summary of one node. */
export interface NodeProfile extends ProfileSummary {
  readonly node: number;
  readonly isLeader: boolean;
}

/** What a node's threads used while it was sampled. */
export type ThreadUsage = Pick<
  NodeUsage,
  | "mainThreadUsPerPayment"
  | "verifyThreadUsPerPayment"
  | "engineThreadsUsPerPayment"
  | "diskThreadsUsPerPayment"
>;

const FUNCTIONS_SHOWN = 25;

/** What a frame's file says; the first that fits counts. */
const PARTS_BY_FILE: readonly (readonly [RegExp, Part])[] = [
  [/ledger\/(native\/)?(sha256|hash|merkle)\.js|@noble\/hashes|internal\/crypto\/hash/, "hash"],
  [/native\/(verify-signature|ed25519-signer)|ledger\/ed25519|@noble\/curves/, "verify"],
  [/node\/verification|piscina|internal\/worker|per_context\/messageport/, "verify"],
  [/ledger\/|contracts\/check-transaction/, "encode and decode"],
  [/contracts\/|node\/chain\/|node\/ledger-reader/, "execution and state tree"],
  [/node\/storage|classic-level|abstract-level|internal\/fs|node:fs/, "disk"],
  [
    /node\/(transport|wire|peers|forwarder)|libp2p|chainsafe|multiformats|@noble\/ciphers/,
    "network",
  ],
  [/\/(it|uint8|p|race|any|abort|mortice|weald|progress)[a-z0-9-]*\/dist/, "network"],
  [/node\/api|fastify|find-my-way|node:_http|light-my-request|secure-json|avvio/, "HTTP"],
  [
    /consensus\/|node\/(driver|mempool|admission|block-events|compose|open-chain)/,
    "consensus and pipeline",
  ],
];

/** Sums a profile up. */
export function summariseProfile(profile: CpuProfile, usage: ThreadUsage): ProfileSummary {
  const stacks = stacksOf(profile.nodes);
  const parts = new Tally<Part>();
  const functions = new Tally<string>();
  for (const [i, sample] of profile.samples.entries()) {
    const stack = stacks(sample);
    const [innermost] = stack;
    if (innermost === undefined || isIdle(stack)) continue;
    const us = Math.max(0, profile.timeDeltas[i] ?? 0);
    functions.add(nameOf(innermost, stack), us);
    parts.add(partOf(stack), us);
  }
  const scale = usage.mainThreadUsPerPayment / parts.total;
  const all = new Tally<Part>();
  for (const [part, us] of parts) all.add(part, us * scale);
  all.add("verify", usage.verifyThreadUsPerPayment);
  all.add("garbage collection and compiling", usage.engineThreadsUsPerPayment);
  all.add("disk", usage.diskThreadsUsPerPayment);
  return {
    parts: all.ranked(1),
    eventLoopParts: parts.ranked(scale),
    functions: functions.ranked(scale).slice(0, FUNCTIONS_SHOWN),
  };
}

/** The frames of a sample, innermost first. */
function stacksOf(nodes: readonly ProfileNode[]): (sample: number) => ProfileNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, ProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  return (sample) => {
    const stack: ProfileNode[] = [];
    let node = byId.get(sample);
    while (node !== undefined) {
      stack.push(node);
      node = parents.get(node.id);
    }
    return stack;
  };
}

/** Nothing to do, or the sampler itself at work. */
function isIdle(stack: readonly ProfileNode[]): boolean {
  return (
    stack[0]?.callFrame.functionName === "(idle)" ||
    stack.some(({ callFrame: { url } }) => url.startsWith("node:inspector"))
  );
}

function partOf(stack: readonly ProfileNode[]): Part {
  if (stack[0]?.callFrame.functionName === "(garbage collector)")
    return "garbage collection and compiling";
  for (const { callFrame } of stack) {
    const part = partOfFile(callFrame.url);
    if (part !== null) return part;
  }
  return "runtime and other";
}

/** The part that a file belongs to, null when it is of none or of several. */
export function partOfFile(url: string): Part | null {
  const file = url.replace(/^.*\/dist\/(?=(ledger|contracts|consensus|node|client)\/)/, "");
  return PARTS_BY_FILE.find(([pattern]) => pattern.test(file))?.[1] ?? null;
}

/** Function and file; what has no file (a call into C++) is told by who called it. */
function nameOf({ callFrame }: ProfileNode, stack: readonly ProfileNode[]): string {
  if (callFrame.url !== "" || callFrame.functionName.startsWith("(")) return titleOf(callFrame);
  const caller = stack.find(({ callFrame: { url } }) => url !== "");
  if (caller === undefined) return titleOf(callFrame);
  return `${titleOf(callFrame)} < ${titleOf(caller.callFrame)}`;
}

function titleOf({ functionName, url }: ProfileNode["callFrame"]): string {
  const file = url.split("/").slice(-2).join("/");
  return `${functionName === "" ? "(anonymous)" : functionName} ${file}`.trimEnd();
}

/** Sums of time by name. */
class Tally<Name extends string> {
  readonly #us = new Map<Name, number>();

  add(name: Name, us: number): void {
    this.#us.set(name, (this.#us.get(name) ?? 0) + us);
  }

  [Symbol.iterator](): IterableIterator<[Name, number]> {
    return this.#us.entries();
  }

  get total(): number {
    return [...this.#us.values()].reduce((sum, us) => sum + us, 0);
  }

  ranked(scale: number): TimeShare[] {
    return [...this.#us]
      .map(([name, us]) => ({ name, usPerPayment: us * scale }))
      .sort((a, b) => b.usPerPayment - a.usPerPayment);
  }
}
