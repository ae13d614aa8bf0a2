/**
 * Reads a CPU profile: self time by function, and by part of the node.
 *
 * A sample belongs to the first frame, from the innermost outwards, that names a part: a call into OpenSSL or
 * into a socket counts for whoever made it.
 */

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
  | "garbage collection"
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

/** Where the time of an event loop went. */
export interface ProfileSummary {
  /** Busy, µs per payment. */
  readonly busyUsPerPayment: number;
  /** The most expensive first. */
  readonly parts: readonly TimeShare[];
  readonly functions: readonly TimeShare[];
}

/** The summary of one node. */
export interface MainThreadProfile extends ProfileSummary {
  readonly node: number;
  readonly isLeader: boolean;
}

const FUNCTIONS_SHOWN = 25;

/** What a frame's file says; the first that fits counts. */
const PARTS_BY_FILE: readonly (readonly [RegExp, Part])[] = [
  [/ledger\/(native\/)?(sha256|hash|merkle)\.js|@noble\/hashes|internal\/crypto\/hash/, "hash"],
  [/native\/(verify-signature|ed25519-signer)|ledger\/ed25519|@noble\/curves/, "verify"],
  [/node\/verification|piscina|internal\/worker|per_context\/messageport/, "verify"],
  [/ledger\/|cborg|contracts\/check-transaction/, "encode and decode"],
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
export function summariseProfile(profile: CpuProfile, payments: number): ProfileSummary {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes) {
    for (const child of children) parents.set(child, id);
  }
  const parts = new Tally();
  const functions = new Tally();
  for (const [i, sample] of profile.samples.entries()) {
    const node = nodes.get(sample);
    if (node === undefined || node.callFrame.functionName === "(idle)") continue;
    const us = Math.max(0, profile.timeDeltas[i] ?? 0) / payments;
    functions.add(nameOf(node), us);
    parts.add(partOf(node), us);
  }
  return {
    busyUsPerPayment: parts.total,
    parts: parts.ranked(),
    functions: functions.ranked().slice(0, FUNCTIONS_SHOWN),
  };

  function partOf(innermost: ProfileNode): Part {
    if (innermost.callFrame.functionName === "(garbage collector)") return "garbage collection";
    let node: ProfileNode | undefined = innermost;
    while (node !== undefined) {
      const part = partOfFile(node.callFrame.url);
      if (part !== null) return part;
      const parent = parents.get(node.id);
      node = parent === undefined ? undefined : nodes.get(parent);
    }
    return "runtime and other";
  }
}

/** The part that a file belongs to, null when it is of none or of several. */
export function partOfFile(url: string): Part | null {
  const file = url.replace(/^.*\/dist\/(?=(ledger|contracts|consensus|node|client)\/)/, "");
  return PARTS_BY_FILE.find(([pattern]) => pattern.test(file))?.[1] ?? null;
}

function nameOf({ callFrame: { functionName, url } }: ProfileNode): string {
  const file = url.split("/").slice(-2).join("/");
  return `${functionName === "" ? "(anonymous)" : functionName}${file === "" ? "" : ` ${file}`}`;
}

/** Sums of time by name. */
class Tally {
  readonly #us = new Map<string, number>();

  add(name: string, us: number): void {
    this.#us.set(name, (this.#us.get(name) ?? 0) + us);
  }

  get total(): number {
    return [...this.#us.values()].reduce((sum, us) => sum + us, 0);
  }

  ranked(): TimeShare[] {
    return [...this.#us]
      .map(([name, usPerPayment]) => ({ name, usPerPayment }))
      .sort((a, b) => b.usPerPayment - a.usPerPayment);
  }
}
