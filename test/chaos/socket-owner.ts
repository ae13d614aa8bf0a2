/** Whose socket it is: Linux tells in /proc, without the help of the process. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Columns of /proc/net/tcp (proc_pid_net(5)): addresses are `hex IP:hex port`. */
const LOCAL_ADDRESS = 1;
const REMOTE_ADDRESS = 2;
const INODE = 9;

/**
 * The process that has the near end of a TCP connection over IPv4 loopback.
 * @param ports of the near and of the far end. @param pids whom to look at.
 * @returns undefined when none of them has it, or no longer.
 */
export function socketOwner(
  ports: { readonly near: number; readonly far: number },
  pids: readonly number[],
): number | undefined {
  const inode = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(
      (columns) =>
        portOf(columns[LOCAL_ADDRESS]) === ports.near &&
        portOf(columns[REMOTE_ADDRESS]) === ports.far,
    )
    ?.at(INODE);
  return inode === undefined ? undefined : pids.find((pid) => hasSocket(pid, inode));
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(":")[1] ?? "", 16);
}

function hasSocket(pid: number, inode: string): boolean {
  return targetsOf(pid).includes(`socket:[${inode}]`);
}

/** What the descriptors of a process point to. One that is just closed, or a process that is gone, has none. */
function targetsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((descriptor) => readlinkOrNothing(`${folder}/${descriptor}`));
  } catch {
    return [];
  }
}

function readlinkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
