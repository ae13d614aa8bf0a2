/**
 * A process of its own, so that the CPU time it counts is that of its checks: from the payments that it is sent
 * until it is told to stop, it checks their signatures in short bursts, then says what each burst took.
 */
import { setTimeout as delay } from "node:timers/promises";
import { bareVerificationUs, signaturesBy } from "./bare-verification.ts";

/** Between bursts, ms: a burst takes some 4 ms, so that the probe uses a fortieth of one core. */
const PAUSE_MS = 150;

/** CPU time of one check in each burst, µs. */
export interface FloorReport {
  readonly cardUs: readonly number[];
  readonly terminalUs: readonly number[];
}

process.on("disconnect", () => process.exit());
process.once("message", (payments: Uint8Array[]) => void probe(payments));

async function probe(payments: readonly Uint8Array[]): Promise<void> {
  const card = signaturesBy("card", payments);
  const terminal = signaturesBy("terminal", payments);
  const report = { cardUs: [] as number[], terminalUs: [] as number[] };
  let isStopped = false;
  process.once("message", () => {
    isStopped = true;
  });
  // The first checks load and compile; they are no measurement.
  bareVerificationUs([...card, ...terminal]);
  process.send?.("ready");
  do {
    report.cardUs.push(bareVerificationUs(card));
    report.terminalUs.push(bareVerificationUs(terminal));
    await delay(PAUSE_MS);
  } while (!isStopped);
  process.send?.(report);
}
