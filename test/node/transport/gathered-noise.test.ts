import assert from "node:assert/strict";
import { Socket } from "node:net";
import { describe, it } from "mocha";
import { Libp2pTransport } from "../../../node/transport/libp2p-transport.ts";
import { eventually, freePort, keyOf, RecordedLog, Recorder, seedOf } from "./support.ts";

const MESSAGES = 20;
/** More than one piece of noise, and all together less than half of yamux's window. */
const MESSAGE_SIZE_BYTES = 100_000;

describe("gathered noise", () => {
  it("writes once for each message, and nothing comes back", async () => {
    const members = await Promise.all(
      [0, 1].map(async (index) => ({
        key: keyOf(index),
        multiaddr: `/ip4/127.0.0.1/tcp/${await freePort()}`,
      })),
    );
    const nodes = await Promise.all(members.map(({ multiaddr }, i) => start(i, multiaddr)));
    try {
      const [a, b] = nodes;
      assert(a !== undefined && b !== undefined);
      const atB = new Recorder(b);
      for (const node of nodes) node.setMembers(members);
      await eventually("both ways", () => nodes.every((node) => node.connectedPeers().length > 0));
      const writes = await countingWrites(async () => {
        for (let sent = 1; sent <= MESSAGES; sent++) {
          a.send(keyOf(1), new Uint8Array(MESSAGE_SIZE_BYTES).fill(sent));
          await eventually("the message", () => atB.messages.length === sent);
        }
      });
      assert.equal(writes, MESSAGES);
    } finally {
      for (const node of nodes) await node.stop();
    }
  });
});

async function start(index: number, multiaddr: string): Promise<Libp2pTransport> {
  const { log } = new RecordedLog();
  const node = await Libp2pTransport.create({ seed: seedOf(index), listen: [multiaddr], log });
  await node.start();
  return node;
}

/** Writes of all sockets of this process meanwhile. */
async function countingWrites(work: () => Promise<void>): Promise<number> {
  const { write } = Socket.prototype;
  let writes = 0;
  Socket.prototype.write = function counted(this: Socket, ...args: Parameters<typeof write>) {
    writes += 1;
    return write.apply(this, args);
  } as typeof write;
  try {
    await work();
  } finally {
    Socket.prototype.write = write;
  }
  return writes;
}
