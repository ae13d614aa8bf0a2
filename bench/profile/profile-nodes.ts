/** Samples the event loops of the leader and of one follower while a load runs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { MeasuredStep, Site } from "../measure-step.ts";
import type { NodeUsage } from "../node-usage.ts";
import { type CpuProfile, type NodeProfile, summariseProfile } from "./profile-parts.ts";
import { profileFileName } from "./sampling.ts";

/** How long a node may take to write its profile, ms. */
const WRITE_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Profiles over one run of the load. The nodes were started by `samplingNodes`. */
export async function profileNodes(
  { network, directory }: Site,
  load: () => Promise<MeasuredStep>,
): Promise<NodeProfile[]> {
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
  const step = await load();
  signalAll();
  return Promise.all(
    sampled.map(async ({ number, pid }) => {
      const profile = await readWhenThere(join(directory, profileFileName(pid)));
      const usage = usageOf(step, number);
      return { node: number, isLeader: usage.isLeader, ...summariseProfile(profile, usage) };
    }),
  );
}

function usageOf({ nodes }: MeasuredStep, number: number): NodeUsage {
  const usage = nodes.find(({ node }) => node === number);
  if (usage === undefined) throw new RangeError(`node ${number} was not measured`);
  return usage;
}

async function readWhenThere(file: string): Promise<CpuProfile> {
  const deadlineMs = performance.now() + WRITE_TIMEOUT_MS;
  while (!existsSync(file)) {
    if (performance.now() > deadlineMs) throw new Error(`no profile was written: ${file}`);
    await delay(LOOK_EVERY_MS);
  }
  return JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
}
