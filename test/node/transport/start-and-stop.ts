/** A program that must end by itself: two nodes talk, one more is never reached, all stop. */
import { Libp2pTransport } from "../../../node/transport/libp2p-transport.ts";
import { bytes, eventually, freePort, keyOf, RecordedLog, Recorder, seedOf } from "./support.ts";

const members = await Promise.all(
  [0, 1, 2].map(async (index) => ({
    key: keyOf(index),
    multiaddr: `/ip4/127.0.0.1/tcp/${await freePort()}`,
  })),
);
const [a, b] = await Promise.all(
  members.slice(0, 2).map(async ({ multiaddr }, index) => {
    const { log } = new RecordedLog();
    const node = await Libp2pTransport.create({ seed: seedOf(index), listen: [multiaddr], log });
    node.setMembers(members);
    return node;
  }),
);
if (a === undefined || b === undefined) throw new Error("two nodes were made");
const atB = new Recorder(b);
await Promise.all([a.start(), b.start()]);
a.send(b.key, bytes("hello"));
await eventually("the message", () => atB.from(a.key).includes("hello"));
await Promise.all([a.stop(), b.stop()]);
process.stdout.write("stopped\n");
