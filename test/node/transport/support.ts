/** What the tests of the transports share: keys, messages, a log, and waiting for things. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { ed25519 } from "@noble/curves/ed25519.js";
import type { PeerKey, Transport } from "../../../node/transport/transport.ts";
import type { TransportEvent, TransportLog } from "../../../node/transport/transport-log.ts";

/** Generous: reached only when what is waited for never happens. */
const DEADLINE_MS = 15_000;

/** The seed of the node with this index. */
export function seedOf(index: number): Uint8Array {
  return new Uint8Array(32).fill(index + 1);
}

/** The key that belongs to {@link seedOf}. */
export function keyOf(index: number): PeerKey {
  return Buffer.from(ed25519.getPublicKey(seedOf(index))).toString("hex");
}

/** A message that holds a text. */
export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

/** Waits for a condition, helping things along between two looks. */
export async function eventually(
  what: string,
  condition: () => boolean,
  step: () => Promise<void> = () => delay(5),
): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while (!condition()) {
    assert(performance.now() < deadlineMs, `never came: ${what}`);
    await step();
  }
}

interface Logged {
  readonly event: TransportEvent;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** A log that remembers. */
export class RecordedLog {
  readonly lines: Logged[] = [];

  readonly log: TransportLog = (_level, event, facts) => {
    this.lines.push({ event, facts });
  };

  /** One fact of every line with this event. */
  facts(event: TransportEvent, name: string): (string | number | undefined)[] {
    return this.lines.flatMap((line) => (line.event === event ? [line.facts[name]] : []));
  }

  count(event: TransportEvent): number {
    return this.lines.filter((line) => line.event === event).length;
  }
}

/** What arrived at a node, as text, and who came and went. */
export class Recorder {
  readonly messages: { from: PeerKey; text: string }[] = [];
  readonly changes: { peer: PeerKey; connected: boolean }[] = [];

  constructor(transport: Transport) {
    transport.onMessage((from, message) => {
      this.messages.push({ from, text: Buffer.from(message).toString() });
    });
    transport.onPeerChange((peer, connected) => {
      this.changes.push({ peer, connected });
    });
  }

  /** The texts that came from a peer, in order. */
  from(peer: PeerKey): string[] {
    return this.messages.flatMap((message) => (message.from === peer ? [message.text] : []));
  }
}

/** Below the ports that the system gives to outgoing connections, which would take ours away. */
let nextPort = 20_000 + (process.pid % 1000) * 10;

/** A TCP port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
