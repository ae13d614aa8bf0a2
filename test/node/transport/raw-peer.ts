/** A libp2p peer without our transport's manners: it dials, opens streams and writes as it likes. */
import "../../../node/transport/promise-with-resolvers.ts";
import { noise } from "@chainsafe/libp2p-noise";
import type { Connection, Libp2p, MessageStream, Stream, StreamHandler } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { createLibp2p } from "libp2p";
import { boundedYamux } from "../../../node/transport/bounded-yamux.ts";
import { dialAddress, peerKeyOf, privateKeyFromSeed } from "../../../node/transport/identity.ts";
import { PROTOCOL_ID } from "../../../node/transport/libp2p-transport.ts";
import type { PeerAddress, PeerKey } from "../../../node/transport/transport.ts";
import { seedOf } from "./support.ts";

/** See above. */
export class RawPeer {
  readonly #libp2p: Libp2p;
  /** The encrypted connections, below yamux. */
  readonly wires: MessageStream[];

  private constructor(libp2p: Libp2p, wires: MessageStream[]) {
    this.#libp2p = libp2p;
    this.wires = wires;
  }

  /** Starts with the key of this index. */
  static async start(index: number, listen: readonly string[] = []): Promise<RawPeer> {
    const wires: MessageStream[] = [];
    const libp2p = await createLibp2p({
      privateKey: await privateKeyFromSeed(seedOf(index)),
      addresses: { listen: [...listen] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [
        () => {
          const factory = boundedYamux()();
          const create = factory.createStreamMuxer.bind(factory);
          factory.createStreamMuxer = (wire) => {
            wires.push(wire);
            return create(wire);
          };
          return factory;
        },
      ],
    });
    const peer = new RawPeer(libp2p, wires);
    await peer.accept(() => undefined);
    return peer;
  }

  /** Takes streams of our protocol and hands them over; at first, nothing is done with them. */
  async accept(onStream: (stream: Stream, from: PeerKey | undefined) => void): Promise<void> {
    const handler: StreamHandler = (stream, { remotePeer }) => {
      stream.addEventListener("remoteCloseWrite", () => void stream.close());
      onStream(stream, peerKeyOf(remotePeer));
    };
    await this.#libp2p.handle(PROTOCOL_ID, handler, { force: true });
  }

  /** Uses the connection there is, or makes one. */
  async dial(address: PeerAddress): Promise<Connection> {
    return await this.#libp2p.dial(dialAddress(address));
  }

  /** Connects if need be and opens a stream of our protocol. */
  async open(address: PeerAddress): Promise<Stream> {
    return await (await this.dial(address)).newStream(PROTOCOL_ID);
  }

  async stop(): Promise<void> {
    await this.#libp2p.stop();
  }
}
