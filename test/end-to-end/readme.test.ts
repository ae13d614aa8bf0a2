/**
 * The READMEs are true: every command that they show is run, in order, as it stands, but in a folder of its own and
 * on the ports that the network got.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { commandsOf, runToEnd, StayingCommands } from "../support/page-commands.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

/** Commands that stay up are started and left running; all others must end with exit code 0. */
const STAYS_UP = /network up/;

for (const page of ["README.md", "README.ja.md"]) {
  describe(`the commands of ${page}`, function () {
    this.timeout(180_000);
    const directory = makeTemporaryDirectory();
    const running = new StayingCommands();
    const ports = new Map<string, string>();
    const commands = commandsOf(page);

    /** `local/` becomes a folder of this test, ports those of this test's network. */
    const adapted = (command: string) =>
      command
        .replaceAll(/(?<= )local\//g, `${directory.path}/`)
        .replaceAll(/http:\/\/127\.0\.0\.1:(\d+)/g, (url) => ports.get(url) ?? url);

    before(() => assert.ok(commands.length >= 7, "the page shows commands"));

    after(async () => {
      await running.stop();
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
      const { nodes } = JSON.parse(await running.start(command)) as { nodes: { url: string }[] };
      nodes.forEach(({ url }, i) => {
        ports.set(`http://127.0.0.1:${8101 + i}`, url);
      });
    }
  });
}
