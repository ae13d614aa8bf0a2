/**
 * Puts to etcd over one connection: gRPC on HTTP/2 (RFC 9113), no more of it than a put takes. Clients share the cores
 * with the servers, so a general client, which spends as much on a put as etcd does, would make etcd look slow.
 *
 * Every request has the same header block, so nothing is compressed; of answers it is enough to know whether a
 * message came before the stream ended, for a failed put has none, so header blocks are not read.
 */
import { connect, type Socket } from "node:net";
import type { Answered, Submission } from "../submission.ts";

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const END_STREAM = 0x1;
const ACK = 0x1;
const END_HEADERS = 0x4;

const FRAME_HEAD_BYTES = 9;
/** What a sender may send before the receiver allows more (section 6.9.2). */
const WINDOW_BYTES = 65_535;
const WINDOW_BYTES_MAX = 2 ** 31 - 1;

/** What waits for its answer. */
interface Waiting {
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
  hasMessage: boolean;
}

/** The key under which a payment is put, and the payment. */
export type KeyOf = (payment: Uint8Array) => Uint8Array;

/** One connection. */
export class GrpcPuts implements Submission {
  readonly #socket: Socket;
  readonly #keyOf: KeyOf;
  readonly #headers: Buffer;
  readonly #waiting = new Map<number, Waiting>();
  readonly #held: (() => void)[] = [];
  #received: Buffer = Buffer.alloc(0);
  #nextStream = 1;
  #windowBytes = WINDOW_BYTES;

  constructor(port: number, keyOf: KeyOf) {
    this.#keyOf = keyOf;
    this.#headers = headerBlock("/etcdserverpb.KV/Put", `127.0.0.1:${port}`);
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.on("data", (piece) => this.#read(piece));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("etcd closed the connection")));
    const increment = uint32(WINDOW_BYTES_MAX - WINDOW_BYTES);
    this.#socket.write(
      Buffer.concat([
        Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1"),
        frame(SETTINGS, 0, 0, Buffer.alloc(0)),
        frame(WINDOW_UPDATE, 0, 0, increment),
      ]),
    );
  }

  submit(payment: Uint8Array): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const message = putRequest(this.#keyOf(payment), payment);
      const send = () => {
        const stream = this.#nextStream;
        this.#nextStream += 2;
        this.#windowBytes -= message.length;
        this.#waiting.set(stream, { resolve, reject, hasMessage: false });
        this.#socket.write(
          Buffer.concat([
            frame(HEADERS, END_HEADERS, stream, this.#headers),
            frame(DATA, END_STREAM, stream, message),
          ]),
        );
      };
      if (this.#held.length === 0 && message.length <= this.#windowBytes) send();
      else this.#held.push(send);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(piece: Buffer): void {
    let rest = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
    while (rest.length >= FRAME_HEAD_BYTES) {
      const endsAt = FRAME_HEAD_BYTES + rest.readUIntBE(0, 3);
      if (rest.length < endsAt) break;
      const [type, flags, stream] = [rest[3], rest[4] ?? 0, rest.readUInt32BE(5)];
      this.#take(type, flags, stream, rest.subarray(FRAME_HEAD_BYTES, endsAt));
      rest = rest.subarray(endsAt);
    }
    this.#received = rest;
  }

  #take(type: number | undefined, flags: number, stream: number, payload: Buffer): void {
    if (type === SETTINGS && flags !== ACK) this.#answer(SETTINGS, Buffer.alloc(0));
    else if (type === PING && flags !== ACK) this.#answer(PING, payload);
    else if (type === WINDOW_UPDATE && stream === 0) this.#widen(payload.readUInt32BE(0));
    else if (type === DATA) this.#hear(stream);
    else if (type === HEADERS && (flags & END_STREAM) !== 0) this.#end(stream);
    else if (type === RST_STREAM) this.#end(stream);
    else if (type === GOAWAY) this.#fail(new Error("etcd goes away"));
  }

  #answer(type: number, payload: Buffer): void {
    this.#socket.write(frame(type, ACK, 0, payload));
  }

  #widen(increment: number): void {
    this.#windowBytes += increment;
    // The messages are of one size, or nearly: a little room more than one needs is enough.
    while (this.#held.length > 0 && this.#windowBytes > WINDOW_BYTES / 8) this.#held.shift()?.();
  }

  #hear(stream: number): void {
    const waiting = this.#waiting.get(stream);
    if (waiting !== undefined) waiting.hasMessage = true;
  }

  #end(stream: number): void {
    const waiting = this.#waiting.get(stream);
    this.#waiting.delete(stream);
    const isCommitted = waiting?.hasMessage === true;
    waiting?.resolve({ isCommitted, status: isCommitted ? 200 : 500 });
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** A gRPC message, not compressed: `PutRequest { bytes key = 1; bytes value = 2; }`. */
function putRequest(key: Uint8Array, value: Uint8Array): Buffer {
  const fields = [Buffer.from([0x0a]), varint(key.length), key, Buffer.from([0x12])];
  const request = Buffer.concat([...fields, varint(value.length), value]);
  return Buffer.concat([Buffer.from([0]), uint32(request.length), request]);
}

/** HPACK (RFC 7541): indexes of the static table, and literals that no table takes up. */
function headerBlock(path: string, authority: string): Buffer {
  return Buffer.concat([
    Buffer.from([0x83, 0x86, 0x04]), // :method POST, :scheme http, :path
    literal(path),
    Buffer.from([0x01]), // :authority
    literal(authority),
    Buffer.from([0x0f, 0x10]), // content-type, index 31
    literal("application/grpc"),
    Buffer.from([0x00]),
    literal("te"),
    literal("trailers"),
  ]);
}

function literal(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "latin1")]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
