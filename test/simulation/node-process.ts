/**
 * One process of a node: the real parts, put together as node/compose.ts does, over simulated clock, disk and network.
 * No API and no worker threads: clients call the door directly, signatures are checked on the spot.
 */
import { toHex } from "../../ledger/bytes.ts";
import type { CertificateContext } from "../../ledger/certificate.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { signaturesOf, type Transaction } from "../../ledger/transaction.ts";
import { Admission } from "../../node/admission.ts";
import type { ChainLink } from "../../node/chain/ledger-chain.ts";
import { composeDriver, type DriverSetup } from "../../node/driver/compose-driver.ts";
import type { Driver } from "../../node/driver/driver.ts";
import { Forwarder } from "../../node/forwarder.ts";
import { Ledger } from "../../node/ledger-reader.ts";
import type { NodeLog } from "../../node/logger.ts";
import { type Decision, decisionOf, Mempool } from "../../node/mempool.ts";
import { type OpenedChain, openChain } from "../../node/open-chain.ts";
import { Peers } from "../../node/peers.ts";
import type { SnapshotPolicy } from "../../node/snapshot/policy.ts";
import type { Database } from "../../node/storage/database.ts";
import type { Frame } from "../../node/wire.ts";
import { SimulatedTransport } from "./simulated-network.ts";

/** What a process is started with. */
export interface NodeProcessParts {
  readonly self: number;
  readonly signer: Signer;
  readonly genesis: Genesis;
  readonly context: CertificateContext;
  readonly timing: DriverSetup["timing"];
  readonly limits: NonNullable<DriverSetup["limits"]>;
  readonly snapshots: SnapshotPolicy | null;
  readonly jitterSeed: number;
  readonly database: Database;
  readonly log: NodeLog;
  readonly nowMs: () => number;
  /** Lets something happen to this process after a time. */
  readonly after: (delayMs: number, happen: () => void) => void;
  readonly send: (to: string, message: Uint8Array) => void;
  readonly onFailure: (error: unknown) => void;
  /** Told of what the node found damaged and repairs. */
  readonly onRepair: (code: string) => void;
}

/** A running node. */
export class NodeProcess {
  readonly opened: OpenedChain;
  readonly driver: Driver;
  readonly ledger: Ledger;
  readonly #transport: SimulatedTransport;
  readonly #mempool = new Mempool();
  readonly #forwarder: Forwarder;
  readonly #admission: Admission;

  private constructor(parts: NodeProcessParts, opened: OpenedChain) {
    const { self, log, after, nowMs, context, genesis } = parts;
    const { networkId, membership } = context;
    const mempool = this.#mempool;
    this.opened = opened;
    this.ledger = new Ledger(opened);
    this.#transport = new SimulatedTransport(toHex(parts.signer.publicKey), parts.send);
    const peers = new Peers(this.#transport, self, membership, log);
    const send = (to: number, frame: Frame) => peers.send(to, frame);
    this.driver = composeDriver({
      ...parts,
      genesisTimeMs: genesis.createdAtMs,
      opened,
      mempool,
      send,
      onApplied: (link) => announce(link, mempool),
    });
    const leader = () => this.driver.status.lead;
    this.#forwarder = new Forwarder({
      self,
      mempool,
      leader,
      send,
      defer: (work) => after(0, work),
    });
    this.#admission = new Admission({
      networkId,
      chain: opened.chain,
      ledger: this.ledger,
      mempool,
      verifier: { verify: (transactions) => verifySoon(parts, transactions) },
      nowMs,
      after: (delayMs, work) => {
        let isCalledOff = false;
        after(delayMs, () => {
          if (!isCalledOff) work();
        });
        return () => {
          isCalledOff = true;
        };
      },
      onAdmitted: ({ source }) => {
        this.#forwarder.admitted(source.bytes);
        this.driver.produce();
      },
    });
    peers.onFrame((from, frame) => this.#receive(from, frame));
    log.info("NODE_READY", {
      applied: opened.chain.applied.tip.height,
      members: genesis.members.length,
    });
  }

  /** Opens the directory and puts the node together. */
  static async start(parts: NodeProcessParts): Promise<NodeProcess> {
    const { database, genesis, context, self, signer, nowMs } = parts;
    const opened = await openChain({
      database,
      genesis,
      context,
      self: { number: self, signer },
      verifyTransactions: (checked) =>
        verifySoon(
          parts,
          checked.map(({ source }) => source),
        ),
      nowMs,
      notice: parts.onRepair,
    });
    return new NodeProcess(parts, opened);
  }

  /** One tick of the node's clock. */
  tick(): void {
    this.driver.tick();
    this.#forwarder.tick();
  }

  /** A message of another member arrives. */
  receive(from: string, message: Uint8Array): Promise<void> {
    return this.#transport.receive(from, message);
  }

  /**
   * A client's transaction, as `POST /v1/transactions`: the decision on it, null when the time runs out first.
   * @throws LedgerFault when the door refuses it.
   */
  async submit(transaction: Uint8Array, waitMs: number): Promise<Decision | null> {
    return this.#admission.wait(await this.#admission.admit(transaction), waitMs);
  }

  async #receive(from: number, frame: Frame): Promise<void> {
    if (frame.kind === "consensus") return this.driver.receive(from, frame);
    if (frame.kind !== "transactions") return this.driver.receivePiece(from, frame);
    await Promise.all(frame.transactions.map((transaction) => this.#admit(transaction)));
  }

  async #admit(transaction: Uint8Array): Promise<void> {
    try {
      await this.#admission.admit(transaction);
    } catch (error) {
      if (!(error instanceof LedgerFault)) throw error;
    }
  }
}

/** The check takes a moment, as on worker threads: other things happen meanwhile. */
function verifySoon(
  { after, context }: NodeProcessParts,
  transactions: readonly Transaction[],
): Promise<boolean[]> {
  return new Promise((resolve) => {
    after(0, () =>
      resolve(
        transactions.map(
          (transaction) =>
            transaction.auth.length > 0 && signaturesOf(transaction).every(context.verify),
        ),
      ),
    );
  });
}

/** As compose.ts: whoever waits for a transaction of the block is told. */
function announce({ block, transactions, tip }: ChainLink, mempool: Mempool): void {
  if (block === null) return;
  transactions.forEach(({ source }, index) => {
    const decision = decisionOf(block.results[index] ?? "", tip.height, index);
    mempool.decided(source.id, source.leaf, decision);
  });
  mempool.expire(tip.timestampMs);
}
