/**
 * Ports that stay ours while a node is down: below the range from which the system takes those of outgoing
 * connections, else a killed node could find its own taken.
 */
import { createServer } from "node:net";

const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** Hands out free ports of 127.0.0.1, none of them twice. */
export class FreePorts {
  // Two runs at a time begin at different places.
  #next = FIRST_PORT + ((process.pid * 32) % (LAST_PORT - FIRST_PORT));
  #left = LAST_PORT - FIRST_PORT;

  /** So many ports. @throws Error when all have been tried. */
  async take(count: number): Promise<number[]> {
    const ports: number[] = [];
    for (; ports.length < count && this.#left > 0; this.#left -= 1) {
      if (await isFree(this.#next)) ports.push(this.#next);
      this.#next = this.#next < LAST_PORT ? this.#next + 1 : FIRST_PORT;
    }
    if (ports.length < count) throw new Error(`no ${count} free ports below ${LAST_PORT}`);
    return ports;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
