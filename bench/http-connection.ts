/**
 * One keep-alive connection to a node, one request under way at a time (HTTP/1.1, RFC 9112).
 *
 * Load generator and nodes share the cores, so what is saved here is not taken from them: a general client
 * spends several times as much on a request. It reads only what this API answers: a status line and a body
 * of the length that the header says.
 */
import { connect, type Socket } from "node:net";

/** A node's answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

const HEAD_END = "\r\n\r\n";

/** The bytes of a request that submits transactions and waits for their blocks. */
export function submissionRequest(
  body: Uint8Array,
  mediaType: "application/cbor" | "application/cbor-seq",
  waitMs: number,
): Buffer {
  const head =
    `POST /v1/transactions?waitMs=${waitMs} HTTP/1.1\r\nhost: localhost\r\n` +
    `content-type: ${mediaType}\r\ncontent-length: ${body.length}${HEAD_END}`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/** The first answer in the bytes, null while it is incomplete. @throws Error when it is not HTTP/1.1. */
export function parseAnswer(bytes: Buffer): HttpAnswer | null {
  const headSizeBytes = bytes.indexOf(HEAD_END);
  if (headSizeBytes < 0) return null;
  const head = bytes.toString("latin1", 0, headSizeBytes);
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1];
  const bodySizeBytes = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (status === undefined || bodySizeBytes === undefined) {
    throw new Error(`not an answer of this API: ${head.slice(0, 200)}`);
  }
  const bodyStart = headSizeBytes + HEAD_END.length;
  const bodyEnd = bodyStart + Number(bodySizeBytes);
  if (bytes.length < bodyEnd) return null;
  return { status: Number(status), body: bytes.toString("utf8", bodyStart, bodyEnd) };
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** A connection; opened by the first request. */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | null = null;

  /** @param url address of the node. */
  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on("data", (piece) => this.#read(piece));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the node closed the connection")));
  }

  /** Sends a request. Rejects when the connection breaks; then it is of no more use. */
  send(request: Buffer): Promise<HttpAnswer> {
    if (this.#socket.destroyed) return Promise.reject(new Error("the connection is closed"));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  /** Closes it; a request under way rejects. */
  close(): void {
    this.#socket.destroy();
  }

  #read(piece: Buffer): void {
    this.#received = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
    try {
      const answer = parseAnswer(this.#received);
      if (answer === null) return;
      this.#received = Buffer.alloc(0);
      this.#waiting?.resolve(answer);
      this.#waiting = null;
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}
