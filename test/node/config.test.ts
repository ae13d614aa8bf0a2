import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import { genesisText } from "../../ledger/genesis.ts";
import { loadNodeConfig } from "../../node/config.ts";
import { testGenesis } from "../support/chain-builder.ts";
import { expectFault } from "../support/expect-fault.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";

const SEED = "ab".repeat(32);
const FIELDS = {
  genesisFile: "../genesis.json",
  nodeNumber: 1,
  keyFile: "node.key",
  dataDirectory: "data",
  peerListen: "/ip4/127.0.0.1/tcp/7101",
  apiHost: "127.0.0.1",
  apiPort: 8101,
  tickIntervalMs: 100,
  electionTicks: 10,
  heartbeatTicks: 1,
  logLevel: "info",
  snapshots: null,
};

describe("a node's configuration", () => {
  const newDirectory = temporaryDirectories();
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = newDirectory();
    file = join(directory, "node", "node.json");
    mkdirSync(join(directory, "node"));
    writeFileSync(join(directory, "genesis.json"), genesisText(testGenesis()));
    writeFileSync(join(directory, "node", "node.key"), `${SEED}\n`);
  });

  function load(changes: object = {}) {
    writeFileSync(file, JSON.stringify({ ...FIELDS, ...changes }));
    return loadNodeConfig(file);
  }

  it("is read with its files, whose paths are relative to it", () => {
    const config = load();
    assert.deepEqual(config.genesis, testGenesis());
    assert.deepEqual(config.seeds, [new Uint8Array(32).fill(0xab)]);
    assert.equal(config.genesisFile, join(directory, "genesis.json"));
    assert.equal(config.keyFile, join(directory, "node", "node.key"));
    assert.equal(config.dataDirectory, join(directory, "node", "data"));
    assert.equal(load({ dataDirectory: "/var/lib/ledger" }).dataDirectory, "/var/lib/ledger");
  });

  it("is refused with anything missing, left over or out of range", () => {
    const wrong: object[] = [
      { apiPort: undefined },
      { apiPort: 65_536 },
      { apiPort: "8101" },
      { apiRequestsPerSecondMax: 0 },
      { nodeNumber: 0 },
      { tickIntervalMs: 1 },
      { electionTicks: 1.5 },
      { heartbeatTicks: 10 },
      { heartbeatTicks: 0 },
      { logLevel: "loud" },
      { keyfile: "node.key" },
    ];
    for (const changes of wrong) expectFault("INVALID_FIELD", () => load(changes));
  });

  it("is refused when a file is not what it should be", () => {
    writeFileSync(file, "{");
    expectFault("MALFORMED", () => loadNodeConfig(file));
    writeFileSync(join(directory, "node", "node.key"), SEED.slice(2));
    expectFault("INVALID_FIELD", () => load());
    writeFileSync(join(directory, "node", "node.key"), SEED);
    writeFileSync(join(directory, "genesis.json"), ` ${genesisText(testGenesis())}`);
    expectFault("MALFORMED", () => load());
    assert.throws(() => load({ genesisFile: "nowhere.json" }), { code: "ENOENT" });
  });
});
