/** A disk of a node's own that can be full: a tmpfs that shrinks to what is on it. Needs the right to mount. */
import { spawnSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";

/** More than any run writes. */
const ROOMY = "size=1g";

/** A node that writes meanwhile has more on it than was counted: then it is counted again. */
const FILL_TRIES = 20;

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

  /** From now on there is no room. @throws Error of mount(8). */
  fill(): void {
    for (let tries = 1; ; tries += 1) {
      const { blocks, bfree, bsize } = statfsSync(this.#directory);
      const { status, stderr } = this.#resize(`size=${(blocks - bfree) * bsize}`);
      if (status === 0) return;
      if (tries === FILL_TRIES) throw new Error(`mount: ${stderr}`);
    }
  }

  /** There is room again. @throws Error of mount(8). */
  empty(): void {
    const { status, stderr } = this.#resize(ROOMY);
    if (status !== 0) throw new Error(`mount: ${stderr}`);
  }

  /** Everything on it is gone. */
  unmount(): void {
    // Lazily: a process that has just been killed may hold it for a moment.
    spawnSync("umount", ["--lazy", this.#directory]);
  }

  #resize(size: string) {
    return mount("-o", `remount,${size}`, this.#directory);
  }
}

function mount(...args: readonly string[]) {
  return spawnSync("mount", args, { encoding: "utf8" });
}
