/**
 * A wallet as its clients know it, one transaction after the other: payments and grants change the balance, an id
 * is decided once and for ever, a refused payment never happens later.
 */
import type { SequentialModel } from "./linearizability.ts";

/** A transaction and what its client was told; null: nothing. */
export interface WalletOperation {
  readonly id: string;
  /** Tells two transactions of one id apart. */
  readonly name: string;
  readonly changePt: number;
  readonly result: string | null;
}

/** What a wallet's clients can know of it. */
export interface WalletState {
  readonly balancePt: number;
  /** Ids that a block holds: which transaction, and its result. */
  readonly decided: ReadonlyMap<string, { readonly name: string; readonly result: string }>;
  /** Names of transactions that ended without a block. */
  readonly expired: ReadonlySet<string>;
}

/** The model of a wallet with that opening balance. */
export function walletModel(openingPt: number): SequentialModel<WalletState, WalletOperation> {
  return {
    initial: { balancePt: openingPt, decided: new Map(), expired: new Set() },
    apply: (state, operation) => {
      const next = outcomeOf(state, operation);
      if (next === null) return [];
      return operation.result === null || operation.result === next.result ? [next.state] : [];
    },
    key: ({ balancePt, decided, expired }) =>
      [
        balancePt,
        ...[...decided].map(([id, { name, result }]) => `${id} ${name} ${result}`).sort(byText),
        ...[...expired].sort(byText),
      ].join("|"),
  };
}

interface Step {
  readonly result: string;
  readonly state: WalletState;
}

/** What must be answered now; null when no answer is right. */
function outcomeOf(state: WalletState, operation: WalletOperation): Step | null {
  const { id, name, result } = operation;
  const known = state.decided.get(id);
  if (known !== undefined) {
    return { result: known.name === name ? known.result : "DUPLICATE_ID", state };
  }
  if (result === "EXPIRED") {
    return { result, state: { ...state, expired: new Set([...state.expired, name]) } };
  }
  return state.expired.has(name) ? null : decide(state, operation);
}

function decide(state: WalletState, { id, name, changePt }: WalletOperation): Step {
  const isCovered = state.balancePt + changePt >= 0;
  const result = isCovered ? "OK" : "BALANCE_INSUFFICIENT";
  const decided = new Map([...state.decided, [id, { name, result }] as const]);
  const balancePt = state.balancePt + (isCovered ? changePt : 0);
  return { result, state: { ...state, balancePt, decided } };
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
