import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { GrpcPuts } from "../../bench/peers/grpc-puts.ts";

/** Node's own HTTP/2 in the place of etcd: it refuses puts whose value begins with 0. */
describe("puts over gRPC", () => {
  const seen: { path: unknown; message: Buffer }[] = [];
  let server: ReturnType<typeof createServer>;
  let puts: GrpcPuts;
  let isBroken = false;

  beforeEach(async () => {
    seen.length = 0;
    isBroken = false;
    server = createServer();
    server.on("stream", (stream: ServerHttp2Stream, headers) => {
      if (isBroken) return stream.session?.destroy();
      void buffer(stream).then((message) => {
        seen.push({ path: headers[":path"], message });
        const isRefused = message.at(-PAYMENT_BYTES) === 0;
        stream.respond({ ":status": 200 }, { waitForTrailers: true, endStream: isRefused });
        if (isRefused) return;
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(Buffer.from([0, 0, 0, 0, 0]));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    puts = new GrpcPuts((server.address() as AddressInfo).port, () => Buffer.from("key"));
  });
  afterEach(() => {
    puts.close();
    server.close();
  });

  const PAYMENT_BYTES = 1150;
  const payment = (first: number) => new Uint8Array(PAYMENT_BYTES).fill(first);

  it("are gRPC messages with key and value", async () => {
    assert.deepEqual(await puts.submit(payment(7)), { isCommitted: true, status: 200 });
    const [put] = seen;
    assert.equal(put?.path, "/etcdserverpb.KV/Put");
    const length = 2 + 3 + 3 + PAYMENT_BYTES;
    assert.deepEqual(
      [...(put?.message.subarray(0, 5) ?? [])],
      [0, 0, 0, length >> 8, length & 255],
    );
    assert.equal(put?.message.subarray(7, 10).toString(), "key");
    assert.deepEqual(new Uint8Array(put?.message.subarray(13) ?? []), payment(7));
  });

  it("that come without a message are refused", async () => {
    assert.equal((await puts.submit(payment(0))).isCommitted, false);
  });

  it("wait for the receiver's window and all arrive", async () => {
    const many = Array.from({ length: 500 }, (_, i) => puts.submit(payment(1 + (i % 200))));
    const answers = await Promise.all(many);
    assert.ok(answers.every(({ isCommitted }) => isCommitted));
    assert.equal(seen.length, 500);
  });

  it("reject when the connection breaks", async () => {
    isBroken = true;
    await assert.rejects(puts.submit(payment(1)));
  });
});
