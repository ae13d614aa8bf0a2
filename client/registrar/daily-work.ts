/**
 * What the ledger leaves to be written down once a day for a municipality's wallets: that they forget payments whose witness is
 * destroyed, and that points have expired. Both are true already; whoever sends it decides nothing.
 */
import { expireSweep } from "../../contracts/granting/expire-sweep.ts";
import { paymentsForget } from "../../contracts/spending/payments-forget.ts";
import { toHex } from "../../ledger/bytes.ts";
import { WALLETS_LISTED_MAX } from "../../ledger/limits.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import type { Draft } from "../sdk/transaction-builder.ts";

/** What a day's work is done for. */
export interface DailyWork {
  readonly municipality: string;
  /** Its residents' wallets. */
  readonly handles: readonly Uint8Array[];
  /** Its types of points that expire. */
  readonly pointTypes: readonly string[];
}

/** Results that say that somebody was there before, or that nothing was due. */
export const NOTHING_DUE: ReadonlySet<string> = new Set([
  ...paymentsForget.faults,
  ...expireSweep.faults.filter((code) => code === "NOTHING_EXPIRED"),
]);

/** The day's transactions, each for as many wallets as one may list, for a clerk of the municipality to sign. */
export function* dailyDrafts({ municipality, handles, pointTypes }: DailyWork): Generator<Draft> {
  for (let first = 0; first < handles.length; first += WALLETS_LISTED_MAX) {
    const wallets = handles.slice(first, first + WALLETS_LISTED_MAX).map(toHex);
    const draft = (type: string, rest: Readonly<Record<string, JsonValue>>): Draft => ({
      type,
      public: { organisation: municipality, ...rest },
      private: { wallets },
    });
    yield draft(paymentsForget.type, {});
    for (const pointType of pointTypes) {
      yield draft(expireSweep.type, { issuer: municipality, pointType });
    }
  }
}
