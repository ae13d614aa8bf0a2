/**
 * Decides whether a history of concurrent calls could have happened one call after the other, each at one instant
 * between its invocation and its return (Herlihy and Wing 1990), by the search of Wing and Gong (1993) with
 * Lowe's memory of what was tried (2017).
 */

/** One call. `returned` null: no answer came; it may have taken effect at any time, or never. */
export interface Call<Operation> {
  readonly operation: Operation;
  readonly invoked: number;
  readonly returned: number | null;
}

/** What the calls do when they come one after the other. */
export interface SequentialModel<State, Operation> {
  readonly initial: State;
  /** The states in which the call, with the answer that it got, can leave the object; none if it cannot be. */
  apply(state: State, operation: Operation): readonly State[];
  /** Equal for equal states. */
  key(state: State): string;
}

/**
 * True when some order of the calls explains all answers. Calls are tried in the order given: a good guess (the
 * order of a log) finds one at once, a bad one only takes longer.
 */
export function isLinearizable<State, Operation>(
  model: SequentialModel<State, Operation>,
  calls: readonly Call<Operation>[],
): boolean {
  const done = new Set<number>();
  const tried = new Set<string>();

  /** Calls that may come next: none that is left had returned before they were invoked. */
  const candidates = (): number[] => {
    const left = [...calls.keys()].filter((position) => !done.has(position));
    const firstReturn = Math.min(
      ...left.map((position) => calls[position]?.returned ?? Number.POSITIVE_INFINITY),
    );
    return left.filter((position) => (calls[position]?.invoked ?? 0) <= firstReturn);
  };

  const search = (state: State): boolean => {
    if (calls.every(({ returned }, position) => returned === null || done.has(position)))
      return true;
    const here = `${calls.map((_, position) => (done.has(position) ? 1 : 0)).join("")} ${model.key(state)}`;
    if (tried.has(here)) return false;
    tried.add(here);
    return candidates().some((position) => {
      const call = calls[position] as Call<Operation>;
      done.add(position);
      const leadsOn = model.apply(state, call.operation).some(search);
      if (!leadsOn) done.delete(position);
      return leadsOn;
    });
  };

  return search(model.initial);
}
