/**
 * Keeps governors from wishing for a network that could not decide: a transaction after which the voters in reach
 * would be no quorum is refused at the edge, unless it says `force`. The same transaction may be sent again when
 * those nodes are back. What passes here still waits at the leader until the step is safe (membership-changer.ts).
 */
import type { ExecutedBlock } from "../contracts/execute-block.ts";
import { LedgerFault } from "../ledger/faults.ts";
import { memberOf } from "../ledger/membership.ts";
import type { LedgerChain } from "./chain/ledger-chain.ts";
import { wishWritten } from "./chain/membership-steps.ts";

/** What the guard looks at. */
interface QuorumGuardParts {
  readonly chain: LedgerChain;
  /** Numbers of the members in reach, this node among them. */
  readonly connected: () => ReadonlySet<number>;
}

/**
 * @param writes what the transaction would write.
 * @throws LedgerFault `QUORUM_AT_RISK` naming the voters that are not in reach.
 */
export function demandQuorum(
  writes: ExecutedBlock["writes"],
  { chain, connected }: QuorumGuardParts,
): void {
  const wish = wishWritten(new Map(writes));
  if (wish === null || wish.force) return;
  const { current } = chain.applied.tip.memberships;
  const reached = connected();
  const voters = wish.members.filter(({ role }) => role === "voter");
  // Whoever is not a member yet cannot be in reach: he is waited for before he gets a voice.
  const silent = voters.filter(
    ({ number }) => memberOf(current, number) !== undefined && !reached.has(number),
  );
  if (voters.length - silent.length > voters.length / 2) return;
  const numbers = silent.map(({ number }) => number).join(" ");
  throw new LedgerFault("QUORUM_AT_RISK", { silent: numbers, voters: voters.length });
}
