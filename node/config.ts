/** The configuration of one node: one JSON file, checked once, here. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fromHex } from "../ledger/bytes.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { type Genesis, parseGenesis } from "../ledger/genesis.ts";
import { MEMBERS_MAX } from "../ledger/limits.ts";
import { nodeNumber } from "../ledger/membership.ts";
import {
  bytes,
  type Infer,
  type JsonValue,
  list,
  nullable,
  oneOf,
  record,
  text,
  uint,
} from "../ledger/schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "../ledger/signature.ts";
import { snapshotPolicySchema } from "./snapshot/policy.ts";

/** The fields of a node's file. Paths are relative to the file. */
export const nodeConfigSchema = record({
  /** The network's genesis, the same file at every member. */
  genesisFile: text(1024),
  /** Which member this node is, by the genesis or by the transaction that admits it. */
  nodeNumber,
  /** 64 hexadecimal digits: the seed of the member's key. Whoever has it can vote as this node. */
  keyFile: text(1024),
  /** The key that a rotation brings, until it is in force and takes the place of `keyFile`; or null. */
  nextKeyFile: nullable(text(1024)),
  /**
   * Members to ask who the members are, for a node that the genesis does not name, or that was away while all whom it
   * knows changed their keys or left; else empty.
   */
  contacts: list(
    record({ number: nodeNumber, publicKey: bytes(ED25519_KEY_SIZE_BYTES), address: text(256) }),
    MEMBERS_MAX,
  ),
  /** Where the chain and the state are kept; made when it is not there. */
  dataDirectory: text(1024),
  /** Multiaddr to listen on for members, such as `/ip4/0.0.0.0/tcp/7101`. */
  peerListen: text(256),
  /** Address of the HTTP API. */
  apiHost: text(256),
  /** Port of the HTTP API; 0 takes any free one. */
  apiPort: uint(65_535),
  /**
   * Requests a second that one client address may make; more are told to wait. Whoever asks from the node's own
   * machine, such as a proxy that counts for itself, is not counted.
   */
  apiRequestsPerSecondMax: uint(1_000_000, 1),
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

/** Fields that a file may leave out. */
const DEFAULTS = {
  nextKeyFile: null,
  contacts: [],
  apiRequestsPerSecondMax: 1000,
  snapshots: null,
};

/** A node's file with every path made absolute, its genesis and its keys read. */
export interface NodeConfig extends Infer<typeof nodeConfigSchema> {
  readonly genesis: Genesis;
  /** Seeds of its keys: one, and the next while it is rotated. */
  readonly seeds: readonly Uint8Array[];
}

/**
 * Reads a node's configuration and the files that it names.
 * @throws LedgerFault `MALFORMED` or `INVALID_FIELD` saying which file and field; `Error` when one cannot be read.
 */
export function loadNodeConfig(file: string): NodeConfig {
  const fields = nodeConfigSchema.fromJson(
    withDefaults(parseJson(file, readFileSync(file, "utf8"))),
  );
  if (fields.heartbeatTicks >= fields.electionTicks) {
    throw new LedgerFault("INVALID_FIELD", {
      path: "heartbeatTicks",
      problem: "must be below electionTicks",
    });
  }
  const at = (path: string) => resolve(dirname(file), path);
  const genesisFile = at(fields.genesisFile);
  const keyFile = at(fields.keyFile);
  const nextKeyFile = fields.nextKeyFile === null ? null : at(fields.nextKeyFile);
  return {
    ...fields,
    genesisFile,
    keyFile,
    nextKeyFile,
    dataDirectory: at(fields.dataDirectory),
    genesis: parseGenesis(readFileSync(genesisFile, "utf8")),
    seeds: [keyFile, nextKeyFile].filter((one) => one !== null).map(readSeed),
  };
}

function withDefaults(json: JsonValue): JsonValue {
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  return isObject ? { ...DEFAULTS, ...json } : json;
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
