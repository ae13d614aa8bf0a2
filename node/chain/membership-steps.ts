/**
 * From the membership in force to the wished one, as a node's chain has both (docs/decisions/0010): which step a
 * block on a parent may take. When it is taken is the leader's to say (node/driver/membership-changer.ts).
 */
import { isNextMembership, nextMembership, wishIn } from "../../contracts/nodes/next-membership.ts";
import type { Wish } from "../../contracts/nodes/wish.ts";
import { WISHED_NODES } from "../../contracts/state/state-records.ts";
import type { Block, BlockControl } from "../../ledger/block.ts";
import type { ChainTip } from "../../ledger/chain.ts";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Membership } from "../../ledger/membership.ts";

/** What of a block says how the membership goes on. */
interface Parent {
  readonly tip: Pick<ChainTip, "memberships">;
  readonly wish: Wish;
}

/** Changed records of the state; null removes one. */
type Writes = ReadonlyMap<string, Uint8Array | null>;

/** The wish that is written there; null when it stays as it is. */
export function wishWritten(writes: Writes): Wish | null {
  const isWritten = writes.has(WISHED_NODES.text);
  return isWritten ? wishIn((key) => writes.get(key) ?? null) : null;
}

/** The membership that a block on the parent must name if it names one; null when it may name none. */
export function stepAfter(
  { tip, wish }: Parent,
  control: Pick<BlockControl, "lastCertificate">,
): Membership | null {
  return nextMembership(tip.memberships.nextAfter(control), wish.members);
}

/**
 * Rule C10: a change of membership is the next step to what governance wishes.
 * @throws LedgerFault `MEMBERSHIP_CHANGE_INVALID`.
 */
export function assertStep({ tip, wish }: Parent, { header: { height }, control }: Block): void {
  const { membershipChange } = control;
  if (membershipChange === null) return;
  if (!isNextMembership(membershipChange, tip.memberships.nextAfter(control), wish)) {
    throw new LedgerFault("MEMBERSHIP_CHANGE_INVALID", { height });
  }
}
