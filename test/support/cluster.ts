/**
 * Three real nodes in this process: libp2p on loopback, LevelDB in a temporary directory, HTTP. Nothing is
 * simulated, so nothing here depends on time but the deadlines after which a test gives up.
 *
 *     const cluster = await Cluster.create(world);
 *     await cluster.start(1, 2, 3);
 *     const { json } = await cluster.submit(2, cluster.pay(650));
 *     await cluster.close();
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { civilDateAt, fiscalYearOf } from "../../contracts/fields/dates.ts";
import { decode, encode } from "../../ledger/encoding.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { type RunningNode, startNode } from "../../node/compose.ts";
import type { NodeConfig } from "../../node/config.ts";
import type { LogFacts, NodeLog } from "../../node/logger.ts";
import type { OwnKey } from "../../node/own-key.ts";
import type { SnapshotPolicy } from "../../node/snapshot/policy.ts";
import { StorageError } from "../../node/storage/record.ts";
import { nodeSeed } from "./chain-builder.ts";
import { type Bodies, type LedgerWorld, type Overrides, seedOf } from "./ledger-world.ts";

/** After this long, ms, a condition that does not come true fails the test. */
const GIVE_UP_MS = 30_000;
const POLL_MS = 20;

/** The fields of all answers that tests look at. */
export interface AnswerJson {
  readonly id?: string;
  readonly status?: string;
  readonly result?: string;
  /** Of a problem. */
  readonly code?: string;
  readonly height?: number;
  readonly index?: number;
  readonly balancePt?: number;
  readonly leader?: number | null;
  readonly term?: number;
  readonly lastHeight?: number;
  readonly certifiedHeight?: number;
  readonly appliedHeight?: number;
  readonly blockHash?: string;
  readonly stateRoot?: string;
  readonly pendingTransactions?: number;
  readonly snapshots?: { readonly offeredHeight: number; readonly wholeFrom: number };
  readonly culprits?: readonly number[];
  readonly quorum?: { readonly missing: readonly number[] };
  readonly role?: string;
  readonly inForce?: readonly { readonly publicKey: string }[];
  readonly members?: readonly { readonly number: number; readonly role: string }[];
  readonly membershipWait?: { readonly reason: string; readonly members: readonly number[] } | null;
}

/** What a node answered. */
export interface Answer {
  readonly status: number;
  readonly json: AnswerJson;
}

/** One line of a node's log. */
export interface LogLine {
  readonly node: number;
  readonly level: string;
  readonly code: string;
  readonly facts: LogFacts;
}

/** Nodes that a cluster has addresses for. */
const NODES_MAX = 10;

/** The members of a network, each running or not. */
export class Cluster {
  readonly world: LedgerWorld;
  /** Begins when the cluster is made, with addresses that were free then. */
  readonly genesis: Genesis;
  readonly networkId: Hash;
  /** Why nodes failed: empty in every test that passes. */
  readonly failures: unknown[] = [];
  /** What nodes that start from now on do about snapshots. */
  snapshots: SnapshotPolicy | null = null;
  /** Warnings and errors of all nodes. */
  readonly lines: LogLine[] = [];
  readonly #directory: string = mkdtempSync(join(tmpdir(), "mykey-ledger-cluster-"));
  readonly #nodes = new Map<number, RunningNode>();
  readonly #restarts: Promise<void>[] = [];

  readonly #ports: readonly number[];
  /** Seeds of nodes that have another key than the tests give them at first. */
  readonly #seeds = new Map<number, readonly Uint8Array[]>();

  private constructor(world: LedgerWorld, ports: readonly number[]) {
    this.world = world;
    this.#ports = ports;
    this.genesis = {
      ...world.genesis,
      createdAtMs: Date.now() - 1000,
      members: world.genesis.members.map((member) => ({
        ...member,
        address: this.addressOf(member.number),
      })),
    };
    this.networkId = networkIdOf(this.genesis);
  }

  /** A network of which no node runs yet. */
  static async create(world: LedgerWorld): Promise<Cluster> {
    return new Cluster(world, await freePorts(NODES_MAX));
  }

  /** Where a node listens, whether it is a member already or not. */
  addressOf(number: number): string {
    return `/ip4/127.0.0.1/tcp/${this.#ports[number - 1]}`;
  }

  /** Gives a node other keys than the tests give it at first. It takes them when it is started. */
  setSeeds(number: number, ...seeds: readonly Uint8Array[]): void {
    this.#seeds.set(number, seeds);
  }

  /** Starts nodes, in new directories or in those that they left. */
  async start(...numbers: readonly number[]): Promise<void> {
    await Promise.all(numbers.map((number) => this.#start(number, "in force")));
  }

  async #start(number: number, key: OwnKey): Promise<void> {
    const onFailure = (error: unknown) => this.#failed(number, error);
    const restart = async (other: OwnKey) => {
      await this.stop(number);
      await this.#start(number, other);
    };
    const onOtherKey = (other: OwnKey) => restart(other).catch(onFailure);
    const nodeEvents = { onFailure, onOtherKey };
    const node = await startNode(this.config(number), this.#log(number), nodeEvents, key);
    this.#nodes.set(number, node);
  }

  /** Stops nodes. */
  async stop(...numbers: readonly number[]): Promise<void> {
    await Promise.all(
      numbers.map(async (number) => {
        const node = this.#nodes.get(number);
        this.#nodes.delete(number);
        await node?.stop();
      }),
    );
  }

  /** Stops a node and starts it again. */
  async restart(number: number): Promise<void> {
    await this.stop(number);
    await this.start(number);
  }

  /** Stops everything, and fails when a node had failed. */
  async close(): Promise<void> {
    await Promise.all(this.#restarts);
    await this.stop(...this.running);
    rmSync(this.#directory, { recursive: true, force: true });
    assert.deepEqual(this.failures, []);
  }

  /** Numbers of the running nodes. */
  get running(): number[] {
    return [...this.#nodes.keys()].sort((a, b) => a - b);
  }

  /** A node's configuration. */
  config(number: number): NodeConfig {
    return {
      genesisFile: "",
      keyFile: "",
      nodeNumber: number,
      genesis: this.genesis,
      seeds: this.#seeds.get(number) ?? [nodeSeed(number)],
      nextKeyFile: null,
      contacts: [],
      dataDirectory: join(this.#directory, `node-${number}`),
      peerListen: this.addressOf(number),
      apiHost: "127.0.0.1",
      apiPort: 0,
      apiRequestsPerSecondMax: 1_000_000,
      tickIntervalMs: 30,
      electionTicks: 10,
      heartbeatTicks: 1,
      logLevel: "silent",
      snapshots: this.snapshots,
    };
  }

  /** Address of something at a node. */
  url(number: number, path: string): string {
    const node = this.#nodes.get(number);
    if (node === undefined) throw new Error(`node ${number} does not run`);
    return node.apiUrl + path;
  }

  /** The JSON at a path of a node. */
  async get(number: number, path: string): Promise<Answer> {
    return answerOf(await fetch(this.url(number, path)));
  }

  /** Submits a transaction and waits until it is decided. */
  async submit(number: number, transaction: Uint8Array, waitMs = GIVE_UP_MS): Promise<Answer> {
    const response = await fetch(this.url(number, `/v1/transactions?waitMs=${waitMs}`), {
      method: "POST",
      headers: { "content-type": "application/cbor" },
      body: Buffer.from(transaction),
    });
    return answerOf(response);
  }

  /** Repeats until `probe` gives something. @throws Error when it does not in half a minute. */
  async until<T>(what: string, probe: () => Promise<T | null>): Promise<T> {
    const deadlineMs = performance.now() + GIVE_UP_MS;
    while (performance.now() < deadlineMs) {
      const found = await probe();
      if (found !== null) return found;
      assert.deepEqual(this.failures, []);
      await delay(POLL_MS);
    }
    const statuses = JSON.stringify(await this.#statuses());
    const lines = JSON.stringify(this.lines.slice(-9));
    throw new Error(`${what} did not come true; nodes: ${statuses}; last lines: ${lines}`);
  }

  /** Number of the leader on whom all running nodes agree. */
  leader(): Promise<number> {
    return this.until("a leader", async () => {
      const [first, ...others] = (await this.#statuses()).map(({ leader }) => leader ?? 0);
      const isOne = others.every((other) => other === first);
      return first !== undefined && isOne && this.running.includes(first) ? first : null;
    });
  }

  /** The status on which all running nodes agree, of at least that height; nothing is pending. */
  settled(heightMin = 0): Promise<AnswerJson> {
    return this.until(`agreement at height ${heightMin}`, async () => {
      const [first, ...others] = await this.#statuses();
      if (first === undefined || (first.appliedHeight ?? 0) < heightMin) return null;
      const areOne = others.every((other) => other.appliedHeight === first.appliedHeight);
      const isRest = [first, ...others].every((one) => one.pendingTransactions === 0);
      if (!areOne || !isRest || first.lastHeight !== first.appliedHeight) return null;
      for (const other of others) {
        assert.equal(other.blockHash, first.blockHash);
        assert.equal(other.stateRoot, first.stateRoot);
      }
      return first;
    });
  }

  /** Everything up to a wallet with 1,000 points, in order, created now. */
  setUp(): Uint8Array[] {
    const now = { fiscalYear: fiscalYearOf(civilDateAt(Date.now())), statusAsOfMs: Date.now() };
    return this.world.setUpTypes.map((type) => {
      const bodies = this.world.samples[type];
      if (bodies === undefined) throw new Error(`no sample of ${type}`);
      return this.transaction(type, {
        public: withKnown(bodies.public, now),
        private: bodies.private && withKnown(bodies.private, now),
      });
    });
  }

  /** Submits the set-up and demands that all of it is committed. */
  async setUpThrough(number: number): Promise<void> {
    for (const transaction of this.setUp()) {
      const { json } = await this.submit(number, transaction);
      assert.equal(json.result, "OK", JSON.stringify(json));
    }
  }

  /** A signed transaction of this network, created now unless said otherwise. */
  transaction(type: string, bodies: Bodies, overrides: Overrides = {}): Uint8Array {
    const now = { networkId: this.networkId, createdAtMs: Date.now() };
    return this.world.transaction(type, bodies, { ...now, ...overrides });
  }

  /** A payment at the sample terminal, created now. */
  pay(amountPt: number, overrides: Overrides = {}): Uint8Array {
    return this.world.pay(amountPt, {
      networkId: this.networkId,
      createdAtMs: Date.now(),
      ...overrides,
    });
  }

  /** Points in the sample wallet, as a node sees it. */
  async balancePt(number: number): Promise<number | undefined> {
    const handle = Buffer.from(seedOf("wallet handle")).toString("hex");
    return (await this.get(number, `/v1/wallets/${handle}`)).json.balancePt;
  }

  /** A node that has found old damage ends; whoever supervises it starts it again. */
  #failed(number: number, error: unknown): void {
    if (error instanceof StorageError && error.code === "RECORD_DAMAGED") {
      this.#restarts.push(this.stop(number).then(() => this.start(number)));
    } else {
      this.failures.push(error);
    }
  }

  #statuses(): Promise<AnswerJson[]> {
    return Promise.all(
      this.running.map(async (number) => (await this.get(number, "/v1/status")).json),
    );
  }

  #log(node: number): NodeLog {
    const line =
      (level: string) =>
      (code: string, facts: LogFacts = {}) => {
        this.lines.push({ node, level, code, facts });
      };
    const ignore = () => undefined;
    return { debug: ignore, info: ignore, warn: line("warn"), error: line("error") };
  }
}

/** The public and private part of one transaction under the signatures of another. */
export function withSignaturesOf(changed: Uint8Array, signed: Uint8Array): Uint8Array {
  const partsOf = (bytes: Uint8Array) =>
    decode(bytes, TRANSACTION_SIZE_BYTES_MAX) as readonly Uint8Array[];
  const [publicPart = null, privatePart = null] = partsOf(changed);
  const [, , auth = null] = partsOf(signed);
  return encode([publicPart, privatePart, auth]);
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, json: (await response.json()) as AnswerJson };
}

/** Ports that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The fields, with those values that they have a place for. */
function withKnown(fields: Bodies["public"], values: Bodies["public"]): Bodies["public"] {
  const known = Object.entries(values).filter(([name]) => name in fields);
  return { ...fields, ...Object.fromEntries(known) };
}
