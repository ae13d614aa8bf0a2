/**
 * A node that offers a snapshot and one that takes it, tied together by calls: no network, no clock.
 *
 * The giver's chain: everything up to a wallet and some payments, then, longer ago than ids are remembered, more.
 */
import assert from "node:assert/strict";
import type { SignatureContext } from "../../ledger/certificate.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { Identity } from "../../node/chain/identity.ts";
import type { NodeLog } from "../../node/logger.ts";
import { type OpenedChain, openChain } from "../../node/open-chain.ts";
import { RECENT_MS } from "../../node/recent-ids.ts";
import { answerTo } from "../../node/snapshot/answerer.ts";
import { Intake } from "../../node/snapshot/intake.ts";
import { makeSnapshot } from "../../node/snapshot/make-snapshot.ts";
import type { Manifest } from "../../node/snapshot/manifest.ts";
import type { Arrived } from "../../node/snapshot/transfer.ts";
import { entryOf } from "../../node/storage/block-log.ts";
import type { Database } from "../../node/storage/database.ts";
import type { SnapshotAnswer, SnapshotQuestion } from "../../node/wire.ts";
import { AT_MS, type LedgerWorld } from "./ledger-world.ts";
import type { StillNode } from "./still-node.ts";

/** Number of the node that takes. */
const TAKER = 3;
/** Small, so that a small state has many chunks. */
const CHUNK_SIZE_BYTES = 100;

/** When the giver's later blocks were made. */
export const LATER_MS: number = AT_MS + RECENT_MS + 1000;

/** What a member makes of its true answer before it sends it; null sends nothing. */
export type Twist = (answer: SnapshotAnswer, question: SnapshotQuestion) => SnapshotAnswer | null;

/** Both ends of a transfer. */
export class SnapshotExchange {
  readonly world: LedgerWorld;
  readonly giver: { readonly opened: OpenedChain };
  /** The snapshot after the giver's last block. */
  readonly manifest: Manifest;
  /** How members 1 and 2 answer; truly when nothing is said. */
  readonly twists = new Map<number, Twist>();
  /** Every question that was asked, in order. */
  readonly questions: (SnapshotQuestion & { readonly to: number })[] = [];
  /** Warnings of the taker. */
  readonly warnings: string[] = [];
  /** Failures of the taker. */
  readonly failures: unknown[] = [];

  private constructor(
    world: LedgerWorld,
    giver: { readonly opened: OpenedChain },
    manifest: Manifest,
  ) {
    this.world = world;
    this.giver = giver;
    this.manifest = manifest;
  }

  /** Grows the giver's chain and makes the snapshot. @param grow adds the later blocks. */
  static async of(
    world: LedgerWorld,
    giver: StillNode,
    grow: (giver: StillNode) => Promise<void> = (node) => payLater(world, node),
  ): Promise<SnapshotExchange> {
    for (const transaction of world.setUp())
      assert.deepEqual(await giver.add([transaction]), ["OK"]);
    await giver.add([world.pay(1), world.pay(2)]);
    await grow(giver);
    return new SnapshotExchange(world, giver, await snapshotOf(giver));
  }

  /** The same with another node of that chain as the giver, which has come as far. */
  static async over({ world }: SnapshotExchange, opened: OpenedChain): Promise<SnapshotExchange> {
    return new SnapshotExchange(world, { opened }, await snapshotOf({ opened }));
  }

  get signatures(): SignatureContext {
    return { networkId: this.world.networkId, verify: verifySignature };
  }

  /** Opens a directory as the taker's. */
  open(database: Database, check: "all" | "recent" = "all"): Promise<OpenedChain> {
    const [, , signer] = this.world.nodes;
    assert.ok(signer);
    return openChain({
      database,
      genesis: this.world.genesis,
      signatures: this.signatures,
      identity: new Identity(TAKER, [signer]),
      verifyTransactions: async (transactions) => transactions.map(() => true),
      nowMs: () => LATER_MS,
      check,
    });
  }

  /** The taking end of a directory; both other members have the snapshot. */
  intake(opened: OpenedChain): Intake {
    const note = (code: string) => this.warnings.push(code);
    const ignore = () => undefined;
    const log: NodeLog = { debug: ignore, info: ignore, warn: note, error: note };
    const intake = new Intake({
      ...opened,
      self: TAKER,
      signatures: this.signatures,
      send: (to, question) => {
        this.questions.push({ ...question, to });
        const answer = this.#answer(to, question);
        setImmediate(() => (answer === null ? giveUpOn(intake) : intake.answered(to, answer)));
      },
      members: () => [1, 2],
      patienceTicks: 1,
      log,
      onFailure: (error) => this.failures.push(error),
    });
    return intake;
  }

  /** Lets a transfer run. @returns what arrived; null when it came to nothing. */
  async fetch(intake: Intake, opened: OpenedChain): Promise<Arrived | null> {
    if (opened.chain.applied.tip.height >= this.manifest.header.height) return null;
    assert.equal(intake.offered(1), null);
    await intake.rest();
    if (this.failures.length > 0) throw this.failures[0];
    return intake.arrived;
  }

  /** Fetches, and puts the snapshot in the place of log and state, as the driver does. */
  async take(opened: OpenedChain): Promise<Intake> {
    const intake = this.intake(opened);
    const arrived = await this.fetch(intake, opened);
    if (arrived === null) return intake;
    intake.use(arrived.tip.height);
    await intake.settle(null);
    await intake.stop();
    if (this.failures.length > 0) throw this.failures[0];
    return intake;
  }

  /** Writes and applies the giver's blocks, one by one, as a follower does. @param each called after each. */
  async follow(opened: OpenedChain, each: () => Promise<void>): Promise<void> {
    const { chain, tail, blocks, certifier } = opened;
    const from = this.giver.opened;
    for (let height = chain.applied.tip.height + 1; height <= this.height; height++) {
      const block = from.blocks.block(height);
      const link = tail.at(height) ?? (await chain.replay(tail.last, block));
      tail.put(link);
      const hardState = { term: 1, vote: 0, commit: height };
      if (blocks.lastIndex() < height) {
        await blocks.append({ entries: [entryOf(block)], hardState, certificate: null });
      }
      const next = from.blocks.block(Math.min(height + 1, this.height));
      const certificate = next.control.lastCertificate ?? this.manifest.certificate;
      certifier.adopt(
        height === this.height ? this.manifest.certificate : certificate,
        tail.blockAt,
      );
      await chain.apply(link);
      tail.applied(height);
      await each();
    }
  }

  /** Height of the snapshot, and of the giver's last block. */
  get height(): number {
    return this.manifest.header.height;
  }

  #answer(to: number, question: SnapshotQuestion): SnapshotAnswer | null {
    const { database, blocks } = this.giver.opened;
    const answer = answerTo({ database, blocks, offered: this.manifest }, question);
    const twist = this.twists.get(to);
    return twist === undefined ? answer : twist(answer, question);
  }
}

async function payLater(world: LedgerWorld, giver: StillNode): Promise<void> {
  for (let i = 0; i < 3; i++) await giver.add([], true, LATER_MS);
  const payment = world.pay(3, { createdAtMs: LATER_MS });
  assert.deepEqual(await giver.add([payment], true, LATER_MS), ["OK"]);
}

function giveUpOn(intake: Intake): void {
  intake.tick();
}

/** Makes the snapshot of a still node's state after its last block. */
async function snapshotOf({ opened }: { readonly opened: OpenedChain }): Promise<Manifest> {
  const { database, store, chain, certifier } = opened;
  const { block } = chain.applied;
  assert.ok(block !== null && certifier.certified !== null);
  const { header, headerBytes, hash } = block;
  const view = database.view();
  const manifest = await makeSnapshot({
    database,
    store,
    view,
    block: { header, headerBytes, hash, certificate: certifier.certified },
    chunkSizeBytes: CHUNK_SIZE_BYTES,
    isCalledOff: () => false,
  });
  await view.close();
  assert.ok(manifest !== null);
  return manifest;
}
