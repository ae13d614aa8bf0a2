/**
 * Chains that were really executed, by the officers, card and terminal of a `LedgerWorld`: what an auditor
 * accepts. A test may lie at any point; what is false is signed and certified all the same, so that one rule
 * alone is broken.
 */
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { RecentIdSet } from "../../contracts/duplicates.ts";
import { type ExecutedBlock, executeBlock } from "../../contracts/execute-block.ts";
import { genesisState } from "../../contracts/genesis-state.ts";
import type { MemoryState } from "../../contracts/state/state.ts";
import { resultsRootOf } from "../../ledger/block.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { ChainBuilder, type TestBlock } from "./chain-builder.ts";
import type { LedgerWorld } from "./ledger-world.ts";

/** How a block is to differ from an honest one. */
export interface Lie extends Omit<TestBlock, "transactions"> {
  /** Nothing is executed, for transactions that no node would take: all results are `OK`. */
  readonly unexecuted?: boolean;
}

/** A chain and its state. */
export class AuditChain {
  readonly world: LedgerWorld;
  readonly chain: ChainBuilder;
  readonly #state: MemoryState;
  readonly #recentIds = new RecentIdSet();

  constructor(world: LedgerWorld) {
    this.world = world;
    this.chain = new ChainBuilder(world.genesis);
    this.#state = genesisState(world.genesis);
  }

  /** Every record of the state after the last block, in order of key. */
  records(): (readonly [key: string, value: Uint8Array])[] {
    return this.#state.records();
  }

  /** Adds a block with these transactions. */
  append(transactions: readonly Uint8Array[] = [], { unexecuted, ...lie }: Lie = {}): void {
    const executed = unexecuted ? null : this.#execute(transactions, lie.header);
    const results = lie.results ?? executed?.results ?? transactions.map(() => "OK");
    const ids = transactions.map((bytes) => decodeTransaction(bytes).envelope.id);
    const resultsRoot = resultsRootOf(ids, results);
    const stateRoot = executed?.stateRoot ?? this.#state.tree.root;
    const header = { resultsRoot, stateRoot, ...lie.header };
    this.chain.append({ ...lie, transactions, results, header });
  }

  #execute(transactions: readonly Uint8Array[], header: Lie["header"] = {}): ExecutedBlock {
    const { networkId } = this.world;
    const { height, timestampMs } = this.chain.nextBlock({ header }).header;
    const checked = transactions.map((bytes) =>
      checkTransaction(decodeTransaction(bytes), networkId),
    );
    const block = { height, timestampMs, networkId };
    const executed = executeBlock(this.#state, block, checked, this.#recentIds);
    this.#state.commit(executed);
    this.#recentIds.add(checked);
    return executed;
  }
}
