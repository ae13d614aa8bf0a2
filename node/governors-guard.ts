/**
 * Keeps a decision of governors out of the ledger until enough of them have signed it. In a block it would be refused
 * for ever, its id with it; refused at the door it can be signed by another governor and come again, the same
 * transaction (docs/decisions/0012). By the state that this node has applied: a later one is for the block to judge.
 */
import type { CheckedTransaction } from "../contracts/check-transaction.ts";
import { LedgerFault } from "../ledger/faults.ts";
import type { LedgerChain } from "./chain/ledger-chain.ts";

/** What the guard looks at. */
interface GovernorsGuardParts {
  readonly chain: Pick<LedgerChain, "resultAlone">;
  readonly nowMs: () => number;
}

/** @throws LedgerFault `GOVERNORS_TOO_FEW`. */
export async function demandGovernors(
  checked: CheckedTransaction,
  { chain, nowMs }: GovernorsGuardParts,
): Promise<void> {
  const { governors } = checked.claims;
  if (governors.length === 0) return;
  if ((await chain.resultAlone(checked, nowMs())) !== "GOVERNORS_TOO_FEW") return;
  throw new LedgerFault("GOVERNORS_TOO_FEW", { signatures: governors.length });
}
