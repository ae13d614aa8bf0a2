import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Level } from "level";
import { describe, it } from "mocha";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { toHex } from "../../ledger/bytes.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { Offering } from "../../node/snapshot/offering.ts";
import { WitnessEraser } from "../../node/snapshot/witness-eraser.ts";
import { AT_MS, LedgerWorld, TOSHIMA } from "../support/ledger-world.ts";
import { StillNode } from "../support/still-node.ts";
import { temporaryDirectories } from "../support/temporary-directory.ts";
import { ByteSearch, type Secret } from "./byte-search.ts";
import { linkPayments, memories } from "./linker.ts";

const RESIDENTS = 20;
/** As many by each: by what he has spent nobody can be told from the others. */
const PAYMENTS_EACH = 3;
const PAYMENTS_IN_BLOCK = 6;
const LATER_MS = AT_MS + 100 * 86_400_000;

/** A town that pays, and long afterwards forgets. */
class PayingTown {
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

  static async of(directory: string): Promise<PayingTown> {
    const world = new LedgerWorld();
    const town = new PayingTown(world, await StillNode.open(world, directory));
    for (const one of world.setUp()) await town.#add([one]);
    const payments: Uint8Array[] = [];
    for (let i = 0; i < RESIDENTS; i++) payments.push(...(await town.#enrol()));
    const shuffled = payments.map((one) => [Math.random(), one] as const).sort(([a], [b]) => a - b);
    while (shuffled.length > 0) {
      await town.#add(shuffled.splice(0, PAYMENTS_IN_BLOCK).map(([, one]) => one));
    }
    return town;
  }

  /** Opens a wallet with points. @returns its payments, still to be made. */
  async #enrol(): Promise<Uint8Array[]> {
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
    this.secrets.push({ what: "salt of the card's commitment", bytes: cardSalt });
    return Array.from({ length: PAYMENTS_EACH }, (_, i) => {
      const body = { ...PAY?.private, wallet, cardSalt, amountPt: 100 + i };
      const payment = this.#sign("PAY", { public: {}, private: body });
      const { id, auth } = decodeTransaction(payment);
      this.payers.set(id, toHex(wallet));
      for (const { kind, signature } of auth) {
        this.secrets.push({ what: `signature of the ${kind}`, bytes: signature });
      }
      return payment;
    });
  }

  #sign(type: string, bodies: Parameters<LedgerWorld["transaction"]>[1]): Uint8Array {
    const salt = new Uint8Array(randomBytes(32));
    this.secrets.push({ what: `salt of ${type}`, bytes: salt });
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

  close(): Promise<void> {
    return this.#node.close();
  }
}

describe("who made a payment", function () {
  this.timeout(120_000);
  const newDirectory = temporaryDirectories();

  /** How many payments the adversary links rightly; where he finds nothing he names the same wallet each time. */
  async function linked(directory: string, { payers }: PayingTown): Promise<number> {
    const links = await linkPayments(directory);
    assert.equal(new Set(links.map(({ id }) => id)).size, RESIDENTS * PAYMENTS_EACH);
    const [anybody = ""] = payers.values();
    return links.filter(({ id, handleHex }) => payers.get(id) === (handleHex ?? anybody)).length;
  }

  it("stands on the disk while the witness is kept: the adversary links every payment", async () => {
    const directory = newDirectory();
    const town = await PayingTown.of(directory);
    await town.close();
    assert.equal(await linked(directory, town), RESIDENTS * PAYMENTS_EACH);
  });

  it("cannot be told afterwards from all that a node keeps for ever: no better than by chance", async () => {
    const directory = newDirectory();
    const town = await PayingTown.of(directory);
    await town.forget(true);
    await town.close();
    assert.equal(await linked(directory, town), PAYMENTS_EACH);
    assert.ok([...(await memories(directory)).values()].every((sizeBytes) => sizeBytes === 0));
    const search = new ByteSearch(town.secrets);
    assert.deepEqual(await search.inFiles(directory, () => false), []);
    assert.deepEqual(await search.inDatabase(directory), []);
  });

  it("nor from what wallets remember, which says days and amounts until PAYMENTS_FORGET", async () => {
    const directory = newDirectory();
    const town = await PayingTown.of(directory);
    await town.forget(false);
    await town.close();
    assert.equal(await linked(directory, town), PAYMENTS_EACH);
    assert.equal(
      [...(await memories(directory)).values()].filter((size) => size > 0).length,
      RESIDENTS,
    );
  });

  it("would be found in a state that says it: the adversary is not blind", async () => {
    const directory = newDirectory();
    const town = await PayingTown.of(directory);
    await town.forget(true);
    await town.close();
    const [[id, payer] = assert.fail()] = [...town.payers].reverse();
    // A record that names a payment beside a wallet, as no rule writes one.
    const level = new Level<string, Uint8Array>(directory, { valueEncoding: "view" });
    await level.put(`s/hold/${payer}`, Buffer.concat([Buffer.alloc(8), Buffer.from(id, "hex")]));
    await level.close();
    const links = await linkPayments(directory);
    assert.equal(links.find((link) => link.id === id)?.handleHex, payer);
  });
});
