/** A disk of a node's own that can be full: a tmpfs that shrinks to what is on it. Needs the right to mount. */
import { spawnSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";

/** More than any run writes. */
const ROOMY = "size=1g";

/** One mounted directory. */
export class SmallDisk {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Mounts one; null where this is not allowed. */
  static mount(directory: string): SmallDisk | null {
    mkdirSync(directory, { recursive: true });
    const { status } = mount("-t", "tmpfs", "-o", ROOMY, "tmpfs", directory);
    return status === 0 ? new SmallDisk(directory) : null;
  }

  /** From now on there is no room. */
  fill(): void {
    const { blocks, bfree, bsize } = statfsSync(this.#directory);
    this.#resize(`size=${(blocks - bfree) * bsize}`);
  }

  /** There is room again. */
  empty(): void {
    this.#resize(ROOMY);
  }

  /** Everything on it is gone. */
  unmount(): void {
    // Lazily: a process that has just been killed may hold it for a moment.
    spawnSync("umount", ["--lazy", this.#directory]);
  }

  #resize(size: string): void {
    const { status, stderr } = mount("-o", `remount,${size}`, this.#directory);
    if (status !== 0) throw new Error(`mount: ${stderr}`);
  }
}

function mount(...args: readonly string[]) {
  return spawnSync("mount", args, { encoding: "utf8" });
}
