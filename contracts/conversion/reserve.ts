/** The reserve of a wallet: support points by partner and by the day until which they rest. */
import { AMOUNT_PT_MAX } from "../../ledger/limits.ts";
import { RESERVE_ENTRIES_MAX, type ReserveEntry } from "./conversion-records.ts";

/** The entries with more; those of one partner and day are one. Null when there is no room. */
export function addToReserve(
  entries: readonly ReserveEntry[],
  added: ReserveEntry,
): readonly ReserveEntry[] | null {
  const isSame = ({ partner, restsUntil }: ReserveEntry) =>
    partner === added.partner && restsUntil === added.restsUntil;
  const before = entries.find(isSame)?.amountPt ?? 0;
  const others = entries.filter((entry) => !isSame(entry));
  if (others.length >= RESERVE_ENTRIES_MAX) return null;
  const amountPt = before + added.amountPt;
  if (amountPt > AMOUNT_PT_MAX) return null;
  return [...others, { ...added, amountPt }].sort(
    (a, b) => compareText(a.restsUntil, b.restsUntil) || compareText(a.partner, b.partner),
  );
}

/** The entries after points of a partner left, the oldest first; null when there are not so many. */
export function takeFromReserve(
  entries: readonly ReserveEntry[],
  partner: string,
  wantedPt: number,
): readonly ReserveEntry[] | null {
  let leftPt = wantedPt;
  const after = entries.flatMap((entry) => {
    if (entry.partner !== partner) return [entry];
    const takenPt = Math.min(leftPt, entry.amountPt);
    leftPt -= takenPt;
    const amountPt = entry.amountPt - takenPt;
    return amountPt === 0 ? [] : [{ ...entry, amountPt }];
  });
  return leftPt === 0 ? after : null;
}

/** By code units. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
