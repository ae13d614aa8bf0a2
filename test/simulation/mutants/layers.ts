/** The layers of tests that may see a planted bug, the cheapest first. */
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import type { Mutant } from "./mutant.ts";

/** Seeds of the simulation for each bug. */
const SEEDS = 60;
/** A layer that takes so much longer than without a bug does not come to an end, which is a way to see one. */
const SLOWNESS = 5;
const SLACK_MS = 20_000;
/** Without a bug a layer must come to its end in this time. */
const SOUND_MS_MAX = 600_000;
/** Characters of a layer's output that are kept. */
const WORDS_MAX = 4000;

/** Tests with whole nodes on real disks, in `test/node/`. */
const NODE_TESTS = [
  "cluster",
  "damage",
  "malicious-member",
  "membership",
  "recovery",
  "snapshot/cluster",
].map((name) => `dist/test/node/${name}.test.js`);
/** What has a layer of its own, or is about anything but the code where bugs are planted. */
const NOT_UNITS = [
  ...NODE_TESTS,
  ...["dist/test/node/simulation.test.js", "dist/test/consensus/random-walk.test.js"],
  ...["dist/test/node/transport/**", "dist/test/node/api/**"],
];

/** Tests of one kind. */
export interface Layer {
  readonly name: string;
  /** Arguments to node, in a copy of the repository; null when the layer has nothing to say about the bug. */
  readonly command: (mutant: Mutant) => readonly string[] | null;
}

/** What a layer said. */
export interface Verdict {
  readonly isKilled: boolean;
  readonly seconds: number;
  /** The end of what it printed. */
  readonly words: string;
}

/** All layers. */
export const LAYERS: readonly Layer[] = [
  {
    name: "scenarios",
    command: (mutant) =>
      isOfCore(mutant) ? ["dist/test/conformance/run.js", "test/conformance/testdata"] : null,
  },
  {
    name: "walks",
    command: (mutant) =>
      isOfCore(mutant) ? mocha("dist/test/consensus/random-walk.test.js") : null,
  },
  {
    name: "units",
    command: ({ file }) => {
      const ignored = NOT_UNITS.flatMap((path) => ["--ignore", path]);
      // First those beside the file.
      const folders = [dirname(file), folderOf(file)];
      return mocha(...folders.map((folder) => `dist/test/${folder}/**/*.test.js`), ...ignored);
    },
  },
  {
    name: "simulation",
    command: () => ["dist/test/simulation/run.js", "--seeds", `${SEEDS}`, "--jobs", "1", "--bail"],
  },
  { name: "nodes", command: () => mocha(...NODE_TESTS) },
];

/** Asks a layer in a copy of the repository. @param limitMs after which it counts as having seen a bug. */
export async function ask(
  command: readonly string[],
  copy: string,
  limitMs = SOUND_MS_MAX,
): Promise<Verdict> {
  const startMs = Date.now();
  // A group of its own: a layer may start processes, which end with it.
  const child = spawn(process.execPath, command, { cwd: copy, detached: true });
  let words = "";
  const hear = (chunk: Buffer): void => {
    words = `${words}${chunk}`.slice(-WORDS_MAX);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, limitMs);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearTimeout(timer);
  return { isKilled: code !== 0, seconds: (Date.now() - startMs) / 1000, words };
}

/** How long a layer may take that takes `seconds` without a bug, ms. */
export function limitFor(seconds: number): number {
  return SLACK_MS + SLOWNESS * seconds * 1000;
}

function isOfCore({ file }: Mutant): boolean {
  return folderOf(file) === "consensus";
}

function folderOf(file: string): string {
  return file.slice(0, file.indexOf("/"));
}

function mocha(...args: readonly string[]): readonly string[] {
  return [
    "node_modules/mocha/bin/mocha.js",
    ...["--no-config", "--bail", "--exit", "--timeout", "60000", ...args],
  ];
}
