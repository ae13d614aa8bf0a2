import { setTimeout as delay } from "node:timers/promises";
import { Libp2pTransport } from "../../../node/transport/libp2p-transport.ts";
import { freePort, keyOf, seedOf } from "./support.ts";
import { describeTransport, TEST_FRAME_BYTES_MAX } from "./transport-suite.ts";

describeTransport("libp2p transport", async () => {
  const ports = await Promise.all([0, 1, 2].map(freePort));
  const multiaddr = (index: number): string => `/ip4/127.0.0.1/tcp/${ports[index]}`;
  return {
    address: (index) => ({ key: keyOf(index), multiaddr: multiaddr(index) }),
    create: (index, log, queue) =>
      Libp2pTransport.create({
        seed: seedOf(index),
        listen: [multiaddr(index)],
        log,
        frameSizeBytesMax: TEST_FRAME_BYTES_MAX,
        backoff: { firstMs: 10, maxMs: 200 },
        ...(queue === undefined ? {} : { queue }),
      }),
    step: () => delay(5),
  };
});
