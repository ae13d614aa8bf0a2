/** No node's word alone counts: what one called committed, another one must hold as well. */
import { ACCEPTED } from "../../ledger/block.ts";
import type { TransactionState } from "../sdk/answers.ts";
import type { ArmedTerminal } from "./armed-terminals.ts";
import type { PingOutcome } from "./fire.ts";

/** A ping that one node called committed, and another does not know so. */
export const UNCONFIRMED = "UNCONFIRMED";
/** Questions under way at once. */
const AT_ONCE = 32;

/** What is asked: `LedgerClient`. */
export interface ConfirmingNode {
  readonly url: string;
  transaction(id: string): Promise<TransactionState>;
}

/** The outcomes, each confirmed by another node than the one that told it, where there is another. */
export async function confirmAll(
  terminals: readonly ArmedTerminal[],
  outcomes: readonly PingOutcome[],
  nodes: readonly ConfirmingNode[],
): Promise<PingOutcome[]> {
  const ids = new Map(terminals.map(({ terminal, id }) => [terminal, id]));
  const confirmed: PingOutcome[] = [];
  for (let first = 0; first < outcomes.length; first += AT_ONCE) {
    const some = outcomes.slice(first, first + AT_ONCE);
    confirmed.push(
      ...(await Promise.all(
        some.map((outcome) => confirm(outcome, ids.get(outcome.terminal), nodes)),
      )),
    );
  }
  return confirmed;
}

async function confirm(
  outcome: PingOutcome,
  id: string | undefined,
  nodes: readonly ConfirmingNode[],
): Promise<PingOutcome> {
  if (outcome.result !== ACCEPTED || id === undefined) return outcome;
  const other = nodes.find(({ url }) => url !== outcome.node) ?? nodes[0];
  const state = await other?.transaction(id);
  const isHeld = state?.result === ACCEPTED && state.height === outcome.height;
  return isHeld ? outcome : { ...outcome, result: UNCONFIRMED };
}
