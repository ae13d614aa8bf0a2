/**
 * How long nodes keep the witness: what of a transaction is private, its salt and its signatures. Days that are over
 * are destroyed when WITNESS_PRUNE says so, and 92 days after them whether anybody said so or not (docs/decisions/0023).
 */
import { type Infer, list, nullable, record, uint } from "../../ledger/schema.ts";
import type { View } from "../declaration.ts";
import { addDays, type CivilDate, civilDate } from "../fields/dates.ts";
import { keySpace } from "../state/key-space.ts";

/** The hard limit: nothing, not even a dispute, keeps a day's witness for longer, days. */
export const WITNESS_DAYS_MAX = 92;

const witnessSchema = record({
  /** The first day whose witness is kept; null: none was destroyed by a transaction. */
  keptFrom: nullable(civilDate),
  /** Days from which on it is still needed, ascending, and by how many disputes and open batches. */
  needed: list(record({ since: civilDate, count: uint() }), WITNESS_DAYS_MAX + 1),
});
type Witness = Infer<typeof witnessSchema>;

const NOTHING_YET: Witness = { keptFrom: null, needed: [] };

const witnessSpace = keySpace("witness", "consortium", witnessSchema);
/** What is destroyed, and what keeps more from being destroyed: one record. */
export const WITNESS = witnessSpace.key("consortium");

/** The first day whose witness is kept, today: what nodes go by. */
export function witnessKeptFrom(witness: Witness | null, today: CivilDate): CivilDate {
  const limit = addDays(today, -WITNESS_DAYS_MAX);
  const said = witness?.keptFrom ?? limit;
  return said > limit ? said : limit;
}

/** The record as it stands. The rule declares `WITNESS`. */
export function readWitness(view: View): Witness {
  return view.get(WITNESS) ?? NOTHING_YET;
}

/** True while something needs the witness of a day before that one. */
export function isNeededBefore({ needed }: Witness, day: CivilDate, today: CivilDate): boolean {
  return withinLimit(needed, today).some(({ since }) => since < day);
}

/** From now on somebody needs the witness from that day on, no longer than to the hard limit. */
export function needWitness(view: View, since: CivilDate, today: CivilDate): void {
  change(view, since, today, 1);
}

/** He who needed it from that day on does not need it any more. */
export function releaseWitness(view: View, since: CivilDate, today: CivilDate): void {
  change(view, since, today, -1);
}

function change(view: View, since: CivilDate, today: CivilDate, by: 1 | -1): void {
  const witness = readWitness(view);
  const kept = withinLimit(witness.needed, today);
  const found = kept.find((one) => one.since === since);
  const changed = { since, count: Math.max(0, (found?.count ?? 0) + by) };
  const needed = withinLimit([...kept.filter((one) => one !== found), changed], today)
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.since < b.since ? -1 : 1));
  view.put(WITNESS, { ...witness, needed });
}

/** What is older is destroyed anyway. */
function withinLimit(needed: Witness["needed"], today: CivilDate): Witness["needed"] {
  const limit = addDays(today, -WITNESS_DAYS_MAX);
  return needed.filter(({ since }) => since >= limit && since <= today);
}
