/**
 * The snapshot that this node offers: made every so many blocks, while blocks go on; when it is there, bodies that are
 * no longer to be kept are dropped.
 */
import type { Block } from "../../ledger/block.ts";
import type { Certificate } from "../../ledger/certificate.ts";
import type { Certifier } from "../chain/certifier.ts";
import type { ChainLink } from "../chain/chain-link.ts";
import { confStateAfter } from "../chain/conf-change.ts";
import type { LedgerChain } from "../chain/ledger-chain.ts";
import type { Tail } from "../driver/tail.ts";
import type { NodeLog } from "../logger.ts";
import type { BlockLog } from "../storage/block-log.ts";
import { KEYS } from "../storage/buckets.ts";
import type { Database } from "../storage/database.ts";
import type { StateStore } from "../storage/state-store.ts";
import type { SnapshotAnswer, SnapshotQuestion } from "../wire.ts";
import { answerTo } from "./answerer.ts";
import { makeSnapshot } from "./make-snapshot.ts";
import { type Manifest, storedManifest } from "./manifest.ts";
import { droppableHeight, type SnapshotPolicy, sendFrom } from "./policy.ts";

/** Nobody fetches a snapshot any more when it was not asked for during so many ticks. */
const IN_USE_TICKS = 50;

/** What offering works with. */
export interface OfferingParts {
  readonly database: Database;
  readonly blocks: BlockLog;
  readonly store: StateStore;
  readonly chain: LedgerChain;
  readonly tail: Tail;
  readonly certifier: Certifier;
  /** Null makes none. */
  readonly policy: SnapshotPolicy | null;
  readonly log: NodeLog;
  /** True when a snapshot is needed now, whatever the policy is. */
  readonly isNeeded: () => boolean;
  /** There is a new snapshot, or the node offers none any more. */
  readonly onMade: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Makes and offers snapshots of one node. */
export class Offering {
  readonly #parts: OfferingParts;
  #offered: Manifest | null;
  #making: Promise<void> | null = null;
  /** The last block that was applied while a snapshot was being made. */
  #missed: ChainLink | null = null;
  #isStopped = false;
  /** Height at which the state was found too large for a snapshot; 0 when it was not. */
  #tooLargeAt = 0;
  #idleTicks = IN_USE_TICKS;

  constructor(parts: OfferingParts) {
    this.#parts = parts;
    const { database, blocks, chain } = parts;
    const stored = storedManifest(database, KEYS.offered);
    // One from before this node took a later one itself leads nobody to where its log begins. One above what is
    // applied, because the state is being rebuilt, would hide blocks that are yet to be applied.
    const isUseful =
      stored !== null &&
      stored.header.height >= blocks.firstIndex() - 1 &&
      stored.header.height <= chain.applied.tip.height;
    this.#offered = isUseful ? stored : null;
    this.#announce();
  }

  /** The snapshot that can be had; null when there is none. */
  get offered(): Manifest | null {
    return this.#offered;
  }

  /** Height of the snapshot that can be had; 0 when there is none. */
  get height(): number {
    return this.#offered?.header.height ?? 0;
  }

  /** A block was applied, and nothing after it, and the core knows: makes a snapshot when one is due. */
  applied(link: ChainLink): void {
    if (this.#making !== null) {
      this.#missed = link;
      return;
    }
    const { block } = link;
    if (block === null || !this.#isDue(block.header.height)) return;
    const certificate = this.#certificateOf(block);
    // Blocks under way may be certified by the certificate of a later one alone: then that one will do.
    if (certificate === null) return;
    this.#making = this.#make(block, certificate)
      .catch((error) => this.#parts.onFailure(error))
      .finally(() => {
        this.#making = null;
        this.#lookAtMissed();
      });
  }

  /** What became due meanwhile does not wait for the next block, which may be long in coming. */
  #lookAtMissed(): void {
    const missed = this.#missed;
    this.#missed = null;
    // If more is being applied, it will be told of that.
    if (missed === this.#parts.chain.applied) this.applied(missed);
  }

  /** Answers another member. */
  answer(question: SnapshotQuestion): SnapshotAnswer {
    this.#idleTicks = 0;
    const { database, blocks } = this.#parts;
    return answerTo({ database, blocks, offered: this.#offered }, question);
  }

  /** One tick of the consensus clock. */
  tick(): void {
    this.#idleTicks += 1;
  }

  /** This node has taken a snapshot itself: what it offered before leads nobody to where its log begins now. */
  withdraw(): void {
    this.#offered = null;
  }

  /** Resolves when nothing is being made or dropped. */
  async rest(): Promise<void> {
    while (this.#making !== null) await this.#making;
  }

  /** Calls off what is being made. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.rest();
  }

  /** One that is being fetched is not replaced, but not for longer than until the next but one is due. */
  #isDue(height: number): boolean {
    const { policy, chain } = this.#parts;
    if (this.#isStopped) return false;
    if (this.#parts.isNeeded() && this.#tooLargeAt === 0) return true;
    if (policy === null) return false;
    const age = height - Math.max(this.height, this.#tooLargeAt);
    const { periods, pending } = chain.applied.tip.memberships;
    const changeHeight = pending?.changeHeight ?? periods.at(-1)?.changeHeight ?? 0;
    // Whoever joined after the last one was made cannot take it.
    if (this.#offered !== null && changeHeight > this.height) return true;
    const isInUse = this.#offered !== null && this.#idleTicks < IN_USE_TICKS;
    return age >= (isInUse ? 2 : 1) * policy.everyBlocks;
  }

  async #make({ header, headerBytes, hash }: Block, certificate: Certificate): Promise<void> {
    const { database, blocks, store, policy, log } = this.#parts;
    const view = database.view();
    const block = { header, headerBytes, hash, certificate };
    const isCalledOff = () => this.#isStopped;
    try {
      const manifest = await makeSnapshot({ database, store, view, block, isCalledOff });
      if (manifest === null && !this.#isStopped) {
        this.#tooLargeAt = header.height;
        log.warn("STATE_TOO_LARGE", { height: header.height });
      }
      if (manifest === null || header.height < blocks.firstIndex() - 1) return;
      this.#offered = manifest;
    } finally {
      await view.close();
    }
    this.#announce();
    log.info("SNAPSHOT_MADE", { height: header.height, chunks: this.#offered.chunks.length });
    const { stored } = blocks;
    const end = policy === null ? 0 : droppableHeight(policy, header, stored);
    while (stored.bodiesFrom <= end && !this.#isStopped) await stored.dropBodies(end);
    this.#parts.onMade();
  }

  /** Tells the consensus core's storage. */
  #announce(): void {
    const { blocks, chain, policy } = this.#parts;
    if (this.#offered === null) return;
    const { height, term } = this.#offered.header;
    const confState = confStateAfter(chain.applied.tip.memberships, height);
    blocks.offer({ term, height }, confState, policy === null ? 0 : sendFrom(policy, height));
  }

  /** The certificate of exactly this block: the latest, or one that a block above shows. */
  #certificateOf({ header: { height } }: Block): Certificate | null {
    const { certifier, tail } = this.#parts;
    if (certifier.certified?.height === height) return certifier.certified;
    for (let above = height + 1; above <= tail.last.tip.height; above++) {
      const shown = tail.at(above)?.block?.control.lastCertificate ?? null;
      if (shown !== null && shown.height >= height) return shown.height === height ? shown : null;
    }
    return null;
  }
}
