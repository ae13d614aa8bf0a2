/**
 * The lines between nodes, in our hands. A node is dialled at a port of ours, which passes every byte on to
 * where the node listens, over a link for each direction: links can be held or slow, a whole line cut.
 */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { Link } from "./link.ts";

/** Where a node is dialled and where it listens. */
export interface PeerPorts {
  readonly node: number;
  readonly dialled: number;
  readonly listening: number;
}

/** Which node dialled, by the ports of the connection; undefined when it is gone already. */
export type FindDialler = (ports: {
  readonly near: number;
  readonly far: number;
}) => number | undefined;

/** All lines of a network. */
export class Wiring {
  readonly #links = new Map<string, Link>();
  readonly #sockets = new Map<string, Set<Socket>>();
  readonly #cut = new Set<string>();
  readonly #servers: Server[] = [];
  readonly #findDialler: FindDialler;

  constructor(findDialler: FindDialler) {
    this.#findDialler = findDialler;
  }

  /** Begins to pass on what is dialled at each node. */
  async open(ports: readonly PeerPorts[]): Promise<void> {
    for (const { node, dialled, listening } of ports) {
      const server = createServer((socket) => {
        const from = this.#findDialler({ near: socket.remotePort ?? 0, far: dialled });
        if (from === undefined || this.#cut.has(lineName(from, node))) return socket.destroy();
        return this.#join(socket, connect(listening, "127.0.0.1"), [from, node]);
      });
      this.#servers.push(server);
      server.listen(dialled, "127.0.0.1");
      await once(server, "listening");
    }
  }

  /** The direction from one node to another. */
  link(from: number, to: number): Link {
    const name = `${from}>${to}`;
    const link = this.#links.get(name) ?? new Link();
    this.#links.set(name, link);
    return link;
  }

  /** Breaks all connections between two nodes and refuses new ones. */
  cut(a: number, b: number): void {
    const line = lineName(a, b);
    this.#cut.add(line);
    for (const socket of this.#sockets.get(line) ?? []) socket.resetAndDestroy();
  }

  /** Everything is as it was in the beginning. */
  heal(): void {
    this.#cut.clear();
    for (const link of this.#links.values()) link.heal();
  }

  /** Passes nothing any more. */
  close(): void {
    this.heal();
    for (const server of this.#servers) server.close();
    for (const sockets of this.#sockets.values()) for (const socket of sockets) socket.destroy();
  }

  #join(dialler: Socket, listener: Socket, [from, to]: readonly [number, number]): void {
    const line = lineName(from, to);
    const sockets = this.#sockets.get(line) ?? new Set();
    this.#sockets.set(line, sockets);
    for (const socket of [dialler, listener]) {
      socket.setNoDelay();
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
    const there = this.link(from, to);
    const back = this.link(to, from);
    const end = () => {
      dialler.destroy();
      listener.destroy();
    };
    // However a connection ends, it ends on both sides: that is all a node could see of it.
    pipeline(dialler, (pieces) => there.carry(pieces), listener).then(end, end);
    pipeline(listener, (pieces) => back.carry(pieces), dialler).then(end, end);
  }
}

function lineName(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}
