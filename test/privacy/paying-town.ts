/** Residents who pay on a node with a real disk, which destroys the witness a hundred days later. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { toHex } from "../../ledger/bytes.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { Offering } from "../../node/snapshot/offering.ts";
import { WitnessEraser } from "../../node/snapshot/witness-eraser.ts";
import { AT_MS, LedgerWorld, TOSHIMA } from "../support/ledger-world.ts";
import { StillNode } from "../support/still-node.ts";
import type { Secret } from "./byte-search.ts";

const LATER_MS = AT_MS + 100 * 86_400_000;

/** How large a town is. As many payments by each: by what he has spent nobody can be told from the others. */
export interface TownSize {
  readonly residents: number;
  readonly paymentsEach: number;
  readonly paymentsInBlock: number;
}

/** A town that pays, and long afterwards forgets. */
export class PayingTown {
  readonly #world: LedgerWorld;
  readonly #node: StillNode;
  readonly #handles: Uint8Array[] = [];
  /** Whose payment it was, by id. */
  readonly payers = new Map<string, string>();
  /** What must be on no disk afterwards. */
  readonly secrets: Secret[] = [];

  private constructor(world: LedgerWorld, node: StillNode) {
    this.#world = world;
    this.#node = node;
  }

  /** Founds it in an empty directory, and lets everybody pay. */
  static async of(directory: string, size: TownSize): Promise<PayingTown> {
    const world = new LedgerWorld();
    const town = new PayingTown(world, await StillNode.open(world, directory));
    for (const one of world.setUp()) await town.#add([one]);
    const payments: Uint8Array[] = [];
    for (let i = 0; i < size.residents; i++) payments.push(...(await town.#enrol(size)));
    const shuffled = payments.map((one) => [Math.random(), one] as const).sort(([a], [b]) => a - b);
    while (shuffled.length > 0) {
      await town.#add(shuffled.splice(0, size.paymentsInBlock).map(([, one]) => one));
    }
    return town;
  }

  /** Opens a wallet with points. @returns its payments, still to be made. */
  async #enrol({ paymentsEach }: TownSize): Promise<Uint8Array[]> {
    const world = this.#world;
    const wallet = new Uint8Array(randomBytes(32));
    const cardSalt = new Uint8Array(randomBytes(32));
    const { WALLET_OPEN, POINT_GRANT, PAY } = world.samples;
    const cardCommit = commitToCard(cardSalt, world.card.publicKey);
    const opening = {
      public: { ...WALLET_OPEN?.public, handle: wallet, cardCommit },
      private: { ...WALLET_OPEN?.private, cardSalt },
    };
    const grant = { public: { ...POINT_GRANT?.public }, private: { wallet } };
    await this.#add([this.#sign("WALLET_OPEN", opening), this.#sign("POINT_GRANT", grant)]);
    this.#handles.push(wallet);
    this.secrets.push({ what: `salt of the card's commitment ${toHex(wallet)}`, bytes: cardSalt });
    return Array.from({ length: paymentsEach }, (_, i) => {
      const body = { ...PAY?.private, wallet, cardSalt, amountPt: 1 + (i % 3) };
      const payment = this.#sign("PAY", { public: {}, private: body });
      const { id, auth } = decodeTransaction(payment);
      this.payers.set(id, toHex(wallet));
      for (const { kind, signature } of auth) {
        this.secrets.push({ what: `signature of the ${kind}, ${id}`, bytes: signature });
      }
      return payment;
    });
  }

  #sign(type: string, bodies: Parameters<LedgerWorld["transaction"]>[1]): Uint8Array {
    const salt = new Uint8Array(randomBytes(32));
    this.secrets.push({ what: `salt ${this.secrets.length} of ${type}`, bytes: salt });
    return this.#world.transaction(type, bodies, { salt });
  }

  async #add(transactions: readonly Uint8Array[], atMs: number = AT_MS): Promise<void> {
    const results = await this.#node.add(transactions, true, atMs);
    assert.deepEqual(new Set(results), new Set(["OK"]));
  }

  /** A hundred days later the witness is destroyed. @param isAll wallets forget their payments too. */
  async forget(isAll: boolean): Promise<void> {
    const forgetting = {
      public: { organisation: TOSHIMA },
      private: { wallets: this.#handles },
    };
    const prune = { public: { organisation: TOSHIMA, keptFrom: "2026-11-02" }, private: null };
    const createdAtMs = LATER_MS;
    await this.#add([this.#world.transaction("WITNESS_PRUNE", prune, { createdAtMs })], LATER_MS);
    if (isAll) {
      const signed = this.#world.transaction("PAYMENTS_FORGET", forgetting, { createdAtMs });
      await this.#add([signed], LATER_MS);
    }
    await this.#erase();
  }

  async #erase(): Promise<void> {
    const { opened } = this.#node;
    const ignore = () => undefined;
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const failures: unknown[] = [];
    const parts = { ...opened, log, onFailure: (error: unknown) => failures.push(error) };
    const offering: Offering = new Offering({
      ...parts,
      policy: null,
      isNeeded: () => eraser.needsSnapshot,
      onMade: () => eraser.look(),
    });
    const eraser = new WitnessEraser({ ...parts, offered: () => offering.offered });
    offering.applied(opened.chain.applied);
    await offering.rest();
    await eraser.rest();
    assert.deepEqual(failures, []);
    assert.ok(eraser.prunedHeight > 0);
  }

  /** Writes all that LevelDB has in memory to tables, as it would by and by. */
  async settle(): Promise<void> {
    await this.#node.opened.database.compact("", "~");
  }

  /** Ends the node; its directory can be read then. */
  close(): Promise<void> {
    return this.#node.close();
  }
}
