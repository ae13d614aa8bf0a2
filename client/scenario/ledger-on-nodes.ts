/**
 * The ledger of a rehearsal's nodes, and beside it the same ledger in memory: what the nodes' majority certified is
 * executed here too, and result and root of the state must be the same after every transaction. What a scenario reads
 * is read here, from a state whose root the nodes have proven.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { StateKey } from "../../contracts/state/key-space.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Hash } from "../../ledger/hash.ts";
import { ClientError } from "../client-fault.ts";
import type { LocalNetwork } from "../network/local-network.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { type Decision, submitTransaction } from "../sdk/submit.ts";
import { Replica } from "./replica.ts";
import { BLOCK_EVERY_MS, type ScenarioLedger } from "./scenario-ledger.ts";

/** How long a node may take to apply what is decided, ms; and how often it is asked. */
const APPLIED_TIMEOUT_MS = 10_000;
const ASK_EVERY_MS = 50;
/** How often a node that does not answer is told the time. */
const MOVE_TRIES = 6;

/** A rehearsal's ledger. */
export class LedgerOnNodes implements ScenarioLedger {
  readonly networkId: Hash;
  readonly #network: LocalNetwork;
  readonly #nodes: readonly LedgerClient[];
  readonly #replica: Replica;
  #nowMs: number;
  #height = 0;

  constructor(network: LocalNetwork) {
    this.#network = network;
    this.#nodes = network.nodes.map(({ client }) => client);
    this.#replica = new Replica(network.genesis);
    this.networkId = this.#replica.networkId;
    this.#nowMs = network.genesis.createdAtMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** The nodes hear of it with the next transaction: nothing happens on them in between. */
  moveTo(momentMs: number): boolean {
    if (momentMs < this.#nowMs) return false;
    this.#nowMs = momentMs;
    return true;
  }

  async submit(transactionBytes: Uint8Array): Promise<string> {
    this.#nowMs += BLOCK_EVERY_MS;
    await Promise.all(this.#nodes.map((node) => moveClock(node, this.#nowMs)));
    const { genesis } = this.#network;
    const context = { nodes: this.#nodes, genesis };
    const decision = await faultOr(() => submitTransaction(transactionBytes, context));
    if (decision instanceof LedgerFault) return this.#turnedAway(transactionBytes, decision);
    return this.#decided(transactionBytes, decision);
  }

  async read<T>(key: StateKey<T>): Promise<T | null> {
    return this.#replica.read(key);
  }

  /** Once every node has that same state. @throws ClientError `NODES_DIFFER`. */
  async records() {
    await Promise.all(this.#nodes.map((node) => this.#demandSame(node)));
    return this.#replica.records();
  }

  /** A block may hold what the nodes' door does not take: it is refused for the same reason. */
  async #turnedAway(transactionBytes: Uint8Array, fault: LedgerFault): Promise<string> {
    const place = { height: this.#height + 1, timestampMs: this.#nowMs };
    const here = await faultOr(async () => this.#replica.judge(transactionBytes, place).result);
    demandEqual("result", here instanceof LedgerFault ? here.code : here, fault.code);
    throw fault;
  }

  #decided(transactionBytes: Uint8Array, decision: Decision): string {
    const { height, timestampMs, result, stateRoot } = decision;
    demandEqual("block time", this.#nowMs, timestampMs);
    const judged = this.#replica.judge(transactionBytes, { height, timestampMs });
    demandEqual("result", judged.result, result);
    this.#replica.commit(judged);
    demandEqual("state root", toHex(this.#replica.root), toHex(stateRoot));
    this.#height = height;
    return result;
  }

  async #demandSame(node: LedgerClient): Promise<void> {
    const deadlineMs = performance.now() + APPLIED_TIMEOUT_MS;
    let status = await node.status();
    while (status.appliedHeight < this.#height && performance.now() < deadlineMs) {
      await delay(ASK_EVERY_MS);
      status = await node.status();
    }
    demandEqual(node.url, toHex(this.#replica.root), toHex(status.stateRoot));
  }
}

/** A machine that is busy may answer late; to move a clock to the same moment again is harmless. */
async function moveClock(node: LedgerClient, nowMs: number, tries = MOVE_TRIES): Promise<void> {
  try {
    await node.moveClock(nowMs);
  } catch (error) {
    const isSilent = error instanceof ClientError && error.code === "NODE_UNREACHABLE";
    if (!isSilent || tries <= 1) throw error;
    await moveClock(node, nowMs, tries - 1);
  }
}

function demandEqual(what: string, here: string | number, nodes: string | number): void {
  if (here !== nodes) throw new ClientError("NODES_DIFFER", { what, here, nodes });
}

async function faultOr<T>(work: () => Promise<T>): Promise<T | LedgerFault> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LedgerFault) return error;
    throw error;
  }
}
