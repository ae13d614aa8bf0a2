/**
 * The READMEs are true: every command that they show is run, in order, as it stands, but in a folder of its own and
 * on the ports that the network got.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import { readText } from "../support/files.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The lines of all shell blocks of a page, comments left out. */
function commandsOf(page: string): string[] {
  return [...readText(page).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block ?? "")
      .split("\n")
      .map((line) => line.replace(/\s+#.*$/, "").trim())
      .filter((line) => line !== ""),
  );
}

/** Commands that stay up are started and left running; all others must end with exit code 0. */
const STAYS_UP = /network up/;

for (const page of ["README.md", "README.ja.md"]) {
  describe(`the commands of ${page}`, function () {
    this.timeout(180_000);
    const directory = makeTemporaryDirectory();
    const running: ChildProcess[] = [];
    const ports = new Map<string, string>();
    const commands = commandsOf(page);

    /** `local/` becomes a folder of this test, ports those of this test's network. */
    const adapted = (command: string) =>
      command
        .replaceAll(/(?<= )local\//g, `${directory.path}/`)
        .replaceAll(/http:\/\/127\.0\.0\.1:(\d+)/g, (url) => ports.get(url) ?? url);

    before(() => assert.ok(commands.length >= 7, "the page shows commands"));

    after(async () => {
      await Promise.all(
        running.map(async (child) => {
          const exited = once(child, "exit");
          child.kill("SIGINT");
          await exited;
        }),
      );
      directory.remove();
    });

    for (const command of commands) {
      it(command, async () => {
        if (command === "npm start") return runToEnd("npm start -- --once --json");
        if (STAYS_UP.test(command)) return openNetwork(adapted(command));
        return runToEnd(adapted(command));
      });
    }

    /** Starts the network and learns where its nodes answer: 8101 in the page is node 1, and so on. */
    async function openNetwork(command: string): Promise<void> {
      const child = spawn(`exec ${command.replace("npx mykey-ledger", CLI)} --json`, {
        cwd: ROOT,
        shell: true,
        stdio: ["ignore", "pipe", "inherit"],
      });
      running.push(child);
      const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
      const { nodes } = JSON.parse(line) as { nodes: { url: string }[] };
      nodes.forEach(({ url }, i) => {
        ports.set(`http://127.0.0.1:${8101 + i}`, url);
      });
    }
  });
}

/** `npx` starts the same file; asked for directly, a signal reaches it. */
const CLI = "node client/mykey-ledger.mjs";

/** Runs a command of the page in the checkout. */
async function runToEnd(command: string): Promise<void> {
  const child = spawn(command, { cwd: ROOT, shell: true, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece) => {
      said += piece;
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  assert.equal(code, 0, `${command}\n${said}`);
}
