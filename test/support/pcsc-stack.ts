/**
 * Debian's pcscd with vsmartcard's virtual reader, for one test: in a network and mount namespace of its own,
 * so that it neither meets the host's pcscd nor can be reached from outside. Clients find it by its socket.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { ReaderState } from "../../client/card/pcsc/card-readers.ts";
import { repositoryRoot } from "./files.ts";
import { type CommandRun, PROGRAM, type Running, startProgram } from "./run-command.ts";
import { makeTemporaryDirectory } from "./temporary-directory.ts";

/** How long something is waited for. */
const PATIENCE_MS = 60_000;
/** How long a card is waited for before it is put down again, and how often it is. */
const PUT_PATIENCE_MS = 12_000;
const PUTS_MAX = 5;

const PCSCD = "/usr/sbin/pcscd";
const VIRTUAL_READER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const WATCH_READERS = join(repositoryRoot, "dist/test/support/watch-readers.js");
const LEAVING_CARD = join(repositoryRoot, "dist/test/support/leaving-card.js");
/** The virtual reader's usual port; it has two slots, at this one and the next. */
const VPCD_PORT = 35_963;

/** Names of the two slots, as pcscd calls them. */
export const SLOTS = ["Virtual PCD 00 00", "Virtual PCD 00 01"] as const;

/** Which slot a card is put on. */
export type Slot = 0 | 1;

/** What this machine lacks for a `PcscStack`; undefined when it has everything. */
export function missingForPcsc(): string | undefined {
  const programs = ["unshare", "nsenter", "ip", "mount", "opensc-tool", "pkcs15-tool", "openssl"];
  const absent = [
    ...[PCSCD, VIRTUAL_READER].filter((file) => !existsSync(file)),
    ...programs.filter((name) => spawnSync("which", [name]).status !== 0),
  ];
  if (absent.length > 0) return `${absent.join(", ")} not installed`;
  const isolated = ["--net", "--mount", "sh", "-ec", "ip link set lo up; mount -t tmpfs none /run"];
  if (spawnSync("unshare", isolated).status !== 0) return "no right to make namespaces";
  return isAddonBuilt() ? undefined : "the addon pcsclite is not built";
}

/** Whether `pcsclite` was compiled and finds its library. */
export function isAddonBuilt(): boolean {
  try {
    createRequire(import.meta.url)("pcsclite");
    return true;
  } catch {
    return false;
  }
}

/** A running pcscd. */
export class PcscStack {
  readonly #directory = makeTemporaryDirectory();
  readonly #clients: Running[] = [];
  readonly #cards: Running[] = [];
  readonly #service: Running;
  #watching: Running | undefined;
  #readers: readonly ReaderState[] = [];

  private constructor() {
    const run = join(this.#directory.path, "run");
    const config = join(this.#directory.path, "config");
    mkdirSync(run);
    mkdirSync(config);
    writeFileSync(join(config, "vpcd"), READER_CONFIG);
    this.#service = startProgram("unshare", [
      ...["--net", "--mount", "--propagation", "private", "sh", "-ec", SCRIPT],
      ...[PCSCD, run, config],
    ]);
  }

  /** Starts the service, resolves when it listens. */
  static async start(): Promise<PcscStack> {
    const stack = new PcscStack();
    const ended = stack.#service.done.then(({ stderr }) => {
      throw new Error(`pcscd ended: ${stderr}`);
    });
    await Promise.race([ended, until(() => existsSync(stack.#socket))]);
    ended.catch(() => undefined);
    stack.#watch();
    return stack;
  }

  get #socket(): string {
    return join(this.#directory.path, "run/pcscd.comm");
  }

  /** Puts the software card of a file on a slot; resolves when pcscd has seen it. */
  async place(file: string, slot: Slot = 0): Promise<void> {
    const vpcd = `127.0.0.1:${VPCD_PORT + slot}`;
    await this.#put([PROGRAM, "card", "emulate", "--card", file, "--vpcd", vpcd], slot);
  }

  /** The same for a card that leaves when it gets a command that begins so (hexadecimal). */
  async placeLeaving(file: string, atCommand: string): Promise<void> {
    await this.#put([LEAVING_CARD, file, String(VPCD_PORT), atCommand], 0);
  }

  async #put(args: readonly string[], slot: Slot): Promise<void> {
    const service = String(this.#service.process.pid);
    const inNamespace = ["--target", service, "--net", process.execPath, ...args];
    // On a busy machine the virtual reader now and then overlooks a card: then it is put down again.
    for (let tries = 1; ; tries += 1) {
      const card = startProgram("nsenter", inNamespace);
      this.#cards.push(card);
      try {
        return await this.#seen(slot, true, PUT_PATIENCE_MS);
      } catch (error) {
        if (tries === PUTS_MAX) throw error;
        card.process.kill("SIGTERM");
        await card.done;
      }
    }
  }

  /** Ends what a test left running, so that nothing holds the next test's card. */
  async endClients(): Promise<void> {
    const clients = this.#clients.splice(0);
    for (const { process: client } of clients) client.kill("SIGKILL");
    await Promise.all(clients.map(({ done }) => done));
  }

  /** Takes all cards off; resolves when pcscd has seen it. */
  async removeCards(): Promise<void> {
    const cards = this.#cards.splice(0);
    for (const card of cards) card.process.kill("SIGTERM");
    await Promise.all(cards.map(({ done }) => done));
    await this.#seen(0, false);
    await this.#seen(1, false);
  }

  /** Resolves when a program has connected to a card, which a service tells only to those who begin to listen. */
  inUse(): Promise<void> {
    return until(async () => (await this.ledger(["card", "readers"])).stdout.includes("in use"));
  }

  /** Resolves when the service knows whether there is a card. */
  #seen(slot: Slot, isThere: boolean, patienceMs = PATIENCE_MS): Promise<void> {
    const holds = ({ name, hasCard }: ReaderState) => name === SLOTS[slot] && hasCard === isThere;
    return until(() => this.#readers.some(holds), patienceMs);
  }

  /**
   * Keeps `#readers` up to date. OpenSC's list would not do: it connects to each reader to find out what that can do, and
   * holds a card just when a test wants it.
   */
  #watch(): void {
    this.#watching = this.#asClient(process.execPath, [WATCH_READERS]);
    createInterface(this.#watching.process.stdout).on("line", (line) => {
      this.#readers = JSON.parse(line);
    });
  }

  /** Runs `mykey-ledger` as a client of this pcscd. */
  ledger(args: readonly string[], input?: string): Promise<CommandRun> {
    return this.run(process.execPath, [PROGRAM, ...args], input);
  }

  /** Runs any program as a client of this pcscd. */
  run(program: string, args: readonly string[], input = ""): Promise<CommandRun> {
    const running = this.start(program, args);
    running.process.stdin.end(input);
    return running.done;
  }

  /** Starts `mykey-ledger`; its input stays open. */
  startLedger(args: readonly string[]): Running {
    return this.start(process.execPath, [PROGRAM, ...args]);
  }

  /** Starts any program; its input stays open. */
  start(program: string, args: readonly string[]): Running {
    const running = this.#asClient(program, args);
    this.#clients.push(running);
    return running;
  }

  #asClient(program: string, args: readonly string[]): Running {
    return startProgram("env", [`PCSCLITE_CSOCK_NAME=${this.#socket}`, program, ...args]);
  }

  /** Ends the service alone, as a crash would. */
  async endService(): Promise<void> {
    this.#service.process.kill("SIGKILL");
    await this.#service.done;
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    const watching = this.#watching === undefined ? [] : [this.#watching];
    const all = [...this.#clients, ...watching, ...this.#cards, this.#service];
    for (const { process: child } of all) child.kill("SIGKILL");
    await Promise.all(all.map(({ done }) => done));
    this.#directory.remove();
  }
}

/** Options that name a slot's reader. */
export function on(slot: Slot): string[] {
  return ["--reader", SLOTS[slot]];
}

/** Asks again until it holds. @throws Error when it does not come to hold. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`it does not come to hold: ${holds}`);
    await delay(50);
  }
}

/** What pcscd reads its readers from; the channel is the port, in hexadecimal. */
const READER_CONFIG = [
  'FRIENDLYNAME "Virtual PCD"',
  `DEVICENAME /dev/null:0x${VPCD_PORT.toString(16)}`,
  `LIBPATH ${VIRTUAL_READER}`,
  `CHANNELID 0x${VPCD_PORT.toString(16)}`,
  "",
].join("\n");

/** pcscd has its socket's path built in: our folder takes the place of /run/pcscd, for it alone. */
const SCRIPT = `ip link set lo up
mount -t tmpfs none /run
mkdir /run/pcscd
mount --bind "$1" /run/pcscd
exec "$0" --foreground --error --config "$2"`;
