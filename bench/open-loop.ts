/**
 * An open loop: payments are sent when they are due, whether or not earlier ones were answered, as terminals
 * that know nothing of one another do. Latency counts from the instant at which a payment was due, so that a
 * node that stalls cannot slow down the questions and look fast (coordinated omission).
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Submission, submissionTo, type Way } from "./submission.ts";

const TICK_MS = 1;

/** What became of one payment. Times in ms since the load began. */
export interface Sample {
  readonly dueMs: number;
  readonly answeredMs: number;
  /** The node said that a block holds it and that it was accepted. */
  readonly isCommitted: boolean;
  /** HTTP status; 0 when the connection broke. */
  readonly status: number;
}

/** Which load. */
export interface Load {
  readonly ratePerS: number;
  /** Addresses of the nodes; payments go to them in turn. */
  readonly urls: readonly string[];
  readonly way: Way;
}

/** Arrivals of a Poisson process: when each of `count` payments is due, ms. */
export function arrivalsMs(count: number, ratePerS: number, random: () => number): number[] {
  let dueMs = 0;
  return Array.from({ length: count }, () => {
    dueMs += (-Math.log(1 - random()) * 1000) / ratePerS;
    return dueMs;
  });
}

/** Offers the payments at the rate; settles when every one of them is answered. */
export async function offer(
  payments: readonly Uint8Array[],
  { ratePerS, urls, way }: Load,
): Promise<Sample[]> {
  const due = arrivalsMs(payments.length, ratePerS, Math.random);
  const nodes = urls.map((url) => submissionTo(url, way));
  const samples: Promise<Sample>[] = [];
  const beganMs = performance.now();
  for (const [i, payment] of payments.entries()) {
    const node = nodes[i % nodes.length];
    const dueMs = due[i];
    if (node === undefined || dueMs === undefined) throw new RangeError("a load needs nodes");
    while (performance.now() - beganMs < dueMs) await delay(TICK_MS);
    samples.push(ask(node, payment, { beganMs, dueMs }));
  }
  const answered = await Promise.all(samples);
  for (const node of nodes) node.close();
  return answered;
}

/** Sends one payment and waits for the answer; a broken connection is an answer, too. */
export async function ask(
  node: Submission,
  payment: Uint8Array,
  { beganMs, dueMs }: { readonly beganMs: number; readonly dueMs: number },
): Promise<Sample> {
  try {
    const answered = await node.submit(payment);
    return { dueMs, answeredMs: performance.now() - beganMs, ...answered };
  } catch {
    return { dueMs, answeredMs: performance.now() - beganMs, isCommitted: false, status: 0 };
  }
}
