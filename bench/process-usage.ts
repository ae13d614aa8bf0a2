/** What processes have used, as the Linux kernel counts it (proc(5)). */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;
const BLOCK_SIZE_BYTES = 512;

/** CPU time since the start of the process, user and system, s. */
export interface CpuTime {
  /** All threads, ended ones included. */
  readonly totalS: number;
  /** The thread of the event loop. */
  readonly mainS: number;
  /** The other threads that live, by thread number. */
  readonly threadsS: ReadonlyMap<string, number>;
}

/** CPU time of a process. @throws Error when it is gone. */
export function cpuTimeOf(pid: number): CpuTime {
  const threads = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    threads.set(thread, cpuSecondsOf(readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8")));
  }
  const mainS = threads.get(String(pid)) ?? 0;
  threads.delete(String(pid));
  const totalS = cpuSecondsOf(readFileSync(`/proc/${pid}/stat`, "utf8"));
  return { totalS, mainS, threadsS: threads };
}

/** `utime` + `stime` of a stat line, s. The name in parentheses may hold anything: count behind it. */
export function cpuSecondsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  if (!Number.isInteger(user + system)) throw new Error(`not a stat line: ${stat}`);
  return (user + system) / TICKS_PER_S;
}

/** A process and those that it started, by number. */
export function treeOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
}

/** CPU time of all processes of the machine since it was started, s. */
export function machineCpuS(): number {
  const [, user, nice, system, , , irq, softIrq] = readFileSync("/proc/stat", "utf8").split(/\s+/);
  const ticks = [user, nice, system, irq, softIrq].reduce((sum, text) => sum + Number(text), 0);
  return ticks / TICKS_PER_S;
}

/** Resident memory of a process, MiB. */
export function residentMiBOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 1024;
}

/** Disk space that a folder takes, bytes, as du(1) counts it. Files that vanish meanwhile count nothing. */
export function diskBytesOf(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(directory, name), { throwIfNoEntry: false }))
    .reduce((sum, found) => sum + (found?.blocks ?? 0) * BLOCK_SIZE_BYTES, 0);
}
