/** The rules that every node executes, on a state in memory: a ledger's state without its chain. */
import { type CheckedTransaction, checkTransaction } from "../../contracts/check-transaction.ts";
import { RecentIdSet } from "../../contracts/duplicates.ts";
import { type ExecutedBlock, executeBlock } from "../../contracts/execute-block.ts";
import { genesisState } from "../../contracts/genesis-state.ts";
import type { StateKey } from "../../contracts/state/key-space.ts";
import type { MemoryState } from "../../contracts/state/state.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import type { Hash } from "../../ledger/hash.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import type { VerifySignature } from "../../ledger/signature.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";

/** Which block holds a transaction, alone. */
export interface BlockPlace {
  readonly height: number;
  readonly timestampMs: number;
}

/** A transaction that a block can hold, and what it comes to there. */
export interface Judged {
  /** `OK`, or the code with which the block refuses it. */
  readonly result: string;
  readonly checked: CheckedTransaction;
  readonly executed: ExecutedBlock;
}

/** A state that moves from transaction to transaction. */
export class Replica {
  readonly networkId: Hash;
  readonly #state: MemoryState;
  readonly #recentIds = new RecentIdSet();
  readonly #verify: VerifySignature;

  constructor(genesis: Genesis, verify: VerifySignature = verifySignature) {
    this.#verify = verify;
    this.networkId = networkIdOf(genesis);
    this.#state = genesisState(genesis);
  }

  /** Root of the state. */
  get root(): Hash {
    return this.#state.tree.root;
  }

  /** What becomes of a transaction there; the state stays. @throws LedgerFault when no block can hold it. */
  judge(transactionBytes: Uint8Array, place: BlockPlace): Judged {
    const checked = this.#admit(transactionBytes);
    const block = { ...place, networkId: this.networkId };
    const executed = executeBlock(this.#state, block, [checked], this.#recentIds);
    return { checked, executed, result: executed.results[0] ?? "" };
  }

  /** Moves on to the state after a transaction that was judged on this one. */
  commit({ checked, executed }: Judged): void {
    this.#state.commit(executed);
    this.#recentIds.add([checked]);
  }

  /** The record under a key as it is now, or null. */
  read<T>(key: StateKey<T>): T | null {
    const bytes = this.#state.get(key.text);
    return bytes === null ? null : key.space.decode(bytes);
  }

  /** Every record as it is now, in ascending order of key. */
  records(): readonly (readonly [key: string, value: Uint8Array])[] {
    return this.#state.records();
  }

  /** What every node does before it takes a transaction in. */
  #admit(transactionBytes: Uint8Array): CheckedTransaction {
    const transaction = decodeTransaction(transactionBytes);
    const wrong = signaturesOf(transaction).findIndex((signed) => !this.#verify(signed));
    if (wrong >= 0) throw new LedgerFault("SIGNATURE_INVALID", { signer: wrong });
    return checkTransaction(transaction, this.networkId);
  }
}
