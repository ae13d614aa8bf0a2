/** The ledger of a rehearsal in which others act too: the chain is followed from its genesis, as an auditor does. */
import { setTimeout as delay } from "node:timers/promises";
import { readBlocks } from "../../client/audit/block-sequence.ts";
import { ChainAuditor } from "../../client/audit/chain-auditor.ts";
import type { LocalNetwork } from "../../client/network/local-network.ts";
import { BLOCK_EVERY_MS, type ScenarioLedger } from "../../client/scenario/scenario-ledger.ts";
import { submitTransaction } from "../../client/sdk/submit.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";

const ASK_EVERY_MS = 50;

/** A network whose clock is moved from here. */
export class FollowedLedger implements ScenarioLedger {
  readonly networkId: Hash;
  readonly #network: LocalNetwork;
  readonly #auditor: ChainAuditor;
  #nowMs: number;
  #decidedHeight = 0;

  constructor(network: LocalNetwork) {
    const { genesis } = network;
    this.networkId = networkIdOf(genesis);
    this.#network = network;
    this.#auditor = new ChainAuditor(genesis, verifySignature);
    this.#nowMs = genesis.createdAtMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  moveTo(momentMs: number): boolean {
    this.#nowMs = momentMs;
    return true;
  }

  /** Tells every node what time it is. */
  async tell(): Promise<void> {
    await Promise.all(this.#network.nodes.map(({ client }) => client.moveClock(this.#nowMs)));
  }

  async submit(transactionBytes: Uint8Array): Promise<string> {
    this.#nowMs += BLOCK_EVERY_MS;
    await this.tell();
    const { genesis, nodes } = this.#network;
    const context = { nodes: nodes.map(({ client }) => client), genesis };
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

  /** Examines the chain as far as the first node has it, and at least to what was decided from here. */
  async #follow(): Promise<void> {
    const [node] = this.#network.nodes;
    if (node === undefined) throw new RangeError("a network has nodes");
    for (;;) {
      for await (const block of readBlocks(node.client.chain(this.#auditor.height + 1))) {
        this.#auditor.accept(block);
      }
      if (this.#auditor.height >= this.#decidedHeight) return;
      await delay(ASK_EVERY_MS);
    }
  }
}
