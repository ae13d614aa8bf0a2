/** Several sizes of state and chain, each in a process of its own, that take blocks in turn: neighbours disturb all alike. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../child-message.ts";
import { type Spread, spreadOf } from "../spread.ts";
import type { StateBlock, StateStart } from "./state-process.ts";

/** As nodes are started (client/network/node-process.ts). */
const NODE_ARGUMENTS = [
  "--max-semi-space-size=64",
  "--heap-growing-percent=200",
  "--enable-source-maps",
];
/** Until code is compiled and LevelDB has tidied what filling left behind, a payment costs twice as much. */
const WARM_UP_ROUNDS = 40;
const ROUNDS = 20;

/** A size. */
export interface StateSize {
  readonly wallets: number;
  readonly blocks: number;
}

/** What a payment costs there. */
export interface StateCost extends StateSize, StateStart {
  /** All threads, by round. */
  readonly cpuUsPerPayment: Spread;
  /** Of that, both signatures. */
  readonly verifyUsPerPayment: Spread;
  /** To the first size, in the same round. */
  readonly ratio: Spread;
  readonly residentMiB: number;
}

/** Measures all sizes; no process and no file is left behind. */
export async function measureSizes(
  directory: string,
  sizes: readonly StateSize[],
  onProgress: (text: string) => void,
): Promise<StateCost[]> {
  const states: State[] = [];
  try {
    for (const size of sizes) {
      onProgress(`making ${size.wallets} wallets, ${size.blocks} blocks`);
      states.push(await startState(directory, size));
    }
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
      for (const state of states) state.taken.push(await takeBlock(state));
    }
    const first = states[0]?.taken ?? [];
    return states.map((state) => costOf(state, first));
  } finally {
    for (const { child, place } of states) {
      child.disconnect();
      rmSync(place, { recursive: true, force: true });
    }
  }
}

interface State {
  readonly size: StateSize;
  readonly place: string;
  readonly child: ChildProcess;
  readonly startS: number;
  readonly taken: StateBlock[];
}

async function startState(directory: string, size: StateSize): Promise<State> {
  const { wallets, blocks } = size;
  const place = join(directory, `state-${wallets}-${blocks}`);
  mkdirSync(place, { recursive: true });
  const program = fileURLToPath(new URL("./state-process.js", import.meta.url));
  const filling = fork(program, [place, `${wallets}`, "fill", `${blocks}`]);
  const [code] = await once(filling, "exit");
  if (code !== 0) throw new Error(`${wallets} wallets were not made: exit code ${code}`);
  const child = fork(program, [place, `${wallets}`], { execArgv: NODE_ARGUMENTS });
  const { startS } = (await messageOf(child)) as StateStart;
  return { size, place, child, startS, taken: [] };
}

async function takeBlock({ child }: State): Promise<StateBlock> {
  const answer = messageOf(child);
  child.send("take");
  return (await answer) as StateBlock;
}

function costOf({ size, startS, taken }: State, first: readonly StateBlock[]): StateCost {
  const counted = taken.slice(WARM_UP_ROUNDS);
  const firstCounted = first.slice(WARM_UP_ROUNDS);
  return {
    ...size,
    startS,
    cpuUsPerPayment: spreadOf(counted.map(({ cpuUsPerPayment }) => cpuUsPerPayment)),
    verifyUsPerPayment: spreadOf(counted.map(({ verifyUsPerPayment }) => verifyUsPerPayment)),
    ratio: spreadOf(
      counted.map(
        ({ cpuUsPerPayment }, i) => cpuUsPerPayment / (firstCounted[i]?.cpuUsPerPayment ?? 0),
      ),
    ),
    residentMiB: counted.at(-1)?.residentMiB ?? 0,
  };
}
