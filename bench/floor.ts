/**
 * The floor under a load: bare verification measured beside the nodes, in the same seconds. A neighbour on the
 * machine, a full cache or a lower clock then slow both down, and their ratio stays what it is.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FloorReport } from "./floor-probe.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** Checks of each kind in a burst. */
const BURST_CHECKS = 96;

/** CPU time of one check on one thread, µs, over the bursts of a load. */
export interface Floor {
  readonly cardUs: Spread;
  readonly terminalUs: Spread;
}

/** A probe at work. */
export class FloorProbe {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts measuring, over some of the payments. */
  static async start(payments: readonly Uint8Array[]): Promise<FloorProbe> {
    const program = fileURLToPath(new URL("./floor-probe.js", import.meta.url));
    const child = fork(program, { serialization: "advanced" });
    child.send(payments.slice(0, BURST_CHECKS));
    await answerOf(child);
    return new FloorProbe(child);
  }

  /** Ends the probe. */
  async stop(): Promise<Floor> {
    const answer = answerOf(this.#child);
    this.#child.send("stop");
    const report = (await answer) as FloorReport;
    this.#child.disconnect();
    return { cardUs: spreadOf(report.cardUs), terminalUs: spreadOf(report.terminalUs) };
  }
}

/** The next message. @throws Error when the probe ends instead. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const abort = new AbortController();
  const { signal } = abort;
  const ended = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`the floor probe ended: ${code}`);
  });
  try {
    const [message] = await Promise.race([once(child, "message", { signal }), ended]);
    return message;
  } finally {
    ended.catch(() => undefined);
    abort.abort();
  }
}
