// Invariants
// - A leader commits by counting only when the entry counted is of its own term; older entries are
//   committed through it, never by themselves (Raft paper, 5.4.2 and figure 8).
// - With the commit barrier, no entry behind an unapplied change of membership is committed: by
//   then another quorum may be asked.
import type { Core } from "./core.ts";
import { type Entry, isConfChange } from "./messages.ts";

/**
 * Moves a leader's commit index to what its quorum holds. Answers whether it moved, in which case
 * the followers should hear of it.
 */
export function maybeCommit(core: Core): boolean {
  const { log, leadership } = core;
  const held = core.tracker.committed();
  if (held <= log.committed || log.term(held) !== core.term) return false;
  // An own-term entry on a quorum commits all that stands before it, so any index up to it is safe;
  // at the barrier the rest waits until the new membership is in force.
  const index = Math.min(held, leadership.barrier ?? held);
  if (index <= log.committed) return false;
  log.commitTo(index);
  return true;
}

/** Whether this leader knows what is committed: only once it has committed in its own term. */
export function hasCommittedInOwnTerm(core: Core): boolean {
  return core.log.termOrZero(core.log.committed) === core.term;
}

/** Finds the first unapplied change of membership, if commits are to stop at it. */
export function findBarrier(core: Core): void {
  if (!core.config.commitBarrier) return;
  core.leadership.barrier = core.log.findConfChange(core.log.applied, core.log.lastIndex());
}

/** Stops commits at a change of membership among new entries, unless one stops them before. */
export function raiseBarrier(core: Core, entries: readonly Entry[]): void {
  if (!core.config.commitBarrier) return;
  core.leadership.barrier ??= entries.find(isConfChange)?.index ?? null;
}
