/** The simultaneous access test at a network of its own: so many terminals, all at one instant. */
import { armTerminals, type EnrolledTerminal } from "../client/access-test/armed-terminals.ts";
import { confirmAll } from "../client/access-test/confirm.ts";
import { fireAll, type PingOutcome } from "../client/access-test/fire.ts";
import { type AccessSummary, summarise } from "../client/access-test/summary.ts";
import { ensureLocalNetwork, LocalNetwork } from "../client/network/local-network.ts";
import { TerminalKey } from "../client/terminal/terminal-key.ts";
import { networkIdOf } from "../ledger/genesis.ts";
import { prepareAccessTest } from "./preparation.ts";

const NODES = 3;
const TEST = "bench";
const KEYS = 100;
/** From arming to firing, ms. */
const COUNTDOWN_MS = 2000;

/** What is to be tried. */
export interface AccessTestOptions {
  /** An empty folder. */
  readonly directory: string;
  readonly terminals: number;
  /** Hears how far it is. */
  readonly onProgress: (text: string) => void;
}

/** What it showed. */
export interface AccessTestResult {
  readonly outcomes: readonly PingOutcome[];
  readonly summaries: readonly AccessSummary[];
  /** Blocks that hold the pings. */
  readonly blocks: number;
}

/** Runs it; no process is left behind. @throws Error when a node ends. */
export async function runAccessTest({
  directory,
  terminals: count,
  onProgress,
}: AccessTestOptions): Promise<AccessTestResult> {
  onProgress(`making ${count} terminals' keys`);
  const terminals = await makeTerminals(count);
  await ensureLocalNetwork(directory, NODES);
  const exits: Error[] = [];
  const network = await LocalNetwork.open(directory, (_, error) => exits.push(error));
  try {
    onProgress("registering them");
    await prepareAccessTest(network, directory, { test: TEST, terminals });
    const nodes = network.nodes.map(({ client }) => client);
    const networkId = networkIdOf(network.genesis);
    const atMs = Date.now() + COUNTDOWN_MS;
    const armed = await armTerminals(terminals, { networkId, test: TEST, atMs });
    onProgress(`${count} terminals armed`);
    const outcomes = await confirmAll(armed, await fireAll(armed, { nodes, atMs }), nodes);
    if (exits[0] !== undefined) throw exits[0];
    const blocks = new Set(outcomes.map(({ height }) => height)).size;
    return { outcomes, summaries: summarise(outcomes), blocks };
  } finally {
    await network.stop();
  }
}

/** Several share a key, for making one takes longer than all that is measured here. */
async function makeTerminals(count: number): Promise<EnrolledTerminal[]> {
  const keys = await Promise.all(
    Array.from({ length: Math.min(count, KEYS) }, TerminalKey.generate),
  );
  return Array.from({ length: count }, (_, i) => {
    const key = keys[i % keys.length];
    if (key === undefined) throw new RangeError("there are no terminals");
    return { terminal: `terminal-${i + 1}`, key };
  });
}
