/**
 * A street's own system behind real HTTP, small as it is: who has how many of its points, in a book that survives. It
 * dies before it books or after, answers late, twice, or nonsense, as a plan of the seed says.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RandomBelow } from "../../consensus/random.ts";

/** How often a question goes wrong, in a hundred. */
const WRONG_PERCENT = 60;
/** How long the desk waits for an answer, ms. */
export const PATIENCE_MS = 100;

/** What goes wrong with a question; what is late is done at the worst moment, and so stands here twice. */
const FAULTS = [
  "dies before",
  "dies after",
  "late",
  "late",
  "twice",
  "nonsense",
  "another amount",
] as const;

/** Mistakes that a street's system may make: each must be found. */
export const BUGS = [
  "credits again when it is asked again",
  "credits after it cancelled",
  "takes nothing back",
] as const;
/** A mistake. */
export type Bug = (typeof BUGS)[number];

/** What was done for a transfer. */
interface Entry {
  readonly wallet: string;
  points: number;
  isCancelled: boolean;
}

/** The system. */
export class FaultyStreet {
  readonly #server: Server;
  readonly #random: RandomBelow;
  readonly #bug: Bug | null;
  readonly #book = new Map<string, Entry>();
  readonly #later: (() => object)[] = [];
  /** How many questions went wrong. */
  faults = 0;
  /** From now on nothing goes wrong. */
  isHealed = false;

  private constructor(server: Server, random: RandomBelow, bug: Bug | null) {
    this.#server = server;
    this.#random = random;
    this.#bug = bug;
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  /** Listens on a free port. */
  static async open(random: RandomBelow, bug: Bug | null = null): Promise<FaultyStreet> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FaultyStreet(server, random, bug);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What was late arrives now. */
  arrive(): void {
    for (const work of this.#later.splice(0)) work();
  }

  /** What a member has of the street's points. */
  pointsOf(wallet: string): number {
    const his = [...this.#book.values()].filter((entry) => entry.wallet === wallet);
    return his.reduce((sum, { points }) => sum + points, 0);
  }

  /** What stands for a transfer. */
  creditedFor(transfer: string): number {
    return this.#book.get(transfer)?.points ?? 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const piece of request) body += piece;
    const transfer = request.url?.split("/").at(-1) ?? "";
    const work = () => (body === "" ? this.#cancel(transfer) : this.#credit(transfer, body));
    const isWrong = !this.isHealed && this.#random(100) < WRONG_PERCENT;
    const fault = isWrong ? FAULTS[this.#random(FAULTS.length)] : undefined;
    this.faults += Number(isWrong);
    if (fault === "dies before") return void request.socket.destroy();
    // The desk hears nothing, and what it asked for is done when it no longer waits.
    if (fault === "late") return void this.#later.push(work);
    const answer = work();
    if (fault === "twice") work();
    if (fault === "dies after") return void request.socket.destroy();
    if (fault === "nonsense") return void response.end('{"answer": "CREDITED"');
    const said = fault === "another amount" ? { ...answer, points: 1 } : answer;
    response.end(JSON.stringify(said));
  }

  /** Rule S1, or a bug. */
  #credit(transfer: string, body: string): object {
    const { wallet, points } = JSON.parse(body) as { wallet: string; points: number };
    const known = this.#book.get(transfer);
    const answer = (word: string) => ({ transfer, points, answer: word });
    if (known === undefined) {
      this.#book.set(transfer, { wallet, points, isCancelled: false });
      return answer("CREDITED");
    }
    if (known.isCancelled) {
      if (this.#bug === "credits after it cancelled") known.points = points;
      return answer("REFUSED");
    }
    if (this.#bug === "credits again when it is asked again") known.points += points;
    return answer("CREDITED");
  }

  /** Rule S2, or a bug. */
  #cancel(transfer: string): object {
    const known = this.#book.get(transfer) ?? { wallet: "", points: 0, isCancelled: false };
    known.isCancelled = true;
    if (this.#bug !== "takes nothing back") known.points = 0;
    this.#book.set(transfer, known);
    return { transfer, answer: "CANCELLED" };
  }
}
