/**
 * The ledger of a running network. What it holds is not asked of a node: the chain is followed from its genesis and
 * executed again, as an auditor does.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { StateKey } from "../../contracts/state/key-space.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { readBlocks } from "../audit/block-sequence.ts";
import { ChainAuditor } from "../audit/chain-auditor.ts";
import { ClientError } from "../client-fault.ts";
import type { LocalNetwork } from "../network/local-network.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { submitTransaction } from "../sdk/submit.ts";
import type { ScenarioLedger } from "./scenario-ledger.ts";

/** How long a node may take to show the block of a transaction that is decided, ms; and how often it is asked. */
const SHOWN_TIMEOUT_MS = 10_000;
const ASK_EVERY_MS = 50;

/** A network of nodes. Its clock is everybody's: no scenario moves it. */
export class LedgerOnNodes implements ScenarioLedger {
  readonly networkId: Hash;
  readonly #network: LocalNetwork;
  readonly #nodes: readonly LedgerClient[];
  readonly #auditor: ChainAuditor;
  #decidedHeight = 0;

  constructor(network: LocalNetwork) {
    this.networkId = networkIdOf(network.genesis);
    this.#network = network;
    this.#nodes = network.nodes.map(({ client }) => client);
    this.#auditor = new ChainAuditor(network.genesis, verifySignature);
  }

  get nowMs(): number {
    return Date.now();
  }

  moveTo(): boolean {
    return false;
  }

  async submit(transactionBytes: Uint8Array): Promise<string> {
    const { genesis } = this.#network;
    const context = { nodes: this.#nodes, genesis };
    const { result, height } = await submitTransaction(transactionBytes, context);
    this.#decidedHeight = Math.max(this.#decidedHeight, height);
    return result;
  }

  async read<T>(key: StateKey<T>): Promise<T | null> {
    await this.#follow();
    const bytes = this.#auditor.state.get(key.text);
    return bytes === null ? null : key.space.decode(bytes);
  }

  async records() {
    await this.#follow();
    return this.#auditor.state.records();
  }

  /** Examines the chain up to the last decided transaction. @throws ClientError `NOT_READY`. */
  async #follow(): Promise<void> {
    const deadlineMs = performance.now() + SHOWN_TIMEOUT_MS;
    for (const node of endlessly(this.#nodes)) {
      for await (const block of readBlocks(node.chain(this.#auditor.height + 1))) {
        this.#auditor.accept(block);
      }
      if (this.#auditor.height >= this.#decidedHeight) return;
      if (performance.now() > deadlineMs) {
        throw new ClientError("NOT_READY", { node: node.url, height: this.#decidedHeight });
      }
      await delay(ASK_EVERY_MS);
    }
  }
}

/** The values over and over. */
function* endlessly<T>(values: readonly T[]): Generator<T, void> {
  while (values.length > 0) yield* values;
}
