/**
 * Which membership is in force at which height: a function of the chain alone (docs/decisions/0010).
 *
 * A block may name the next membership. It is in force from the first block on that shows a certificate for
 * that block, or for a later one: so it is certified by the members before it, each block is made under
 * one membership, and each certificate is judged by one.
 */
import type { BlockControl } from "./block.ts";
import type { Membership } from "./membership.ts";

/** A membership that is named in the chain, and not in force yet. */
export interface PendingMembership {
  /** Height of the block that names it. */
  readonly changeHeight: number;
  readonly membership: Membership;
}

/** A membership and from where it is in force; all heights are 0 for that of the genesis. */
export interface MembershipPeriod extends PendingMembership {
  /** Height of the first block made under it. */
  readonly fromHeight: number;
  /** Height of the certificate that this block shows. */
  readonly provenHeight: number;
}

/** All memberships of a chain up to some block, oldest first. Immutable. */
export class MembershipHistory {
  readonly periods: readonly MembershipPeriod[];
  readonly pending: PendingMembership | null;

  /** @param periods at least one, in ascending order of height. */
  constructor(periods: readonly MembershipPeriod[], pending: PendingMembership | null) {
    this.periods = periods;
    this.pending = pending;
  }

  /** The history of a chain that has only its genesis. */
  static of(membership: Membership): MembershipHistory {
    return new MembershipHistory(
      [{ fromHeight: 0, changeHeight: 0, provenHeight: 0, membership }],
      null,
    );
  }

  /** The membership under which the last block was made. */
  get current(): Membership {
    return lastOf(this.periods).membership;
  }

  /** The membership of a block of this chain, or of the block after it when that activates nothing. */
  at(height: number): Membership {
    const period = this.periods.findLast(({ fromHeight }) => fromHeight <= height);
    return (period ?? lastOf(this.periods)).membership;
  }

  /** The membership of the next block, by the certificate that it shows. */
  nextAfter({ lastCertificate }: Pick<BlockControl, "lastCertificate">): Membership {
    const { pending } = this;
    const isProven = pending !== null && (lastCertificate?.height ?? 0) >= pending.changeHeight;
    return isProven ? pending.membership : this.current;
  }

  /** The history with the next block, of that height. */
  append(fromHeight: number, control: BlockControl): MembershipHistory {
    const { membershipChange, lastCertificate } = control;
    const active = this.#activate(fromHeight, lastCertificate);
    if (membershipChange === null) return active;
    const pending = { changeHeight: fromHeight, membership: membershipChange };
    return new MembershipHistory(active.periods, pending);
  }

  #activate(fromHeight: number, certificate: BlockControl["lastCertificate"]): MembershipHistory {
    const { pending, periods } = this;
    if (pending === null || certificate === null || certificate.height < pending.changeHeight) {
      return this;
    }
    const period = { ...pending, fromHeight, provenHeight: certificate.height };
    return new MembershipHistory([...periods, period], null);
  }
}

function lastOf(periods: readonly MembershipPeriod[]): MembershipPeriod {
  const last = periods.at(-1);
  if (last === undefined) throw new RangeError("a chain has a membership from its genesis on");
  return last;
}
