import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "mocha";
import { ConnectionPool } from "../../bench/connection-pool.ts";
import { parseAnswer, submissionRequest } from "../../bench/http-connection.ts";

const ANSWER = Buffer.from("HTTP/1.1 202 Accepted\r\nContent-Length: 3\r\n\r\nえ");

describe("the load generator's HTTP", () => {
  it("reads an answer only when it is whole", () => {
    for (let end = 0; end < ANSWER.length; end += 1) {
      assert.equal(parseAnswer(ANSWER.subarray(0, end)), null);
    }
    assert.deepEqual(parseAnswer(ANSWER), { status: 202, body: "え" });
  });

  it("refuses what is no answer of the API", () => {
    const chunked = Buffer.from("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    assert.throws(() => parseAnswer(chunked), /not an answer/);
  });

  it("is understood by Node's own server, and reuses its connections", async () => {
    let connections = 0;
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const body = `${request.url} ${Buffer.concat(pieces).toString("hex")}`;
        response.writeHead(200, { "content-length": body.length }).end(body);
      });
    });
    server.on("connection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const pool = new ConnectionPool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const byte of [1, 2, 3]) {
      const { status, body } = await pool.send(
        submissionRequest(Uint8Array.of(byte), "application/cbor", 7),
      );
      assert.deepEqual(
        { status, body },
        { status: 200, body: `/v1/transactions?waitMs=7 0${byte}` },
      );
    }
    assert.equal(connections, 1);
    pool.close();
    server.close();
  });

  it("says when the node is gone", async () => {
    const server = createServer((request) => request.socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const pool = new ConnectionPool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await assert.rejects(pool.send(submissionRequest(Uint8Array.of(1), "application/cbor", 7)));
    pool.close();
    server.close();
  });
});
