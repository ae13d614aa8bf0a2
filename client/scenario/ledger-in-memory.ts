/**
 * A ledger without nodes: the rules that every node executes, on a state in memory, under the scenario's own clock.
 * Each transaction is a block.
 */
import { type CheckedTransaction, checkTransaction } from "../../contracts/check-transaction.ts";
import { RecentIdSet } from "../../contracts/duplicates.ts";
import { executeBlock } from "../../contracts/execute-block.ts";
import { genesisState } from "../../contracts/genesis-state.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import type { MemoryState } from "../../contracts/state/state.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";
import type { ScenarioLedger } from "./scenario-ledger.ts";

/** Between one block and the next, ms. */
const BLOCK_EVERY_MS = 1000;

/** A chain's state without its chain. */
export class LedgerInMemory implements ScenarioLedger {
  readonly networkId: Hash;
  readonly #state: MemoryState;
  readonly #recentIds = new RecentIdSet();
  #height = 0;
  #nowMs: number;

  constructor(genesis: Genesis) {
    this.networkId = networkIdOf(genesis);
    this.#state = genesisState(genesis);
    this.#nowMs = genesis.createdAtMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets time pass. @returns false when that moment is over. */
  moveTo(momentMs: number): boolean {
    if (momentMs < this.#nowMs) return false;
    this.#nowMs = momentMs;
    return true;
  }

  async submit(transactionBytes: Uint8Array): Promise<string> {
    this.#nowMs += BLOCK_EVERY_MS;
    const checked = this.#admit(transactionBytes);
    const block = {
      height: this.#height + 1,
      timestampMs: this.#nowMs,
      networkId: this.networkId,
    };
    const executed = executeBlock(this.#state, block, [checked], this.#recentIds);
    this.#state.commit(executed);
    this.#recentIds.add([checked]);
    this.#height += 1;
    return executed.results[0] ?? "";
  }

  async read<T>(key: StateKey<T>): Promise<T | null> {
    const bytes = this.#state.get(key.text);
    return bytes === null ? null : key.space.decode(bytes);
  }

  async records() {
    return this.#state.records();
  }

  /** What every node does before it takes a transaction in. */
  #admit(transactionBytes: Uint8Array): CheckedTransaction {
    const transaction = decodeTransaction(transactionBytes);
    const wrong = signaturesOf(transaction).findIndex((signed) => !verifySignature(signed));
    if (wrong >= 0) throw new LedgerFault("SIGNATURE_INVALID", { signer: wrong });
    return checkTransaction(transaction, this.networkId);
  }
}
