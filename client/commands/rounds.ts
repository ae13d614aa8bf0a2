/** A desk that works until it is stopped: what the commands of partners and streets share. */
import { setTimeout as delay } from "node:timers/promises";
import { errorLine, errorReport } from "../error-report.ts";
import { interrupted } from "../network/interrupted.ts";
import type { Output } from "../output.ts";
import type { ConversionDesk, DeskNote } from "../partner/conversion-desk.ts";

/** Between two looks at the chain, ms. */
const ROUND_EVERY_MS = 1000;

/** Rounds until the process is interrupted; with `once` until nothing is due. */
export async function keepRounds(
  desk: ConversionDesk,
  output: Output,
  once: boolean,
): Promise<void> {
  const stop = interrupted();
  let isStopped = false;
  void stop.then(() => {
    isStopped = true;
  });
  while (!isStopped) {
    const left = await round(desk, output);
    if (left === 0 && once) return;
    await Promise.race([delay(ROUND_EVERY_MS), stop]);
  }
}

/** What a desk did, in one line. */
export function noteLine(
  { conversion, units, done, error }: DeskNote,
  words: Readonly<Record<DeskNote["done"], string>>,
): string {
  const why = error === undefined ? "" : `: ${errorLine(errorReport(error))}`;
  return `${conversion} ${units}: ${words[done]}${why}`;
}

/** Null when nothing is known: no node answers, and the next round will ask again. */
async function round(desk: ConversionDesk, output: Output): Promise<number | null> {
  try {
    return await desk.round();
  } catch (error) {
    output.line(errorLine(errorReport(error)));
    return null;
  }
}
