/**
 * An HTTP server with canned answers, for the client's error handling alone: what a healthy node answers is
 * tested with nodes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "mocha";

/** Answers one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** Inside a `describe`: starts servers that are closed after each test; gives their URL. */
export function fakeNodes(): (handler: Handler) => Promise<string> {
  const close: (() => void)[] = [];
  afterEach(() => {
    for (const stop of close.splice(0)) stop();
  });
  return async (handler) => {
    const server = createServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      handler(request, response, Buffer.concat(pieces));
    });
    close.push(() => {
      server.close();
      server.closeAllConnections();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  };
}

/** Sends JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

/** Sends a problem document with a fault's code. */
export function sendProblem(response: ServerResponse, status: number, code: string): void {
  sendJson(response, status, { type: "about:blank", title: code, status, code, facts: { n: 1 } });
}
