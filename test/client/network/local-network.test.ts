import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, it } from "mocha";
import type { ClientError } from "../../../client/client-fault.ts";
import { readGenesis } from "../../../client/files.ts";
import { genesisFileOf } from "../../../client/network/create-network.ts";
import {
  ensureLocalNetwork,
  LocalNetwork,
  localNetworkConfig,
} from "../../../client/network/local-network.ts";
import { withFreePorts } from "../../../client/network/ports.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

/** True while a process with that id is there. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(50);
}

describe("a local network", function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();

  it("reports a node that dies with its last log lines, and stops the others", async () => {
    const directory = newDirectory();
    await ensureLocalNetwork(directory, 3);
    const reports: [number, ClientError][] = [];
    const network = await LocalNetwork.open(directory, (...report) => reports.push(report));
    const pids = network.nodes.map(({ process: { pid = 0 } }) => pid);
    process.kill(pids[1] ?? 0, "SIGKILL");
    await until(() => reports.length > 0);
    await network.stop();
    const told = reports.map(([number, { code, facts }]) => {
      const { how, log } = facts;
      return [number, code, how, String(log).includes("NODE_READY")];
    });
    assert.deepEqual(told, [[2, "NODE_EXITED", "signal SIGKILL", true]]);
    assert.deepEqual(pids.map(isAlive), [false, false, false]);
  });

  it("fails to open when a node cannot start", async () => {
    const directory = newDirectory();
    await ensureLocalNetwork(directory, 1);
    const { members } = readGenesis(genesisFileOf(directory));
    const port = Number(members[0]?.address.split("/").at(-1));
    const squatter = createServer().listen(port, "127.0.0.1");
    try {
      await assert.rejects(
        LocalNetwork.open(directory, () => undefined),
        { code: "NODE_EXITED" },
      );
    } finally {
      squatter.close();
    }
  });

  it("does not outlive the process that opened it, however that ends", async () => {
    const args = ["client/mykey-ledger.mjs", "network", "up", "--json", "--dir"];
    const parent = spawn(process.execPath, [...args, join(newDirectory(), "network")]);
    let said = "";
    parent.stdout.on("data", (piece) => {
      said += piece;
    });
    await until(() => said.includes("\n"));
    const { nodes } = JSON.parse(said) as { nodes: { pid: number; url: string }[] };
    assert.deepEqual(
      nodes.map(({ pid }) => isAlive(pid)),
      [true, true, true],
    );
    parent.kill("SIGKILL");
    await until(() => nodes.every(({ pid }) => !isAlive(pid)));
  });

  it("is opened again with as many nodes as it has, and with no other number", async () => {
    const directory = newDirectory();
    await ensureLocalNetwork(directory, 2);
    assert.deepEqual(await ensureLocalNetwork(directory), []);
    assert.deepEqual(await ensureLocalNetwork(directory, 2), []);
    await assert.rejects(ensureLocalNetwork(directory, 3), {
      code: "OTHER_SIZE",
      facts: { directory, nodes: 2, wanted: 3 },
    });
  });

  it("names the nodes whose ports were busy", async () => {
    const busy = createServer();
    // Whether we or somebody else holds the port is all the same.
    await new Promise<void>((resolve) => {
      busy.once("listening", resolve).once("error", () => resolve());
      busy.listen(8101, "127.0.0.1");
    });
    try {
      const moved = await ensureLocalNetwork(newDirectory(), 1);
      assert.deepEqual(moved, [1]);
    } finally {
      busy.close();
    }
  });

  it("moves to free ports when its own are busy", async () => {
    const config = localNetworkConfig(2);
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
    const address = busy.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const nodes = config.nodes.map((node) => ({ ...node, apiPort: port }));
      const moved = await withFreePorts({ ...config, nodes });
      const ports = moved.nodes.flatMap(({ apiPort, peerListen }) => [
        apiPort,
        Number(peerListen.split("/").at(-1)),
      ]);
      assert.equal(new Set(ports).size, 4);
      assert.ok(!ports.includes(port));
    } finally {
      busy.close();
    }
  });
});
