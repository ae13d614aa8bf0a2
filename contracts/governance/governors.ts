/** Who governs the network: organisations that decide together, each by a key of the role `governor`. */
import type { Genesis } from "../../ledger/genesis.ts";
import { GOVERNORS_MAX } from "../../ledger/limits.ts";
import { identifier } from "../../ledger/membership.ts";
import { type Infer, list, record, uint } from "../../ledger/schema.ts";
import { refined } from "../fields/fields.ts";

/** Who governs, and how many of them decide. */
export const governorsFields = {
  /** Ids, in ascending order. */
  organisations: refined(
    list(identifier, GOVERNORS_MAX),
    "must be in ascending order",
    isAscending,
  ),
  threshold: uint(GOVERNORS_MAX, 1),
};

/** The record of those who govern. */
export const governorsSchema = record(governorsFields);
/** Who governs, and how many of them decide. */
export type Governors = Infer<typeof governorsSchema>;

/** At first every organisation that holds a governor's key governs, and more than half of them decide. */
export function governorsOf({ keys }: Genesis): Governors {
  const governing = keys.filter(({ roles }) => roles.includes("governor"));
  const ids = new Set(governing.map(({ organisation }) => organisation));
  const organisations = [...ids].sort((a, b) => (a < b ? -1 : 1));
  return { organisations, threshold: Math.floor(organisations.length / 2) + 1 };
}

function isAscending(ids: readonly string[]): boolean {
  return ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? ""));
}
