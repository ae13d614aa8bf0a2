/** The connections of all terminals of one node: as many as payments are under way, up to a limit. */
import { type HttpAnswer, HttpConnection } from "./http-connection.ts";

/** Below the 4,096 that a node takes. */
const CONNECTIONS_MAX = 1500;

/** A request that no connection is free for yet. */
interface Queued {
  readonly request: Buffer;
  readonly resolve: (answer: Promise<HttpAnswer>) => void;
}

/** Sends requests to one node, each on a connection of its own while it is under way. */
export class ConnectionPool {
  readonly #url: string;
  readonly #all = new Set<HttpConnection>();
  readonly #free: HttpConnection[] = [];
  readonly #queue: Queued[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** Rejects when the connection breaks. */
  send(request: Buffer): Promise<HttpAnswer> {
    const connection = this.#free.pop() ?? this.#open();
    if (connection !== null) return this.#use(connection, request);
    return new Promise((resolve) => this.#queue.push({ request, resolve }));
  }

  /** Closes every connection. */
  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #open(): HttpConnection | null {
    if (this.#all.size >= CONNECTIONS_MAX) return null;
    const connection = new HttpConnection(this.#url);
    this.#all.add(connection);
    return connection;
  }

  async #use(connection: HttpConnection, request: Buffer): Promise<HttpAnswer> {
    try {
      const answer = await connection.send(request);
      this.#release(connection);
      return answer;
    } catch (error) {
      this.#all.delete(connection);
      connection.close();
      this.#next(this.#open());
      throw error;
    }
  }

  #release(connection: HttpConnection): void {
    if (this.#queue.length === 0) this.#free.push(connection);
    else this.#next(connection);
  }

  #next(connection: HttpConnection | null): void {
    const queued = connection === null ? undefined : this.#queue.shift();
    if (connection === null) return;
    if (queued === undefined) this.#free.push(connection);
    else queued.resolve(this.#use(connection, queued.request));
  }
}
