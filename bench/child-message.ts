/** What a forked process says. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** The next message. @throws Error when the process ends instead. */
export async function messageOf(child: ChildProcess): Promise<unknown> {
  const abort = new AbortController();
  const { signal } = abort;
  const ended = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`a process ended: ${child.spawnargs.at(1)}, exit code ${code}`);
  });
  try {
    const [message] = await Promise.race([once(child, "message", { signal }), ended]);
    return message;
  } finally {
    ended.catch(() => undefined);
    abort.abort();
  }
}
