/**
 * docs/operations.md is true: every command is run, in order, as it stands, but in a folder of its own and on ports
 * that are free. Node 2 is killed and its disk destroyed before it is replaced.
 */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { FreePorts } from "../chaos/free-ports.ts";
import { commandsOf, runToEnd, StayingCommands } from "../support/page-commands.ts";
import { makeTemporaryDirectory } from "../support/temporary-directory.ts";

const PAGE = "docs/operations.md";
/** Ports in the page of nodes that join, of both kinds. */
const JOINING = ["7104", "8104", "7105", "8105"];

describe(`the commands of ${PAGE}`, function () {
  this.timeout(240_000);
  const directory = makeTemporaryDirectory();
  const running = new StayingCommands();
  const ports = new Map<string, string>();
  const pids: number[] = [];
  const commands = commandsOf(PAGE);

  before(async () => {
    assert.ok(commands.length >= 20, "the page shows commands");
    const free = await new FreePorts().take(JOINING.length);
    for (const [i, port] of JOINING.entries()) ports.set(port, String(free[i]));
  });

  after(async () => {
    await running.stop();
    directory.remove();
  });

  it("are those of the Japanese page", () => {
    assert.deepEqual(commandsOf("docs/operations.ja.md"), commands);
  });

  const adapted = (command: string) =>
    command
      .replaceAll(/(?<= )local\//g, `${directory.path}/`)
      .replaceAll(/\b[78]10\d\b/g, (port) => ports.get(port) ?? port);

  for (const command of commands) {
    it(command, async () => {
      if (command.includes("--replaces 2")) loseNode(2);
      if (command.includes("network up")) return openNetwork(adapted(command));
      if (!command.includes("node start")) return runToEnd(adapted(command));
      await running.start(adapted(command));
    });
  }

  /** Starts the network and learns where its nodes answer: 8101 in the page is node 1, and so on. */
  async function openNetwork(command: string): Promise<void> {
    const { nodes } = JSON.parse(await running.start(command)) as {
      nodes: { number: number; pid: number; url: string }[];
    };
    for (const { number, pid, url } of nodes) {
      ports.set(String(8100 + number), new URL(url).port);
      pids[number] = pid;
    }
  }

  function loseNode(number: number): void {
    const pid = pids[number];
    assert.ok(pid !== undefined);
    process.kill(pid, "SIGKILL");
    const disk = join(directory.path, "town", "nodes", String(number), "data");
    rmSync(disk, { recursive: true, force: true });
  }
});
