/**
 * An open loop: payments are sent when they are due, whether or not earlier ones were answered, as terminals
 * that know nothing of one another do. Latency counts from the instant at which a payment was due, so that a
 * node that stalls cannot slow down the questions and look fast (coordinated omission).
 */
import { setTimeout as delay } from "node:timers/promises";
import { ConnectionPool } from "./connection-pool.ts";
import { submissionRequest } from "./http-connection.ts";

/** How long a node may hold an answer back, ms; a payment lives for two minutes. */
const WAIT_MS = 60_000;
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
  { ratePerS, urls }: Load,
): Promise<Sample[]> {
  const requests = payments.map((payment) => submissionRequest(payment, WAIT_MS));
  const due = arrivalsMs(requests.length, ratePerS, Math.random);
  const pools = urls.map((url) => new ConnectionPool(url));
  const samples: Promise<Sample>[] = [];
  const beganMs = performance.now();
  for (const [i, request] of requests.entries()) {
    const pool = pools[i % pools.length];
    const dueMs = due[i];
    if (pool === undefined || dueMs === undefined) throw new RangeError("a load needs nodes");
    while (performance.now() - beganMs < dueMs) await delay(TICK_MS);
    samples.push(ask(pool, request, { beganMs, dueMs }));
  }
  const answered = await Promise.all(samples);
  for (const pool of pools) pool.close();
  return answered;
}

async function ask(
  pool: ConnectionPool,
  request: Buffer,
  { beganMs, dueMs }: { readonly beganMs: number; readonly dueMs: number },
): Promise<Sample> {
  try {
    const { status, body } = await pool.send(request);
    const answeredMs = performance.now() - beganMs;
    const isCommitted = status === 200 && isAccepted(body);
    return { dueMs, answeredMs, isCommitted, status };
  } catch {
    return { dueMs, answeredMs: performance.now() - beganMs, isCommitted: false, status: 0 };
  }
}

function isAccepted(body: string): boolean {
  const { status, result } = JSON.parse(body) as { status?: unknown; result?: unknown };
  return status === "committed" && result === "OK";
}
