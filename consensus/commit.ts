// Invariants
// - A leader commits by counting only when the entry counted is of its own term; older entries are
//   committed through it, never by themselves (Raft paper, 5.4.2 and figure 8).
// - With the commit barrier, no entry behind an unapplied change of membership is committed: by then
//   another quorum may be asked.
import type { Core } from "./core.ts";

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

/** Looks for the first unapplied change of membership, if commits are to stop at it. */
export function resetBarrier(core: Core): void {
  if (!core.config.commitBarrier) return;
  const { applied } = core.log;
  core.leadership.barrier = core.log.findConfChange(applied, core.log.lastIndex());
}
