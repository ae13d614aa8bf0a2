/** What grows with a network's life and size: cost of a payment, memory, start, catching up, auditing. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { type MeasuredLoad, measureThrong, type Site } from "../measure-step.ts";
import { makePayers, type Payers } from "../payers.ts";
import { PaymentSigning } from "../payment-signing.ts";
import { prepareLedger } from "../preparation.ts";
import { spreadText } from "../spread.ts";
import { type AuditSpeed, measureAudit } from "./audit-speed.ts";
import { type CatchUp, measureCatchUp } from "./catch-up.ts";
import type { StateCost } from "./state-cost.ts";

const WALLETS = [1000, 10_000, 100_000, 1_000_000] as const;
/** The sizes of the chain, at the fewest wallets. */
const HEIGHTS = [1000, 100_000] as const;
const NODES = [1, 3, 5, 7] as const;
const RESIDENTS = 64;
const SHOPS = 8;
const THRONG = { underWay: 2000, way: "gateway" } as const;
const WARM_UP_PAYMENTS = 8000;
const PAYMENTS = 10_000;

/** What is to be found out. */
export interface GrowthOptions {
  /** An empty folder, on the disk that is to be measured. */
  readonly directory: string;
  /** Payments that a node misses before it catches up. */
  readonly missedPayments: number;
  /** Hears how far it is. */
  readonly onProgress: (text: string) => void;
}

/** A network that is never idle. */
export interface SizedNetwork {
  readonly nodes: number;
  readonly load: MeasuredLoad;
}

/** Everything that it found out. */
export interface Growth {
  readonly byWallets: readonly StateCost[];
  readonly byHeight: readonly StateCost[];
  readonly byNodes: readonly SizedNetwork[];
  readonly catchUp: CatchUp;
  readonly audit: AuditSpeed;
}

/** Finds it out; no process is left behind. */
export async function measureGrowth(options: GrowthOptions): Promise<Growth> {
  const { directory, missedPayments, onProgress } = options;
  const costOf = async (size: { readonly wallets: number; readonly blocks: number }) => {
    const cost = await stateCost({ ...size, directory });
    const { cpuUsPerPayment, residentMiB } = cost;
    onProgress(
      `${size.wallets} wallets, ${size.blocks} blocks: ${spreadText(cpuUsPerPayment, 0)} µs, ` +
        `${residentMiB.toFixed(0)} MiB`,
    );
    return cost;
  };
  const byWallets: StateCost[] = [];
  for (const wallets of WALLETS) byWallets.push(await costOf({ wallets, blocks: 1 }));
  const byHeight: StateCost[] = [];
  for (const blocks of HEIGHTS) byHeight.push(await costOf({ wallets: WALLETS[0], blocks }));
  const payers = await makePayers(RESIDENTS, SHOPS);
  const byNodes: SizedNetwork[] = [];
  for (const nodes of NODES) {
    const place = join(directory, `nodes-${nodes}`);
    byNodes.push(
      await atNetwork({ directory: place, nodes, payers }, async (site) => {
        await measureThrong(site, { ...THRONG, payments: WARM_UP_PAYMENTS });
        return { nodes, load: await measureThrong(site, { ...THRONG, payments: PAYMENTS }) };
      }),
    );
    onProgress(`${nodes} nodes: ${byNodes.at(-1)?.load.achievedPerS.toFixed(0)}/s`);
  }
  const place = join(directory, "catch-up");
  const back = await atNetwork({ directory: place, nodes: 3, payers }, async (site) => {
    const catchUp = await measureCatchUp(site, missedPayments);
    onProgress(`caught up in ${catchUp.levelS.toFixed(1)} s`);
    const [node] = site.network.nodes;
    if (node === undefined) throw new RangeError("a network has nodes");
    return { catchUp, audit: await measureAudit(node.client, place) };
  });
  return { byWallets, byHeight, byNodes, ...back };
}

interface StateSize {
  readonly wallets: number;
  readonly blocks: number;
  readonly directory: string;
}

async function stateCost({ wallets, blocks, directory }: StateSize): Promise<StateCost> {
  const place = join(directory, `state-${wallets}-${blocks}`);
  mkdirSync(place, { recursive: true });
  const program = fileURLToPath(new URL("./state-cost.js", import.meta.url));
  const child = fork(program, [`${wallets}`, `${blocks}`, place], { execArgv: NODE_ARGUMENTS });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`state-cost ended: ${code}`);
  });
  try {
    const [cost] = await Promise.race([once(child, "message"), ended]);
    await ended.catch(() => undefined);
    return cost as StateCost;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** As nodes are started (client/network/node-process.ts). */
const NODE_ARGUMENTS = ["--max-semi-space-size=64", "--enable-source-maps"];

interface NetworkPlace {
  readonly directory: string;
  readonly nodes: number;
  readonly payers: Payers;
}

async function atNetwork<T>(
  { directory, nodes, payers }: NetworkPlace,
  work: (site: Site) => Promise<T>,
): Promise<T> {
  await ensureLocalNetwork(directory, nodes);
  const network = await LocalNetwork.open(directory, () => undefined);
  const signing = new PaymentSigning(payers, networkIdOf(network.genesis));
  try {
    await prepareLedger(network, directory, payers);
    return await work({ network, directory, signing });
  } finally {
    await signing.close();
    await network.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
