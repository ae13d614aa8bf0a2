/** Any `Ask` behind an address on this machine. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ask } from "../../client/verifier/ocsp.ts";

/** A responder that listens. */
export interface HttpResponder {
  readonly url: string;
  /** The media types of the questions so far. */
  readonly asked: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function serveOverHttp(ask: Ask): Promise<HttpResponder> {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    asked.push(request.headers["content-type"]);
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      void ask(Buffer.concat(parts)).then((answer) => response.end(Buffer.from(answer)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
