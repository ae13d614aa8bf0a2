/**
 * Loaded into a node before its own program (`--import`): SIGUSR2 starts a CPU profile of the event loop, a
 * second one ends it and writes it to `<directory>/<process id>.cpuprofile`. So a profile covers the load
 * and neither start nor preparation. The directory comes in the query of this module's address.
 */
import { renameSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { profileFileName } from "./sampling.ts";

/** Between two samples, µs. */
const SAMPLING_INTERVAL_US = 500;

const directory = new URL(import.meta.url).searchParams.get("directory");
if (isMainThread && directory !== null) await sampleOnSignal(directory);

async function sampleOnSignal(target: string): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLING_INTERVAL_US });
  const toggle = async (isSecond: boolean) => {
    if (!isSecond) return session.post("Profiler.start");
    const { profile } = await session.post("Profiler.stop");
    const file = join(target, profileFileName(process.pid));
    writeFileSync(`${file}.draft`, JSON.stringify(profile));
    renameSync(`${file}.draft`, file);
  };
  process.once("SIGUSR2", () => {
    void toggle(false);
    process.once("SIGUSR2", () => void toggle(true));
  });
}
