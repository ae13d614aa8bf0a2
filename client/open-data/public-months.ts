/**
 * What may be told of points by month. Where a figure stems from fewer than ten people, it could point at one of them; so a
 * month with too few is joined with those that follow, until each of its figures stems from enough. Figures are not left out one
 * by one: what is outstanding afterwards would give them away.
 */
import type { CivilDate } from "../../contracts/fields/dates.ts";
import { checkInvariants } from "../../contracts/invariants.ts";
import type { MemoryState } from "../../contracts/state/state.ts";
import { WALLET } from "../../contracts/state/state-records.ts";
import type { AuditedBlock } from "../audit/chain-auditor.ts";
import { addFlows, type Flow, flowOf, isPointAsset, NO_FLOW } from "../reports/point-flows.ts";

/** People behind a public figure, at least. */
export const PEOPLE_MIN = 10;

/** Points of a type from the beginning of a month to the end of another. */
export interface Period {
  readonly fromMonth: string;
  readonly toMonth: string;
  readonly flow: Flow;
}

const COLUMNS = ["issuedPt", "usedPt", "expiredPt"] as const;
type Column = (typeof COLUMNS)[number];

/** What moved in some time, and the wallets behind each figure. */
class Movement {
  flow: Flow = NO_FLOW;
  readonly #people: Readonly<Record<Column, Set<string>>> = {
    issuedPt: new Set(),
    usedPt: new Set(),
    expiredPt: new Set(),
  };

  /** Adds a flow; behind each of its figures are these wallets. */
  add(flow: Flow, wallets: Iterable<string>): void {
    this.flow = addFlows(this.flow, flow);
    for (const column of COLUMNS) {
      if (flow[column] !== 0) for (const wallet of wallets) this.#people[column].add(wallet);
    }
  }

  /** Adds another movement. */
  join(other: Movement): void {
    this.flow = addFlows(this.flow, other.flow);
    for (const column of COLUMNS) {
      for (const wallet of other.#people[column]) this.#people[column].add(wallet);
    }
  }

  /** Whether of each figure nothing moved, or enough people are behind it. */
  get isSpeakable(): boolean {
    return COLUMNS.every((column) => {
      const people = this.#people[column].size;
      return people >= PEOPLE_MIN || (people === 0 && this.flow[column] === 0);
    });
  }
}

/** Collects the months of a chain. */
export class PublicMonths {
  readonly #byAsset = new Map<string, Map<string, Movement>>();

  /** Takes the next block. */
  add({ date, postings }: Pick<AuditedBlock, "date" | "postings">): void {
    for (const ofTransaction of postings) {
      const assets = new Set(ofTransaction.map(({ asset }) => asset));
      for (const asset of assets) {
        if (!isPointAsset(asset)) continue;
        const own = ofTransaction.filter((posting) => posting.asset === asset);
        const flow = own
          .map(({ account, deltaPt }) => flowOf(account, deltaPt))
          .reduce(addFlows, NO_FLOW);
        const accounts = own.map(({ account }) => account);
        const wallets = accounts.filter((account) => account.startsWith("wallet/"));
        this.#movementOf(date, asset).add(flow, wallets);
      }
    }
  }

  /** Takes a state that was not reached by execution; behind it are those who hold points of a type there. */
  carry(date: CivilDate, state: MemoryState): void {
    const records = state.records();
    const holders = new Map<string, Set<string>>();
    for (const [key, bytes] of records) {
      if (!key.startsWith(`${WALLET.name}/`)) continue;
      for (const { issuer, pointType } of WALLET.decode(bytes).lots) {
        const asset = `${issuer}/${pointType}`;
        holders.set(asset, (holders.get(asset) ?? new Set()).add(key));
      }
    }
    for (const { asset, kind, balancePt } of checkInvariants(records)) {
      if (!isPointAsset(asset)) continue;
      const flow = flowOf(`${kind}/`, balancePt);
      this.#movementOf(date, asset).add(flow, holders.get(asset) ?? []);
    }
  }

  /** The periods of each type, in order of time, of months that are over on a date. */
  periods(asOf: CivilDate): { readonly asset: string; readonly periods: readonly Period[] }[] {
    return [...this.#byAsset]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([asset, months]) => ({ asset, periods: periodsOf(months, asOf.slice(0, 7)) }));
  }

  #movementOf(date: CivilDate, asset: string): Movement {
    const months = this.#byAsset.get(asset) ?? new Map<string, Movement>();
    this.#byAsset.set(asset, months);
    const month = date.slice(0, 7);
    const movement = months.get(month) ?? new Movement();
    months.set(month, movement);
    return movement;
  }
}

function periodsOf(months: ReadonlyMap<string, Movement>, endMonth: string): Period[] {
  const periods: Period[] = [];
  let fromMonth: string | null = null;
  let held = new Movement();
  for (const [toMonth, moved] of months) {
    if (toMonth >= endMonth) break;
    fromMonth ??= toMonth;
    held.join(moved);
    if (!held.isSpeakable) continue;
    periods.push({ fromMonth, toMonth, flow: held.flow });
    fromMonth = null;
    held = new Movement();
  }
  return periods;
}
