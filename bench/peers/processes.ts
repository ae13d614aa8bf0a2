/** Programs of other systems: found, given ports, started, ended. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const TRY_EVERY_MS = 100;

/** Whom a program runs as; PostgreSQL refuses to run as root. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** That user where this process may become him, else nobody else. */
export function runAs(user: string): RunAs {
  if (process.getuid?.() !== 0) return {};
  const idOf = (option: string) => {
    const { status, stdout } = spawnSync("id", [option, user], { encoding: "utf8" });
    if (status !== 0) throw new Error(`there is no user ${user}`);
    return Number(stdout);
  };
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/** Makes a folder that is that user's. The folders above are made passable. */
export function folderOf(parent: string, name: string, { uid, gid }: RunAs): string {
  const folder = `${parent}/${name}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (uid === undefined || gid === undefined) return folder;
  chmodSync(parent, 0o711);
  chownSync(folder, uid, gid);
  return folder;
}

/** A program that stays up; what it says is thrown away. */
export function start(program: string, args: readonly string[], user: RunAs = {}): ChildProcess {
  return spawn(program, args, { stdio: "ignore", cwd: "/", ...user });
}

/** Runs a program to its end. @throws Error with what it said when it fails. */
export function run(program: string, args: readonly string[], user: RunAs = {}): void {
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    cwd: "/",
    ...user,
  });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr}`);
}

/** Ends a program. @param signal with which it ends well. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

/** Process id of a started program. */
export function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error(`not started: ${child.spawnfile}`);
  return child.pid;
}

/** Tries until it works. @throws the last error when the time is up. */
export async function eventually<T>(timeoutMs: number, attempt: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await delay(TRY_EVERY_MS);
    }
  }
}

/** Ports of the loopback address that nobody uses now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    ports.push(address.port);
  }
  for (const server of servers) server.close();
  return ports;
}
