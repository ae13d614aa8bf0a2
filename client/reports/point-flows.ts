/**
 * How the points of each type moved, day by day, from the postings of every block: issued, used, expired; the rest is
 * outstanding (I6). Vouchers and projects are outstanding until a shop or a beneficiary has the points.
 */

import type { CivilDate } from "../../contracts/fields/dates.ts";
import { checkInvariants } from "../../contracts/invariants.ts";
import { isContra, type Posting } from "../../contracts/points/accounts.ts";
import type { MemoryState } from "../../contracts/state/state.ts";
import type { AuditedBlock } from "../audit/chain-auditor.ts";

/** What moved, pt. */
export interface Flow {
  readonly issuedPt: number;
  readonly usedPt: number;
  readonly expiredPt: number;
}

/** Nothing moved. */
export const NO_FLOW: Flow = { issuedPt: 0, usedPt: 0, expiredPt: 0 };

/** Accounts of points that residents can no longer spend, by their first word. */
const USED_KINDS: readonly string[] = ["merchant", "batch", "retired"];
/** Assets that are no points of an issuer: rights to grant, yen, and what is on its way from a company. */
const OTHER_ASSETS = /^(budget|yen|support)\//;

/** The sum of two flows. */
export function addFlows(a: Flow, b: Flow): Flow {
  return {
    issuedPt: a.issuedPt + b.issuedPt,
    usedPt: a.usedPt + b.usedPt,
    expiredPt: a.expiredPt + b.expiredPt,
  };
}

/** What residents still hold after a flow, pt. */
export function outstandingPt({ issuedPt, usedPt, expiredPt }: Flow): number {
  return issuedPt - usedPt - expiredPt;
}

/** What a balance or a movement of an account of points is part of. */
export function flowOf(account: string, pt: number): Flow {
  const kind = account.slice(0, account.indexOf("/"));
  if (isContra(account)) return { ...NO_FLOW, issuedPt: -pt };
  if (USED_KINDS.includes(kind)) return { ...NO_FLOW, usedPt: pt };
  return kind === "expired" ? { ...NO_FLOW, expiredPt: pt } : NO_FLOW;
}

/** True for the assets that are points: `<issuer>/<pointType>`. */
export function isPointAsset(asset: string): boolean {
  return !OTHER_ASSETS.test(asset);
}

/** Collects the flows of a chain. */
export class PointFlows {
  readonly #byAsset = new Map<string, Map<CivilDate, Flow>>();

  /** Takes the next block. */
  add({ date, postings }: Pick<AuditedBlock, "date" | "postings">): void {
    for (const posting of postings.flat()) {
      if (isPointAsset(posting.asset)) this.#addPosting(date, posting);
    }
  }

  /** Takes what accounts hold in a state that was not reached by execution: as one movement on its date. */
  carry(date: CivilDate, state: MemoryState): void {
    for (const { asset, kind, balancePt } of checkInvariants(state.records())) {
      if (isPointAsset(asset)) this.#addFlow(date, asset, flowOf(`${kind}/`, balancePt));
    }
  }

  /** Point types in ascending order, with their days in order of time. */
  days(): { readonly asset: string; readonly days: readonly (readonly [CivilDate, Flow])[] }[] {
    return [...this.#byAsset]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([asset, days]) => ({ asset, days: [...days] }));
  }

  #addPosting(date: CivilDate, { account, asset, deltaPt }: Posting): void {
    this.#addFlow(date, asset, flowOf(account, deltaPt));
  }

  #addFlow(date: CivilDate, asset: string, flow: Flow): void {
    const days = this.#byAsset.get(asset) ?? new Map<CivilDate, Flow>();
    this.#byAsset.set(asset, days);
    days.set(date, addFlows(days.get(date) ?? NO_FLOW, flow));
  }
}
