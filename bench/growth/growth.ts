/** What grows with a network's life and size: cost of a payment, memory, start, catching up, auditing. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { type MeasuredLoad, measureClosedLoop, type Site } from "../measure-step.ts";
import { makePayers, type Payers } from "../payers.ts";
import { PaymentSigning } from "../payment-signing.ts";
import { prepareLedger } from "../preparation.ts";
import { type AuditSpeed, measureAudit } from "./audit-speed.ts";
import { type CatchUp, measureCatchUp } from "./catch-up.ts";
import { measureSizes, type StateCost } from "./state-sizes.ts";

/** Wallets, then the height of the chain. */
const SIZES = [
  { wallets: 1000, blocks: 1000 },
  { wallets: 10_000, blocks: 1000 },
  { wallets: 100_000, blocks: 1000 },
  { wallets: 1_000_000, blocks: 1000 },
  { wallets: 1000, blocks: 100_000 },
] as const;
const NODES = [1, 3, 5, 7] as const;
const RESIDENTS = 64;
const SHOPS = 8;
const CLOSED_LOOP = { underWay: 2000, way: "gateway" } as const;
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
  readonly byState: readonly StateCost[];
  readonly byNodes: readonly SizedNetwork[];
  readonly catchUp: CatchUp;
  readonly audit: AuditSpeed;
}

/** Finds it out; no process is left behind. */
export async function measureGrowth(options: GrowthOptions): Promise<Growth> {
  const { directory, missedPayments, onProgress } = options;
  const byState = await measureSizes(directory, SIZES, onProgress);
  const payers = await makePayers(RESIDENTS, SHOPS);
  const byNodes: SizedNetwork[] = [];
  for (const nodes of NODES) {
    const place = join(directory, `nodes-${nodes}`);
    byNodes.push(
      await atNetwork({ directory: place, nodes, payers }, async (site) => {
        await measureClosedLoop(site, { ...CLOSED_LOOP, payments: WARM_UP_PAYMENTS });
        return {
          nodes,
          load: await measureClosedLoop(site, { ...CLOSED_LOOP, payments: PAYMENTS }),
        };
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
  return { byState, byNodes, ...back };
}

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
