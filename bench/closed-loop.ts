/**
 * A closed loop: so many payments are under way at any time, and the next is sent when one is answered. It tells
 * what a system does when it is never idle; of latency it says nothing (see open-loop.ts).
 */
import { ask, type Sample } from "./open-loop.ts";
import type { Submission } from "./submission.ts";

/** Which load. */
export interface ClosedLoad {
  /** Payments under way at once, at all doors together. */
  readonly underWay: number;
  /** Payments go to them in turn. */
  readonly doors: readonly Submission[];
}

/** Sends all payments; settles when every one of them is answered. Samples are due when they are sent. */
export async function keepBusy(
  payments: readonly Uint8Array[],
  { underWay, doors }: ClosedLoad,
): Promise<Sample[]> {
  const samples: Promise<Sample>[] = [];
  const beganMs = performance.now();
  const waiting = payments.values();
  const sendOneByOne = async () => {
    for (const payment of waiting) {
      const door = doors[samples.length % doors.length];
      if (door === undefined) throw new RangeError("a load needs doors");
      const sample = ask(door, payment, { beganMs, dueMs: performance.now() - beganMs });
      samples.push(sample);
      await sample;
    }
  };
  await Promise.all(Array.from({ length: underWay }, sendOneByOne));
  return Promise.all(samples);
}
