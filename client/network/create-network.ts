/**
 * Makes a network out of its description: keys, genesis, one configuration per node.
 *
 *     DIR/genesis.json                     for everybody
 *     DIR/nodes/<number>/node.json         for that node alone, with node.key beside it
 *     DIR/keys/<organisation>/<role>.key   for that officer or service alone
 *
 * Everything is made and checked in memory before the first file is written.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { assertAnchors } from "../../contracts/residents/card-certificate.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, genesisText, parseGenesis } from "../../ledger/genesis.ts";
import { newSeed, signerOfSeed } from "../../ledger/native/ed25519-signer.ts";
import { ClientError } from "../client-fault.ts";
import { keyFileText, writeNewFile } from "../files.ts";
import { checkDescription } from "./check-description.ts";
import type { NetworkConfig } from "./network-config.ts";
import { writeNodeFile } from "./node-file.ts";

/** What was made. */
export interface CreatedNetwork {
  readonly genesis: Genesis;
  /** Every file written, in order. */
  readonly files: readonly string[];
}

/**
 * Writes a new network into `directory`.
 * @param clock no description can ask for a rehearsal: whoever makes one says so himself.
 * @throws ClientError `FILE_EXISTS` when there is one; LedgerFault `INVALID_FIELD` when the
 *   description contradicts itself (a number used twice, an unknown organisation, no voter) or as
 *   `checkDescription`.
 */
export function createNetwork(
  config: NetworkConfig,
  directory: string,
  createdAtMs: number,
  clock: Genesis["clock"] = "world",
): CreatedNetwork {
  const genesisFile = genesisFileOf(directory);
  if (existsSync(genesisFile)) throw new ClientError("FILE_EXISTS", { file: genesisFile });
  checkDescription(config);
  const secrets = new SecretFiles();
  const nodes = config.nodes.toSorted((a, b) => a.number - b.number);
  const genesis: Genesis = {
    version: 1,
    name: config.name,
    createdAtMs,
    members: nodes.map(({ number, organisation, address, role, publicKey }) => {
      const file = join(nodeDirectory(directory, number), "node.key");
      return { number, publicKey: publicKey ?? secrets.add(file), organisation, address, role };
    }),
    organisations: config.organisations.map(({ keys: _, ...organisation }) => organisation),
    keys: config.organisations.flatMap(({ id, keys }) =>
      keys.map(({ role, publicKey }) => ({
        organisation: id,
        publicKey: publicKey ?? secrets.add(keyFileOf(directory, id, role)),
        roles: [role],
      })),
    ),
    cardAnchors: config.cardAnchors,
    clock,
  };
  const text = genesisText(genesis);
  const checked = parseGenesis(text);
  assertAnchors(checked.cardAnchors);
  for (const [file, content] of secrets.files) writeNewFile(file, content, "secret");
  const nodeFiles = nodes.map((node) => {
    const file = nodeFileOf(directory, node.number);
    const { number: nodeNumber, peerListen, apiHost, apiPort } = node;
    const place = { genesisFile: "../../genesis.json", keyFile: "node.key" };
    writeNodeFile(file, { ...place, nodeNumber, peerListen, apiHost, apiPort });
    return file;
  });
  writeNewFile(genesisFile, text);
  return { genesis: checked, files: [...secrets.files.keys(), ...nodeFiles, genesisFile] };
}

/** The genesis of a network's folder. */
export function genesisFileOf(directory: string): string {
  return join(directory, "genesis.json");
}

/** Folder of one node. */
export function nodeDirectory(directory: string, number: number): string {
  return join(directory, "nodes", String(number));
}

/** Configuration file of one node. */
export function nodeFileOf(directory: string, number: number): string {
  return join(nodeDirectory(directory, number), "node.json");
}

/** Key file of an officer or service. */
export function keyFileOf(directory: string, organisation: string, role: string): string {
  return join(directory, "keys", organisation, `${role}.key`);
}

/** New keys, held until all of the network is known to be right. */
class SecretFiles {
  readonly files = new Map<string, string>();

  /** Makes a key for that file, returns its public key. */
  add(file: string): Uint8Array {
    if (this.files.has(file)) {
      throw new LedgerFault("INVALID_FIELD", { path: "keys", problem: `${file} is named twice` });
    }
    const seed = newSeed();
    this.files.set(file, keyFileText(seed));
    return signerOfSeed(seed).publicKey;
  }
}
