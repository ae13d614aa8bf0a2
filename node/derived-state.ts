/**
 * State and index as they are stored, if they are what the log gives. The log is the source: whatever else is
 * damaged is thrown away, and comes again by executing the blocks.
 */
import { genesisState } from "../contracts/genesis-state.ts";
import { StateTree, StateTreeEntries } from "../contracts/state/state-tree.ts";
import type { Block } from "../ledger/block.ts";
import { equalBytes } from "../ledger/bytes.ts";
import { type ChainTip, genesisTip } from "../ledger/chain.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { Genesis } from "../ledger/genesis.ts";
import type { BlockLog } from "./storage/block-log.ts";
import { StorageError } from "./storage/record.ts";
import type { StateStore } from "./storage/state-store.ts";

/** The state that a node goes on from. */
export interface DerivedState {
  readonly tip: ChainTip;
  readonly tree: StateTree;
  /** The block that it is the state after; null at the genesis. */
  readonly block: Block | null;
  /** True when what was stored was thrown away: the blocks are to be executed again. */
  readonly isReset: boolean;
}

/** The stored state, or that of the genesis, newly written. @param isThorough reads the whole index too. */
export async function openState(
  store: StateStore,
  blocks: BlockLog,
  genesis: Genesis,
  isThorough: boolean,
): Promise<DerivedState> {
  const isNew = await store.isEmpty();
  const sound = isNew ? null : await readSound(store, blocks, genesis, isThorough);
  if (sound !== null) return sound;
  if (blocks.firstIndex() > 1) {
    throw StorageError.beyondRepair("the state is damaged, and its blocks are not kept here");
  }
  await store.clear();
  const tip = genesisTip(genesis);
  const { tree, records } = foundingState(genesis);
  await store.apply(tip, records, []);
  return { tip, tree, block: null, isReset: !isNew };
}

/** Null when a record is damaged or missing, or the whole is not the state after a block of the log. */
async function readSound(
  store: StateStore,
  blocks: BlockLog,
  genesis: Genesis,
  isThorough: boolean,
): Promise<DerivedState | null> {
  try {
    const tip = store.applied();
    if (tip === undefined || tip.height > blocks.lastIndex()) return null;
    const block = tip.height === 0 ? null : blocks.block(tip.height);
    const expected = block ?? { hash: genesisTip(genesis).hash };
    const stateRoot = block?.header.stateRoot ?? foundingState(genesis).tree.root;
    const tree = await readTree(store);
    const isAfterBlock = equalBytes(tip.hash, expected.hash) && equalBytes(tree.root, stateRoot);
    const isWhole = isAfterBlock && (!isThorough || (await store.isIndexWhole(tip.height)));
    return isWhole ? { tip, tree, block, isReset: false } : null;
  } catch (error) {
    const isDamage =
      error instanceof LedgerFault ||
      (error instanceof StorageError && error.code === "RECORD_DAMAGED");
    if (isDamage) return null;
    throw error;
  }
}

function foundingState(genesis: Genesis) {
  const state = genesisState(genesis);
  return { tree: state.tree, records: state.records() };
}

async function readTree(store: StateStore): Promise<StateTree> {
  const entries = new StateTreeEntries();
  for await (const [key, value] of store.entries()) entries.add(key, value);
  return StateTree.ofEntries(entries);
}
