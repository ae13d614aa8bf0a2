/**
 * Ports that stay ours while a node is down: below the range from which the system takes those of outgoing
 * connections, else a killed node could find its own taken.
 */
import { createServer } from "node:net";

const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** So many free ports of 127.0.0.1. @throws Error when there are not. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  // Two runs at a time begin at different places.
  const start = FIRST_PORT + ((process.pid * 32) % (LAST_PORT - FIRST_PORT));
  for (let port = start; ports.length < count && port < start + 1000; port += 1) {
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new Error(`no ${count} free ports from ${start}`);
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
