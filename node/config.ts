/** The configuration of one node: one JSON file, checked once, here. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fromHex } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { type Genesis, parseGenesis } from "../ledger/genesis.ts";
import { nodeNumber } from "../ledger/membership.ts";
import {
  type Infer,
  type JsonValue,
  nullable,
  oneOf,
  record,
  text,
  uint,
} from "../ledger/schema.ts";
import { snapshotPolicySchema } from "./snapshot/policy.ts";

/** The fields of a node's file. Paths are relative to the file. */
export const nodeConfigSchema = record({
  /** The network's genesis, the same file at every member. */
  genesisFile: text(1024),
  /** Which member of the genesis this node is. */
  nodeNumber,
  /** 64 hexadecimal digits: the seed of the member's key. Whoever has it can vote as this node. */
  keyFile: text(1024),
  /** Where the chain and the state are kept; made when it is not there. */
  dataDirectory: text(1024),
  /** Multiaddr to listen on for members, such as `/ip4/0.0.0.0/tcp/7101`. */
  peerListen: text(256),
  /** Address of the HTTP API. */
  apiHost: text(256),
  /** Port of the HTTP API; 0 takes any free one. */
  apiPort: uint(65_535),
  /** One tick of the consensus clock, ms. Shorter finds a dead leader sooner and disturbs more. */
  tickIntervalMs: uint(10_000, 10),
  /** Ticks without a leader before an election (randomly up to twice as many). */
  electionTicks: uint(1000, 2),
  /** Ticks between a leader's heartbeats; well below `electionTicks`. */
  heartbeatTicks: uint(1000, 1),
  /** How much the log says. */
  logLevel: oneOf(["debug", "info", "warn", "error", "silent"]),
  /** When snapshots are made and which blocks stay whole; null: none, and all. */
  snapshots: nullable(snapshotPolicySchema),
});

/** A node's file with every path made absolute, its genesis and its key read. */
export interface NodeConfig extends Infer<typeof nodeConfigSchema> {
  readonly genesis: Genesis;
  readonly seed: Uint8Array;
}

/**
 * Reads a node's configuration and the files that it names.
 * @throws LedgerFault `MALFORMED` or `INVALID_FIELD` saying which file and field; `Error` when one cannot be read.
 */
export function loadNodeConfig(file: string): NodeConfig {
  const fields = nodeConfigSchema.fromJson(parseJson(file, readFileSync(file, "utf8")));
  if (fields.heartbeatTicks >= fields.electionTicks) {
    throw new LedgerFault("INVALID_FIELD", {
      path: "heartbeatTicks",
      problem: "must be below electionTicks",
    });
  }
  const at = (path: string) => resolve(dirname(file), path);
  const genesisFile = at(fields.genesisFile);
  return {
    ...fields,
    genesisFile,
    keyFile: at(fields.keyFile),
    dataDirectory: at(fields.dataDirectory),
    genesis: parseGenesis(readFileSync(genesisFile, "utf8")),
    seed: readSeed(at(fields.keyFile)),
  };
}

function parseJson(file: string, content: string): JsonValue {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new LedgerFault("MALFORMED", { cause: error, file, problem: "not JSON" });
  }
}

function readSeed(file: string): Uint8Array {
  const hex = readFileSync(file, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new LedgerFault("INVALID_FIELD", { file, problem: "a key has 64 hexadecimal digits" });
  }
  return fromHex(hex);
}
