/**
 * Keeps pings out that an access test does not want. What is wrong with a payment is told by the block that holds
 * it; a ping moves nothing, so one that would be refused gets no room in a block: nobody can load the network with
 * them but registered terminals, in the announced hour, once each.
 */
import type { CheckedTransaction } from "../contracts/check-transaction.ts";
import { loadtestPing } from "../contracts/transactions/loadtest-ping.ts";
import { ACCEPTED } from "../ledger/block.ts";
import { isFaultCode, LedgerFault } from "../ledger/faults.ts";
import type { LedgerChain } from "./chain/ledger-chain.ts";

/** What the guard looks at. */
export interface PingGuardParts {
  readonly chain: Pick<LedgerChain, "resultAlone">;
  readonly nowMs: () => number;
}

/** @throws LedgerFault with what a block would refuse a ping for. */
export async function demandWantedPing(
  checked: CheckedTransaction,
  { chain, nowMs }: PingGuardParts,
): Promise<void> {
  if (checked.declaration.type !== loadtestPing.type) return;
  const result = await chain.resultAlone(checked, nowMs());
  if (result === null || result === ACCEPTED) return;
  throw new LedgerFault(isFaultCode(result) ? result : "INTERNAL", { id: checked.content.id });
}
