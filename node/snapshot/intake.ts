/**
 * The snapshot that this node takes: fetched when the leader says that its log no longer reaches back far enough, put in
 * the place of log and state when it is whole, checked and on the disk.
 */
import type { HardState } from "../../consensus/storage.ts";
import { encodeCertificate } from "../../ledger/block.ts";
import type { SignatureContext } from "../../ledger/certificate.ts";
import type { Certifier } from "../chain/certifier.ts";
import type { KnownMemberships } from "../chain/elections.ts";
import type { LedgerChain } from "../chain/ledger-chain.ts";
import type { Tail } from "../driver/tail.ts";
import type { NodeLog } from "../logger.ts";
import type { BlockLog } from "../storage/block-log.ts";
import { KEYS, stateRange } from "../storage/buckets.ts";
import { clearRange, type Database } from "../storage/database.ts";
import { StorageError } from "../storage/record.ts";
import type { StateStore } from "../storage/state-store.ts";
import type { SnapshotAnswer } from "../wire.ts";
import { Arrival } from "./arrival.ts";
import { Asker, type AskerParts } from "./asker.ts";
import { type Arrived, fetchSnapshot } from "./transfer.ts";

/** What taking works with. */
export interface IntakeParts extends Omit<AskerParts, "log"> {
  readonly database: Database;
  readonly blocks: BlockLog;
  readonly store: StateStore;
  readonly chain: LedgerChain;
  readonly tail: Tail;
  readonly certifier: Certifier;
  readonly memberships: KnownMemberships;
  readonly self: number;
  readonly signatures: SignatureContext;
  readonly log: NodeLog;
  readonly onFailure: (error: unknown) => void;
}

/** How far a transfer is. */
export interface TransferProgress {
  readonly height: number;
  readonly chunks: number;
  readonly chunksTotal: number;
}

/** Takes snapshots of other members. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #asker: Asker;
  /** Fetching, or clearing up: one at a time. */
  #work: Promise<void> | null = null;
  #arrived: Arrived | null = null;
  /** What this node goes on from, until it is on the disk: state and log from before it must not be touched yet. */
  #used: Arrived | null = null;
  #progress: TransferProgress | null = null;
  #isStopped = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#asker = new Asker(parts);
  }

  /** Resolves when nothing is being fetched or cleared up. */
  async rest(): Promise<void> {
    await this.#work;
  }

  /** The transfer under way, or what waits to be used; null when there is none. */
  get progress(): TransferProgress | null {
    return this.#progress;
  }

  /** What may be used now; null when nothing has arrived, or the log has come further meanwhile. */
  get arrived(): Arrived | null {
    const height = this.#arrived?.tip.height ?? 0;
    return height > this.#parts.chain.applied.tip.height ? this.#arrived : null;
  }

  /** A leader says that this node needs a snapshot. @returns the one that may be used now; null while it is fetched. */
  offered(from: number): Arrived | null {
    if (this.arrived !== null) return this.arrived;
    this.#arrived = null;
    if (this.#work !== null || this.#used !== null || this.#isStopped) return null;
    this.#asker.prefer(from);
    this.#start(this.#fetch());
    return null;
  }

  /** Takes an answer of another member. */
  answered(from: number, answer: SnapshotAnswer): void {
    this.#asker.answered(from, answer);
  }

  /** One tick of the consensus clock. */
  tick(): void {
    this.#asker.tick();
  }

  /**
   * The consensus core has put the snapshot in the place of its log: what is executed from now on goes on from it.
   * @throws Error when another than the one that arrived is meant.
   */
  use(height: number): void {
    const { blocks, chain, store, tail, certifier } = this.#parts;
    const arrived = this.#arrived;
    if (arrived?.tip.height !== height) throw new Error(`no snapshot of ${height} has arrived`);
    this.#arrived = null;
    this.#used = arrived;
    blocks.stored.replaceAbove(chain.applied.tip.height);
    store.changePlace();
    chain.restore(arrived);
    tail.restart();
    certifier.adopt(arrived.manifest.certificate, tail.blockAt);
  }

  /** Makes it last: before this, a crash leaves what was there before; after it, the snapshot. */
  async settle(hardState: HardState | null): Promise<void> {
    const { blocks, store, database, log } = this.#parts;
    const used = this.#used;
    if (used === null) throw new Error("no snapshot is used");
    const { tip, manifest, bareHeight } = used;
    await blocks.restore({
      bareHeight,
      end: { term: tip.term, height: tip.height },
      hardState,
      certificate: encodeCertificate(manifest.certificate),
      putState: (batch) => store.putPlace(batch, tip),
    });
    this.#used = null;
    this.#progress = null;
    log.info("SNAPSHOT_TAKEN", { height: tip.height, chunks: manifest.chunks.length });
    this.#start(clearRange(database, ...stateRange(store.otherPlace)));
  }

  /** Lets go of what is under way; it goes on after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#asker.stop();
    await this.#work;
  }

  #start(work: Promise<void>): void {
    this.#work = work
      .catch((error) => this.#parts.onFailure(error))
      .finally(() => {
        this.#work = null;
      });
  }

  async #fetch(): Promise<void> {
    const { chain, log } = this.#parts;
    const from = chain.applied.tip;
    try {
      this.#arrived = await fetchSnapshot({
        ...this.#parts,
        asker: this.#asker,
        from,
        onProgress: ({ header: { height }, chunks }, count) => {
          this.#progress = { height, chunks: count, chunksTotal: chunks.length };
        },
      });
    } catch (error) {
      const isDamaged = error instanceof StorageError && error.code === "RECORD_DAMAGED";
      if (!isDamaged) throw error;
      log.warn("SNAPSHOT_DAMAGED", { reason: error.message });
      await this.#forget(from.height);
    }
  }

  /** What has arrived is damaged: none of it is used. */
  async #forget(height: number): Promise<void> {
    const { database, store } = this.#parts;
    await Arrival.forget(database, store);
    await clearRange(database, KEYS.settled(height + 1), KEYS.settledEnd);
  }
}
