import type { StateKey } from "../../contracts/state/key-space.ts";

/** Between one transaction's block and the next, ms. */
export const BLOCK_EVERY_MS = 1000;

/** Where a scenario is played: in memory, or on nodes. */
export interface ScenarioLedger {
  readonly networkId: Uint8Array;
  /** The time now, ms since 1970. */
  readonly nowMs: number;
  /**
   * Lets time pass until that moment. @returns false when it is over.
   */
  moveTo(momentMs: number): boolean;
  /**
   * Has a signed transaction decided. @returns `OK` or the code with which a block refuses it.
   * @throws LedgerFault when it comes into no block.
   */
  submit(transactionBytes: Uint8Array): Promise<string>;
  /** The record under a key as it is now, or null. */
  read<T>(key: StateKey<T>): Promise<T | null>;
  /** Every record as it is now, in ascending order of key. */
  records(): Promise<readonly (readonly [key: string, value: Uint8Array])[]>;
}
