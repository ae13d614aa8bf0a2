import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CONNECTION_WRITE_BYTES_MAX } from "../../../node/transport/limits.ts";
import { RawPeer } from "./raw-peer.ts";
import { eventually, freePort, keyOf } from "./support.ts";

describe("bounded yamux", () => {
  it("gives up a connection whose other end does not read what is written", async () => {
    const multiaddr = `/ip4/127.0.0.1/tcp/${await freePort()}`;
    const reader = await RawPeer.start(0, [multiaddr]);
    const writer = await RawPeer.start(1);
    try {
      const connection = await writer.dial({ key: keyOf(0), multiaddr });
      await eventually("both ends", () => reader.wires.length === 1);
      for (const wire of reader.wires) wire.pause();
      // Bytes as yamux itself writes them, regardless of any window: nobody will read them.
      const chunk = new Uint8Array(CONNECTION_WRITE_BYTES_MAX / 4).fill(1);
      let writes = 0;
      await eventually(
        "the end of the connection",
        () => connection.status !== "open",
        async () => {
          assert(writes++ < 20, "everything was taken");
          for (const wire of writer.wires) wire.send(chunk);
          await new Promise((resolve) => setImmediate(resolve));
        },
      );
    } finally {
      await writer.stop();
      await reader.stop();
    }
  });
});
