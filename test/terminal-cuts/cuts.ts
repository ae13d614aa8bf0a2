/**
 * kill -9 of a real terminal at random instants of a payment, on a real network: afterwards the money is counted.
 *
 * After each cut the terminal is started again. It must settle what it finds without a card, and say what became of it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  FULL_TRIES,
  loadSoftwareCard,
  saveSoftwareCard,
} from "../../client/card/software-card-state.ts";
import { PIN } from "../../client/demo/cast.ts";
import { areLevel, waitForAll } from "../../client/demo/evidence.ts";
import { type Practice, setUpPractice } from "../../client/demo/practice.ts";
import { GRANT_PT } from "../../client/demo/story.ts";
import { ensureLocalNetwork, LocalNetwork } from "../../client/network/local-network.ts";
import { Journal } from "../../client/terminal/journal.ts";
import { WORDS, type Words } from "../../client/terminal/screens.ts";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { civilDateAt } from "../../contracts/fields/dates.ts";
import { toHex } from "../../ledger/bytes.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { decodeReceipt } from "../../ledger/receipt.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { PROGRAM, type Running, startProgram } from "../support/run-command.ts";

const AMOUNT_PT = 1;
/** Into how many parts the time from a payment's first screen to its end is divided. */
export const CUT_PARTS = 1000;

/** What became of the payments that were cut. */
export interface CutCounts {
  /** Killed before the payment was in the journal. */
  nothing: number;
  /** Killed while it was in the journal; the restart found it in the ledger. */
  found: number;
  /** Killed after it was decided, or too late. */
  decided: number;
}

/** Resolves when the screen was shown, or the terminal has ended. */
function shown({ process: terminal, done }: Running, { ja }: Words): Promise<unknown> {
  let text = "";
  const seen = new Promise<void>((resolve) => {
    terminal.stderr.on("data", (piece) => {
      text += piece;
      if (text.includes(ja)) resolve();
    });
  });
  return Promise.race([seen, done]);
}

/** A shop on a network of three real nodes, whose terminal is killed. */
export class TerminalCuts {
  readonly #network: LocalNetwork;
  readonly #practice: Practice;
  readonly #journal: Journal;
  readonly #firstDay: string;
  #paymentMs = 0;
  readonly #networkId: Hash;
  readonly counts: CutCounts = { nothing: 0, found: 0, decided: 0 };

  private constructor(network: LocalNetwork, practice: Practice) {
    this.#network = network;
    this.#practice = practice;
    this.#networkId = networkIdOf(network.genesis);
    this.#journal = new Journal(join(practice.dir, "journal"), this.#networkId);
    this.#firstDay = civilDateAt(Date.now());
  }

  /** Starts nodes, opens the shop and takes one payment without a cut, to know how long one takes. */
  static async start(directory: string): Promise<TerminalCuts> {
    await ensureLocalNetwork(directory, 3);
    const network = await LocalNetwork.open(directory, (_, error) => {
      throw error;
    });
    const practice = await setUpPractice(network, directory, () => undefined);
    const cuts = new TerminalCuts(network, practice);
    const terminal = cuts.#start();
    await shown(terminal, WORDS.PLACE_CARD);
    const begunMs = performance.now();
    assert.equal(JSON.parse((await terminal.done).stdout).outcome, "PAID");
    cuts.#paymentMs = performance.now() - begunMs;
    return cuts;
  }

  /** Begins a payment, kills the terminal so many `CUT_PARTS` after one of its screens, starts it again. */
  async cut(from: Words, parts: number): Promise<void> {
    const entriesBefore = this.#entries().length;
    const terminal = this.#start();
    await shown(terminal, from);
    await Promise.race([delay((parts / CUT_PARTS) * this.#paymentMs), terminal.done]);
    terminal.process.kill("SIGKILL");
    await terminal.done;

    this.#renewTries();
    const pending = this.#journal.pending();
    if (pending === null) {
      const kind = this.#entries().length > entriesBefore ? "decided" : "nothing";
      this.counts[kind] += 1;
      return;
    }
    const { code, facts } = await this.#pay();
    assert.deepEqual([code, facts?.outcome, facts?.id], ["PREVIOUS_PAYMENT", "PAID", pending.id]);
    this.counts.found += 1;
    assert.equal(this.#journal.pending(), null);
    assert.equal(loadSoftwareCard(this.#practice.card).auth.triesLeft, FULL_TRIES.auth);
  }

  /** What the terminal wrote down is what the ledger holds, on every node. @returns payments made. */
  async countMoney(): Promise<number> {
    const entries = this.#entries();
    assert.ok(entries.every(({ outcome }) => outcome === "PAID"));
    await waitForAll(this.#network, "equal heads", (all) => areLevel(all, 1));
    for (const { client } of this.#network.nodes) {
      const { balancePt } = await client.wallet(await this.#wallet());
      assert.equal(balancePt, GRANT_PT - entries.length * AMOUNT_PT);
      for (const { id } of entries)
        assert.equal((await client.transaction(id)).status, "committed");
    }
    return entries.length;
  }

  /** Whose payments these are: a receipt says it. */
  async #wallet(): Promise<string> {
    const [{ id = "" } = {}] = this.#entries();
    const [node] = this.#network.nodes;
    assert.ok(node !== undefined);
    const receipt = decodeReceipt(await node.client.receipt(id));
    const transaction = decodeTransaction(receipt.transaction);
    const { content } = checkTransaction(transaction, this.#networkId);
    return toHex((content.private as { readonly wallet: Uint8Array }).wallet);
  }

  async stop(): Promise<void> {
    await this.#network.stop();
  }

  #entries() {
    const days = new Set([this.#firstDay, civilDateAt(Date.now())]);
    return [...days].flatMap((day) => this.#journal.day(day).entries);
  }

  #start() {
    const { dir, card } = this.#practice;
    const payment = [
      "terminal",
      "pay",
      "--dir",
      dir,
      "--amount",
      String(AMOUNT_PT),
      "--card",
      card,
    ];
    return startProgram(process.execPath, [PROGRAM, ...payment, "--pin", PIN, "--json"]);
  }

  async #pay() {
    const { stdout, stderr } = await this.#start().done;
    assert.notEqual(stdout, "", stderr);
    return JSON.parse(stdout);
  }

  /**
   * The card was killed with the terminal. If that was between its counting the try and its comparing the PIN, it keeps
   * the lower count, as a real one does that loses its power.
   */
  #renewTries(): void {
    const state = loadSoftwareCard(this.#practice.card);
    if (state.auth.triesLeft === FULL_TRIES.auth) return;
    const auth = { ...state.auth, triesLeft: FULL_TRIES.auth };
    saveSoftwareCard(this.#practice.card, { ...state, auth });
  }
}
