/** A ledger without nodes, under the scenario's own clock. Each transaction is a block. */
import type { StateKey } from "../../contracts/state/key-space.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import type { VerifySignature } from "../../ledger/signature.ts";
import { Replica } from "./replica.ts";
import { BLOCK_EVERY_MS, type ScenarioLedger } from "./scenario-ledger.ts";

/** A ledger in memory. */
export class LedgerInMemory implements ScenarioLedger {
  readonly networkId: Hash;
  readonly #replica: Replica;
  #height = 0;
  #nowMs: number;

  /** @param verify what checks signatures; the real one when left out. */
  constructor(genesis: Genesis, verify?: VerifySignature) {
    this.#replica = new Replica(genesis, verify);
    this.networkId = this.#replica.networkId;
    this.#nowMs = genesis.createdAtMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  moveTo(momentMs: number): boolean {
    if (momentMs < this.#nowMs) return false;
    this.#nowMs = momentMs;
    return true;
  }

  async submit(transactionBytes: Uint8Array): Promise<string> {
    this.#nowMs += BLOCK_EVERY_MS;
    const place = { height: this.#height + 1, timestampMs: this.#nowMs };
    const judged = this.#replica.judge(transactionBytes, place);
    this.#replica.commit(judged);
    this.#height += 1;
    return judged.result;
  }

  async read<T>(key: StateKey<T>): Promise<T | null> {
    return this.#replica.read(key);
  }

  async records() {
    return this.#replica.records();
  }
}
