/**
 * The check that every accepted transaction goes through: its postings sum to zero for each asset (I1), every
 * balance that its writes changed changed by exactly its postings (I2), and no account is on the wrong side
 * of zero (I3). A rule that fails it is a bug, and stops the node rather than the books being wrong.
 */
import { LedgerFault } from "../../ledger/faults.ts";
import type { RecordChange } from "../state/view.ts";
import { type Balance, isContra, type Posting } from "./accounts.ts";

/** @throws LedgerFault `INVARIANT_BROKEN` with the invariant, account or asset, and the difference. */
export function assertDoubleEntry(
  postings: readonly Posting[],
  changes: Iterable<RecordChange>,
): void {
  const byAsset = new Sums();
  const byAccount = new Map<string, Sums>();
  const move = (account: string, asset: string, pt: number) => {
    const sums = byAccount.get(asset) ?? new Sums();
    byAccount.set(asset, sums);
    sums.add(account, pt);
  };
  for (const { account, asset, deltaPt } of postings) {
    byAsset.add(asset, deltaPt);
    move(account, asset, deltaPt);
  }
  for (const { key, before, after } of changes) {
    const balancesBefore = before === null ? [] : key.space.balances(key, before);
    for (const { account, asset, balancePt } of balancesBefore) move(account, asset, balancePt);
    for (const balance of key.space.balances(key, after)) {
      assertSide(balance);
      move(balance.account, balance.asset, -balance.balancePt);
    }
  }
  byAsset.assertZero("I1");
  for (const sums of byAccount.values()) sums.assertZero("I2");
}

/** @throws LedgerFault `INVARIANT_BROKEN` when a contra account is above zero or another one below. */
export function assertSide({ account, balancePt }: Balance): void {
  const isRight = isContra(account) ? balancePt <= 0 : balancePt >= 0;
  if (!isRight) throw new LedgerFault("INVARIANT_BROKEN", { invariant: "I3", account, balancePt });
}

/** Exact sums by name. */
export class Sums {
  readonly #sums = new Map<string, number>();

  /** @throws LedgerFault `INVARIANT_BROKEN` when a sum is no longer exact. */
  add(name: string, pt: number): void {
    const sumPt = (this.#sums.get(name) ?? 0) + pt;
    if (!Number.isSafeInteger(sumPt)) {
      throw new LedgerFault("INVARIANT_BROKEN", { invariant: "exact sums", name });
    }
    this.#sums.set(name, sumPt);
  }

  /** @throws LedgerFault `INVARIANT_BROKEN` naming the first sum that is not zero. */
  assertZero(invariant: string): void {
    for (const [name, differencePt] of this.#sums) {
      if (differencePt !== 0) {
        throw new LedgerFault("INVARIANT_BROKEN", { invariant, name, differencePt });
      }
    }
  }

  /** The sums in ascending order of name. */
  sorted(): (readonly [name: string, sumPt: number])[] {
    return [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
