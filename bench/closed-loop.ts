/**
 * A closed loop: so many payments are under way at any time, and the next is sent when one is answered. It tells
 * what a system does when it is never idle; of latency it says nothing (see open-loop.ts).
 */
import { ask, type Sample } from "./open-loop.ts";
import { submissionTo, type Way } from "./submission.ts";

/** Which load. */
export interface ClosedLoad {
  /** Payments under way at once, at all nodes together. */
  readonly underWay: number;
  /** Addresses of the nodes; payments go to them in turn. */
  readonly urls: readonly string[];
  readonly way: Way;
}

/** Sends all payments; settles when every one of them is answered. Samples are due when they are sent. */
export async function keepBusy(
  payments: readonly Uint8Array[],
  { underWay, urls, way }: ClosedLoad,
): Promise<Sample[]> {
  const nodes = urls.map((url) => submissionTo(url, way));
  const samples: Promise<Sample>[] = [];
  const beganMs = performance.now();
  const waiting = payments.values();
  const sendOneByOne = async () => {
    for (const payment of waiting) {
      const node = nodes[samples.length % nodes.length];
      if (node === undefined) throw new RangeError("a load needs nodes");
      const sample = ask(node, payment, { beganMs, dueMs: performance.now() - beganMs });
      samples.push(sample);
      await sample;
    }
  };
  await Promise.all(Array.from({ length: underWay }, sendOneByOne));
  for (const node of nodes) node.close();
  return Promise.all(samples);
}
