/** A network that is never idle, for minutes: does its memory stay what it is? */
import { ensureLocalNetwork, LocalNetwork } from "../client/network/local-network.ts";
import { networkIdOf } from "../ledger/genesis.ts";
import { measureThrong } from "./measure-step.ts";
import { makePayers } from "./payers.ts";
import { PaymentSigning } from "./payment-signing.ts";
import { prepareLedger } from "./preparation.ts";

const NODES = 3;
const RESIDENTS = 64;
const SHOPS = 8;
/** Signed at a time, between the slices; the minutes count while payments are under way. */
const SLICE = { underWay: 2000, payments: 20_000, way: "gateway" } as const;

/** What is to be tried. */
export interface SoakOptions {
  /** An empty folder. */
  readonly directory: string;
  /** Of load; signing is not counted. */
  readonly minutes: number;
  /** Hears each slice. */
  readonly onProgress: (text: string) => void;
}

/** One slice. */
export interface SoakSlice {
  /** Load until its end, s. */
  readonly loadedS: number;
  readonly perS: number;
  readonly cpuUsPerPayment: number;
  /** Of each node at its end. */
  readonly residentMiB: readonly number[];
  readonly diskBytesPerPayment: number;
}

/** Runs it; no process is left behind. @throws Error when a payment is lost. */
export async function soak({ directory, minutes, onProgress }: SoakOptions): Promise<SoakSlice[]> {
  const payers = await makePayers(RESIDENTS, SHOPS);
  await ensureLocalNetwork(directory, NODES);
  const network = await LocalNetwork.open(directory, () => undefined);
  const signing = new PaymentSigning(payers, networkIdOf(network.genesis));
  try {
    await prepareLedger(network, directory, payers);
    const slices: SoakSlice[] = [];
    let loadedS = 0;
    while (loadedS < minutes * 60) {
      const load = await measureThrong({ network, directory, signing }, SLICE);
      if (load.committed < load.payments) throw new Error("payments were lost");
      loadedS += load.payments / load.achievedPerS;
      const mean = (of: (node: (typeof load.nodes)[number]) => number) =>
        load.nodes.reduce((sum, node) => sum + of(node), 0) / load.nodes.length;
      slices.push({
        loadedS,
        perS: load.achievedPerS,
        cpuUsPerPayment: mean(({ cpuUsPerPayment }) => cpuUsPerPayment),
        residentMiB: load.nodes.map(({ residentMiB }) => residentMiB),
        diskBytesPerPayment: mean(({ diskBytesPerPayment }) => diskBytesPerPayment),
      });
      onProgress(soakLine(slices.at(-1)));
    }
    return slices;
  } finally {
    await signing.close();
    await network.stop();
  }
}

/** A slice for people. */
export function soakLine(slice: SoakSlice | undefined): string {
  if (slice === undefined) return "";
  const { loadedS, perS, cpuUsPerPayment, residentMiB, diskBytesPerPayment } = slice;
  return (
    `${loadedS.toFixed(0).padStart(4)} s  ${perS.toFixed(0).padStart(5)}/s  ` +
    `${cpuUsPerPayment.toFixed(0).padStart(4)} µs  ` +
    `RSS ${residentMiB.map((mib) => mib.toFixed(0)).join(" ")} MiB  ` +
    `disk ${diskBytesPerPayment.toFixed(0)} B per payment`
  );
}
