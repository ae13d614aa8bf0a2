/** What the disk under the nodes takes for a durable write: the measure of all latencies that rest on it. */
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Percentiles, percentilesOf } from "../client/percentiles.ts";

const WRITES = 300;
/** As much as a small block and its promise. */
const WRITE_SIZE_BYTES = 4096;

/** Latency of one append and fdatasync after the other in a folder, ms. */
export async function fsyncLatencyMs(directory: string): Promise<Percentiles> {
  const path = join(directory, "fsync-latency");
  const file = await open(path, "w");
  const took: number[] = [];
  try {
    const bytes = Buffer.alloc(WRITE_SIZE_BYTES, 1);
    for (let i = 0; i < WRITES; i++) {
      const beganMs = performance.now();
      await file.write(bytes);
      await file.datasync();
      took.push(performance.now() - beganMs);
    }
  } finally {
    await file.close();
    await rm(path);
  }
  return percentilesOf(took);
}
