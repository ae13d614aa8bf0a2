/** Samples the event loops of the leader and of one follower while a load runs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { MeasuredStep, Site, StepRun } from "../measure-step.ts";
import { type CpuProfile, type MainThreadProfile, summariseProfile } from "./profile-parts.ts";
import { profileFileName } from "./sampling.ts";

/** How long a node may take to write its profile, ms. */
const WRITE_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Profiles over one run of the load. The nodes were started by `samplingNodes`. */
export async function profileNodes(
  { network, directory }: Site,
  load: () => Promise<StepRun>,
): Promise<MainThreadProfile[]> {
  const { leader } = (await network.nodes[0]?.client.status()) ?? { leader: null };
  const leading = network.nodes.find(({ number }) => number === leader);
  const following = network.nodes.find(({ number }) => number !== leader);
  const sampled = [leading, following].map((node) => {
    const pid = node?.process.pid;
    if (node === undefined || pid === undefined) throw new Error("there is no leader to sample");
    return { number: node.number, pid };
  });
  const signalAll = () => {
    for (const { pid } of sampled) process.kill(pid, "SIGUSR2");
  };
  signalAll();
  const { step } = await load();
  signalAll();
  return Promise.all(
    sampled.map(async ({ number, pid }) => {
      const profile = await readWhenThere(join(directory, profileFileName(pid)));
      const summary = summariseProfile(profile, eventLoopUs(step, number));
      return { node: number, isLeader: number === leader, ...summary };
    }),
  );
}

function eventLoopUs({ nodes }: MeasuredStep, number: number): number {
  return nodes.find(({ node }) => node === number)?.mainThreadUsPerPayment ?? 0;
}

async function readWhenThere(file: string): Promise<CpuProfile> {
  const deadlineMs = performance.now() + WRITE_TIMEOUT_MS;
  while (!existsSync(file)) {
    if (performance.now() > deadlineMs) throw new Error(`no profile was written: ${file}`);
    await delay(LOOK_EVERY_MS);
  }
  return JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
}
