import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { genesisFileOf, keyFileOf } from "../../client/network/create-network.ts";
import { LocalNetwork } from "../../client/network/local-network.ts";
import { MemberLedger } from "../../client/partner/member-ledger.ts";
import { createRehearsal, officersOf } from "../../client/scenario/run-on-nodes.ts";
import { COMPANY, Exchange, POINTS_PER_UNIT, townScenario } from "../partner-faults/exchange.ts";
import { FollowedLedger } from "../support/followed-ledger.ts";
import { PROGRAM, type Running, runCommand, startProgram } from "../support/run-command.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const EARNED_UNITS = 10_000;
const UNITS = 200;
const ASK_EVERY_MS = 100;
/** A company has 72 hours. */
const TOO_LATE_HOURS = 73;

/** What the company's system does with a question. */
type Behaviour = (debit: () => Promise<object>) => Promise<object | "error">;

/** A company's system in this process; the desk before it is a process that can be killed. */
class Company {
  readonly #desk: () => readonly string[];
  readonly #server: Server;
  #members: MemberLedger;
  #running: Running | null = null;
  behaviour: Behaviour = (debit) => debit();

  private constructor(server: Server, members: MemberLedger, desk: () => readonly string[]) {
    this.#server = server;
    this.#members = members;
    this.#desk = desk;
  }

  static async open(file: string, deskOf: (url: string) => readonly string[]): Promise<Company> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const company = new Company(server, new MemberLedger(file), () => deskOf(url));
    server.on("request", (request, response) => {
      let body = "";
      request.on("data", (piece) => {
        body += piece;
      });
      const conversion = request.url?.split("/").at(-1) ?? "";
      request.on("end", () => void company.#answer(conversion, body, response));
    });
    return company;
  }

  get members(): MemberLedger {
    return this.#members;
  }

  /** Starts the desk. */
  start(): void {
    this.#running = startProgram(process.execPath, [PROGRAM, ...this.#desk()]);
  }

  /** Ends the desk at once, in the middle of whatever it does, and starts it again. */
  async killAndStart(): Promise<void> {
    this.#running?.process.kill("SIGKILL");
    await this.#running?.done;
    this.start();
  }

  async stop(): Promise<void> {
    this.#running?.process.kill("SIGKILL");
    await this.#running?.done;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(conversion: string, body: string, response: ServerResponse): Promise<void> {
    const said =
      body === "" ? await this.#release(conversion) : await this.#debit(conversion, body);
    response.statusCode = said === "error" ? 503 : 200;
    response.end(JSON.stringify(said));
  }

  async #release(conversion: string): Promise<object> {
    // Whose it was, the desk need not say: what was taken stands in the member ledger.
    await this.#members.release({ conversion, wallet: this.#walletOf(conversion), units: 0 });
    return { conversion, answer: "RELEASED" };
  }

  readonly #asked = new Map<string, string>();
  #walletOf(conversion: string): string {
    return this.#asked.get(conversion) ?? "00".repeat(32);
  }

  #debit(conversion: string, body: string): Promise<object | "error"> {
    const { wallet, units } = JSON.parse(body) as { wallet: string; units: number };
    this.#asked.set(conversion, wallet);
    return this.behaviour(async () => {
      const answer = await this.#members.debit({ conversion, wallet, units });
      return { conversion, units, answer };
    });
  }
}

describe("a partner's desk that is killed, with a company's system that errs", function () {
  this.timeout(180_000);
  const directory = makeTemporaryDirectory();
  let network: LocalNetwork;
  let ledger: FollowedLedger;
  let exchange: Exchange;
  let company: Company;

  before(async () => {
    const scenario = townScenario();
    const folder = join(directory.path, "network");
    await createRehearsal(scenario, folder);
    network = await LocalNetwork.open(folder, (_, error) => {
      throw error;
    });
    ledger = new FollowedLedger(network);
    exchange = await Exchange.open({ scenario, ledger, officers: officersOf(folder) });
    const nodes = network.nodes.flatMap(({ client }) => ["--node", client.url]);
    company = await Company.open(join(directory.path, "members.jsonl"), (url) => [
      ...["partner", "run", "--dir", join(directory.path, "desk"), "--partner", COMPANY, ...nodes],
      ...["--genesis", genesisFileOf(folder), "--system", url],
      ...["--partner-key", keyFileOf(folder, COMPANY, "partner")],
      ...["--clerk-key", keyFileOf(folder, COMPANY, "clerk")],
    ]);
    for (const wallet of await exchange.wallets()) company.members.credit(wallet, EARNED_UNITS);
    company.start();
  });

  after(async () => {
    await company?.stop();
    await network?.stop();
    directory.remove();
  });

  /** Asks for a conversion. @returns its number. */
  async function request(): Promise<string> {
    assert.equal(await exchange.request(0, UNITS), "OK");
    return exchange.asked.at(-1)?.conversion ?? "";
  }

  /** Waits until the ledger has that word on a conversion and the company has taken so many units for it. */
  async function becomes(conversion: string, status: string, units: number): Promise<void> {
    const isSo = async () =>
      (await exchange.statusOf(conversion)) === status &&
      company.members.debitedFor(conversion) === units;
    while (!(await isSo())) await delay(ASK_EVERY_MS);
  }

  const healed: Behaviour = (debit) => debit();
  const answerLost: Behaviour = async (debit) => {
    await debit();
    return "error";
  };
  const silent = () => new Promise<never>(() => undefined);
  const tooLate = async () => {
    exchange.wait(TOO_LATE_HOURS);
    await ledger.tell();
  };

  it("confirms what it debited", async () => {
    await becomes(await request(), "CONFIRMED", UNITS);
  });

  it("killed before the debit: debits and confirms once", async () => {
    let wasAsked: () => void = () => undefined;
    const question = new Promise<void>((resolve) => {
      wasAsked = resolve;
    });
    company.behaviour = () => {
      wasAsked();
      return silent();
    };
    const conversion = await request();
    await question;
    company.behaviour = healed;
    await company.killAndStart();
    await becomes(conversion, "CONFIRMED", UNITS);
  });

  it("killed after the debit, before its answer: debits and confirms once", async () => {
    let wasDebited: () => void = () => undefined;
    const debited = new Promise<void>((resolve) => {
      wasDebited = resolve;
    });
    company.behaviour = async (debit) => {
      await debit();
      wasDebited();
      return silent();
    };
    const conversion = await request();
    await debited;
    company.behaviour = healed;
    await company.killAndStart();
    await becomes(conversion, "CONFIRMED", UNITS);
  });

  it("a debit that is made twice, garbage and another amount: confirms once, when it is answered", async () => {
    let n = 0;
    company.behaviour = async (debit) => {
      n += 1;
      const said = await debit();
      await debit();
      if (n === 1) return { units: "all" };
      if (n === 2) return { ...said, units: UNITS + 1 };
      return said;
    };
    const conversion = await request();
    await becomes(conversion, "CONFIRMED", UNITS);
    assert.ok(n >= 3, `asked ${n} times`);
  });

  it("an answer after 72 hours: the ledger refuses it, and the units go back", async () => {
    company.behaviour = answerLost;
    const conversion = await request();
    await becomes(conversion, "REQUESTED", UNITS);
    await tooLate();
    company.behaviour = healed;
    await becomes(conversion, "REJECTED", 0);
  });

  it("no answer ever: the town ends it, and whatever was taken goes back", async () => {
    company.behaviour = answerLost;
    const conversion = await request();
    await becomes(conversion, "REQUESTED", UNITS);
    await tooLate();
    await exchange.rejectLate();
    assert.equal(await exchange.statusOf(conversion), "REJECTED");
    await becomes(conversion, "REJECTED", 0);
  });

  it("in the end units and points are whole", async () => {
    const wallets = await exchange.wallets();
    const statuses = await Promise.all(
      exchange.asked.map(({ conversion }) => exchange.statusOf(conversion)),
    );
    const confirmed = statuses.filter((status) => status === "CONFIRMED").length;
    assert.deepEqual([confirmed, statuses.length], [4, 6]);
    const left = wallets.map((wallet) => company.members.unitsOf(wallet));
    assert.deepEqual(left, [EARNED_UNITS - confirmed * UNITS, EARNED_UNITS, EARNED_UNITS]);
    const reserves = await Promise.all(wallets.map((wallet) => exchange.reservePt(wallet)));
    assert.deepEqual(reserves, [confirmed * UNITS * POINTS_PER_UNIT, 0, 0]);
    const { pendingYen, convertedYen } = (await exchange.partner()) ?? {};
    assert.deepEqual([pendingYen, convertedYen], [0, confirmed * UNITS * POINTS_PER_UNIT]);
  });

  it("its report, from a running node, says the same", async () => {
    const nodes = network.nodes.flatMap(({ client }) => ["--node", client.url]);
    const report = ["partner", "report", "--partner", COMPANY, "--out", "report", ...nodes];
    const { code, stdout } = await runCommand([...report, "--json"], directory.path);
    assert.deepEqual([code, JSON.parse(stdout).ok], [0, true], stdout);
    const text = readFileSync(join(directory.path, "report/report.json"), "utf8");
    const { "partner-months": months, "partner-conversions": all } = JSON.parse(text);
    const sum = (column: string) =>
      months.reduce(
        (total: number, month: Record<string, number>) => total + (month[column] ?? 0),
        0,
      );
    assert.deepEqual([sum("confirmed"), sum("rejected"), sum("requested")], [4, 2, 0]);
    assert.equal(sum("confirmedPt"), 4 * UNITS * POINTS_PER_UNIT);
    const known = new Set(exchange.asked.map(({ conversion }) => conversion));
    assert.deepEqual(
      new Set(all.map(({ conversion }: { readonly conversion: string }) => conversion)),
      known,
    );
    for (const wallet of await exchange.wallets()) assert.ok(!text.includes(wallet));
  });
});
