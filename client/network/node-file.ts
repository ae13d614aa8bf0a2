/** node.json as an operator's commands write and change it. What a node accepts is node/config.ts's to say. */
import { renameSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { nodeNumber } from "../../ledger/membership.ts";
import { type JsonValue, nullable, record, text } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { readJsonObject, writeNewFile } from "../files.ts";

/** What is particular to a node. Paths are relative to the file. */
export interface NodeFile {
  readonly genesisFile: string;
  readonly nodeNumber: number;
  readonly keyFile: string;
  readonly peerListen: string;
  readonly apiHost: string;
  readonly apiPort: number;
  /** Whom a node asks that the genesis does not name. */
  readonly contacts?: readonly {
    readonly number: number;
    /** Hexadecimal. */
    readonly publicKey: string;
    readonly address: string;
  }[];
}

/** Ticks of 100 ms: an election after about 1 s without a leader, a heartbeat every 100 ms. */
const DEFAULTS = {
  dataDirectory: "data",
  tickIntervalMs: 100,
  electionTicks: 10,
  heartbeatTicks: 1,
  logLevel: "info",
} as const;

/** Writes the file of a new node. @throws ClientError `FILE_EXISTS`, `FILE_UNWRITABLE`. */
export function writeNodeFile(file: string, node: NodeFile): void {
  writeNewFile(file, jsonText({ ...node, ...DEFAULTS }));
}

/** The fields of a node's file that say which keys it has. */
const keyFields = record({
  nodeNumber,
  keyFile: text(1024),
  nextKeyFile: nullable(text(1024)),
});

/** A node's file that is about to be changed. */
export class NodeFileEditor {
  readonly #file: string;
  readonly #json: { readonly [field: string]: JsonValue };

  /** @throws ClientError `FILE_UNREADABLE`, `FILE_MALFORMED`. */
  constructor(file: string) {
    this.#file = file;
    this.#json = readJsonObject(file);
  }

  /** Which node it is, and its keys. @throws LedgerFault `INVALID_FIELD`. */
  get keys() {
    const { nodeNumber: number, keyFile, nextKeyFile } = this.#json;
    const fields = { nodeNumber: number, keyFile, nextKeyFile: nextKeyFile ?? null };
    return keyFields.fromJson(fields as JsonValue);
  }

  /** Where a file is that the node's file names. */
  pathOf(name: string): string {
    return resolve(dirname(this.#file), name);
  }

  /** Writes the file with other keys: whole, or not at all. @throws ClientError `FILE_UNWRITABLE`. */
  setKeys(keyFile: string, nextKeyFile: string): void {
    const whole = `${this.#file}.new`;
    try {
      writeFileSync(whole, jsonText({ ...this.#json, keyFile, nextKeyFile }));
      renameSync(whole, this.#file);
    } catch (error) {
      const problem = String(error);
      throw new ClientError("FILE_UNWRITABLE", { file: this.#file, problem, cause: error });
    }
  }
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
