import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { readGenesis, readJson, readKeyFile } from "../../../client/files.ts";
import {
  createNetwork,
  genesisFileOf,
  keyFileOf,
  nodeDirectory,
  nodeFileOf,
} from "../../../client/network/create-network.ts";
import { localNetworkConfig } from "../../../client/network/local-network.ts";
import {
  type NetworkConfig,
  type NodeEntry,
  networkConfigSchema,
  networkJsonSchema,
} from "../../../client/network/network-config.ts";
import type { LedgerFault } from "../../../ledger/faults.ts";
import { genesisText } from "../../../ledger/genesis.ts";
import { signerOfSeed } from "../../../ledger/native/ed25519-signer.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

const FOLDER = "network-config";

describe("network create", () => {
  const newDirectory = temporaryDirectories();
  const config = readJson(join(FOLDER, "local-3", "network.json"), networkConfigSchema);

  it("writes a canonical genesis in which every key file is named", () => {
    const directory = newDirectory();
    const { genesis } = createNetwork(config, directory, 1_700_000_000_000);
    assert.deepEqual(readGenesis(genesisFileOf(directory)), genesis);
    assert.equal(readFileSync(genesisFileOf(directory), "utf8"), genesisText(genesis));
    for (const { organisation, roles, publicKey } of genesis.keys) {
      const signer = readKeyFile(keyFileOf(directory, organisation, roles[0] ?? ""));
      assert.deepEqual(signer.publicKey, publicKey);
    }
    for (const { number, publicKey } of genesis.members) {
      const signer = readKeyFile(join(nodeDirectory(directory, number), "node.key"));
      assert.deepEqual(signer.publicKey, publicKey);
    }
  });

  it("keeps keys for their owner alone and points each node to its own", () => {
    const directory = newDirectory();
    const { files } = createNetwork(config, directory, 0);
    const keys = files.filter((file) => file.endsWith(".key"));
    assert.equal(keys.length, 17);
    for (const file of keys) assert.equal(statSync(file).mode & 0o777, 0o600);
    const node2 = JSON.parse(readFileSync(nodeFileOf(directory, 2), "utf8"));
    assert.deepEqual(
      [node2.nodeNumber, node2.apiPort, node2.peerListen, node2.keyFile, node2.genesisFile],
      [2, 8102, "/ip4/127.0.0.1/tcp/7102", "node.key", "../../genesis.json"],
    );
  });

  it("overwrites nothing", () => {
    const directory = newDirectory();
    createNetwork(config, directory, 0);
    const before = readFileSync(genesisFileOf(directory), "utf8");
    assert.throws(() => createNetwork(config, directory, 1), { code: "FILE_EXISTS" });
    assert.equal(readFileSync(genesisFileOf(directory), "utf8"), before);
  });

  it("uses public keys that were made elsewhere and writes no file for them", () => {
    const directory = newDirectory();
    const { publicKey } = signerOfSeed(new Uint8Array(32).fill(7));
    const nodes = config.nodes.map((node, i) => (i === 0 ? { ...node, publicKey } : node));
    const { genesis } = createNetwork({ ...config, nodes }, directory, 0);
    assert.deepEqual(genesis.members[0]?.publicKey, publicKey);
    assert.equal(existsSync(join(nodeDirectory(directory, 1), "node.key")), false);
  });

  const contradictions: { id: string; change: Partial<NetworkConfig> }[] = [
    { id: "a node's organisation is missing", change: { organisations: [] } },
    {
      id: "a number is used twice",
      change: { nodes: config.nodes.map((n) => ({ ...n, number: 1 })) },
    },
    {
      id: "there is no voter",
      change: { nodes: config.nodes.map((n) => ({ ...n, role: "learner" })) },
    },
    {
      id: "one role has two keys to be made",
      change: {
        organisations: config.organisations.map((o) => ({ ...o, keys: [...o.keys, ...o.keys] })),
      },
    },
  ];
  for (const { id, change } of contradictions) {
    it(`leaves no file behind when ${id}`, () => {
      const directory = newDirectory();
      assert.throws(() => createNetwork({ ...config, ...change }, directory, 0), {
        code: "INVALID_FIELD",
      });
      assert.equal(existsSync(join(directory, "nodes")), false);
      assert.equal(existsSync(join(directory, "keys")), false);
    });
  }

  const addressAt = (host: string) => (node: NodeEntry) => ({ address: `${host}${node.number}` });
  const wrong: { id: string; node?: (node: NodeEntry) => Partial<NodeEntry>; path: string }[] = [
    {
      id: "no such IPv4 host",
      node: addressAt("/ip4/300.0.0.1/tcp/710"),
      path: "nodes[0].address",
    },
    {
      id: "no such port",
      node: addressAt("/dns4/node.example/tcp/7000"),
      path: "nodes[0].address",
    },
    { id: "no address", node: () => ({ peerListen: "here" }), path: "nodes[0].peerListen" },
    {
      id: "one address twice",
      node: () => ({ address: "/dns/node.example/tcp/7101" }),
      path: "nodes[1].address",
    },
    { id: "one API twice", node: () => ({ apiPort: 8101 }), path: "nodes[1].apiPort" },
    {
      id: "a key of zeros",
      node: () => ({ publicKey: new Uint8Array(32) }),
      path: "nodes[0].publicKey",
    },
    {
      id: "a key that is no point",
      node: () => ({ publicKey: new Uint8Array(32).fill(2) }),
      path: "nodes[0].publicKey",
    },
  ];
  for (const { id, node = () => ({}), path } of wrong) {
    it(`refuses ${id}`, () => {
      const directory = newDirectory();
      const nodes = config.nodes.map((entry) => ({ ...entry, ...node(entry) }));
      assert.throws(
        () => createNetwork({ ...config, nodes }, directory, 0),
        ({ code, facts: { path: at } }: LedgerFault) => code === "INVALID_FIELD" && at === path,
      );
      assert.equal(existsSync(join(directory, "genesis.json")), false);
    });
  }

  it("takes nodes of several machines that use one port", () => {
    const hosts = ["/ip4/192.0.2.1", "/ip6/2001:db8::2", "/dns6/node-3.example"];
    const nodes = config.nodes.map((node, i) => ({
      ...node,
      address: `${hosts[i]}/tcp/7101`,
      peerListen: "/ip4/0.0.0.0/tcp/7101",
      apiPort: 8101,
    }));
    const { genesis } = createNetwork({ ...config, nodes }, newDirectory(), 0);
    assert.equal(genesis.members.length, 3);
  });

  for (const id of ["131165", "toshima"]) {
    it(`refuses ${id} as the code of a municipality`, () => {
      const [first, ...others] = config.organisations;
      assert.ok(first);
      const changed = { ...config, organisations: [{ ...first, id }, ...others] };
      assert.throws(() => createNetwork(changed, newDirectory(), 0), {
        code: "INVALID_FIELD",
        facts: {
          path: "organisations[0].id",
          problem: "must be a six-digit municipality code with its check digit",
        },
      });
    });
  }

  it("refuses a network that nobody governs", () => {
    const organisations = config.organisations.map((organisation) => ({
      ...organisation,
      keys: organisation.keys.filter(({ role }) => role !== "governor"),
    }));
    assert.throws(
      () => createNetwork({ ...config, organisations }, newDirectory(), 0),
      ({ code, facts: { path } }: LedgerFault) =>
        code === "INVALID_FIELD" && path === "organisations",
    );
  });

  it("refuses zeros as the key of an officer", () => {
    const keys = [{ role: "clerk" as const, publicKey: new Uint8Array(32) }];
    const organisations = config.organisations.map((entry) => ({ ...entry, keys }));
    assert.throws(
      () => createNetwork({ ...config, organisations }, newDirectory(), 0),
      ({ facts: { path } }: LedgerFault) => path === "organisations[0].keys[0].publicKey",
    );
  });

  it("is described by the schema file that editors use", () => {
    const text = readFileSync(join(FOLDER, "network.schema.json"), "utf8");
    assert.deepEqual(JSON.parse(text), networkJsonSchema);
  });

  it("makes local networks of any size out of local-3", () => {
    const { nodes, name } = localNetworkConfig(5);
    assert.equal(name, "local-5");
    assert.deepEqual(
      nodes.map(({ number, organisation, apiPort }) => [number, organisation, apiPort]),
      [
        [1, "131164", 8101],
        [2, "072028", 8102],
        [3, "sample-card", 8103],
        [4, "131164", 8104],
        [5, "072028", 8105],
      ],
    );
    assert.deepEqual({ ...localNetworkConfig(3) }, config);
  });
});
