/** A promise of the ledger that a run has seen broken: the run fails. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** Demands that a promise holds. @throws BrokenPromise when it does not. */
export function demand(holds: boolean, broken: () => string): asserts holds {
  if (!holds) throw new BrokenPromise(broken());
}
