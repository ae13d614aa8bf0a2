/**
 * What the door turns away although a block could hold it: a few kinds of transactions whose refusal in a block would
 * do harm. Each is executed alone on the state that this node has applied; a later state is for the block to judge.
 */
import type { CheckedTransaction } from "../contracts/check-transaction.ts";
import type { ExecutedBlock } from "../contracts/execute-block.ts";
import { loadtestPing } from "../contracts/governance/loadtest-ping.ts";
import { WISHED_NODES } from "../contracts/state/state-records.ts";
import { ACCEPTED } from "../ledger/block.ts";
import { isFaultCode, LedgerFault } from "../ledger/faults.ts";
import type { LedgerChain } from "./chain/ledger-chain.ts";
import { demandQuorum } from "./quorum-guard.ts";

/** What guards look at. */
export interface GuardParts {
  readonly chain: LedgerChain;
  readonly nowMs: () => number;
  /** Numbers of the members in reach, this node among them. */
  readonly connected: () => ReadonlySet<number>;
}

interface Guard {
  /** Which transactions it is about: cheap, since it is asked of each. */
  readonly concerns: (checked: CheckedTransaction) => boolean;
  /** @throws LedgerFault when the transaction is to stay out. */
  readonly demand: (
    executed: ExecutedBlock,
    checked: CheckedTransaction,
    parts: GuardParts,
  ) => void;
}

/**
 * In a block, a decision that too few governors signed is refused for ever, its id with it; at the door, another governor
 * can sign it and it may come again, the same transaction (docs/decisions/0012).
 */
const governors: Guard = {
  concerns: ({ claims }) => claims.governors.length > 0,
  demand: ({ results }, { claims }) => {
    if (results[0] !== "GOVERNORS_TOO_FEW") return;
    throw new LedgerFault("GOVERNORS_TOO_FEW", { signatures: claims.governors.length });
  },
};

/** Nobody wishes by mistake for a network that could not decide. */
const quorum: Guard = {
  concerns: ({ ruleKeys }) => ruleKeys.some(({ text }) => text === WISHED_NODES.text),
  demand: ({ writes }, _, parts) => demandQuorum(writes, parts),
};

/**
 * A ping moves nothing, so one that would be refused gets no room in a block: nobody can load the network with them but
 * registered terminals, in the announced hour, once each.
 */
const pings: Guard = {
  concerns: ({ declaration }) => declaration.type === loadtestPing.type,
  demand: ({ results: [result = ACCEPTED] }, { content }) => {
    if (result === ACCEPTED) return;
    throw new LedgerFault(isFaultCode(result) ? result : "INTERNAL", { id: content.id });
  },
};

const GUARDS: readonly Guard[] = [governors, quorum, pings];

/** Whether a transaction is to be guarded: few are, and no payment. */
export function isGuarded(checked: CheckedTransaction): boolean {
  return GUARDS.some(({ concerns }) => concerns(checked));
}

/** @throws LedgerFault when a guard keeps the transaction out: it may come again. */
export async function guard(checked: CheckedTransaction, parts: GuardParts): Promise<void> {
  const executed = await parts.chain.executeAlone(checked, parts.nowMs());
  // No block may hold it: what else lies before the door says why.
  if (executed === null) return;
  for (const { concerns, demand } of GUARDS) {
    if (concerns(checked)) demand(executed, checked, parts);
  }
}
