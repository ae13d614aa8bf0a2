/**
 * Which version of the rules is in force. The governing organisations raise it together, by the parameter
 * `RULE_VERSION`, announced as every money rule is. A version adds transaction types (`since`); a type that is in force
 * never changes its meaning.
 *
 * Rule V1: versions come one after the other, and none goes back (PARAM_SET).
 * Rule V2: before its version is in force a type is refused, on a node with newer software too (executeBlock).
 * Rule V3: a program that does not know the version in force executes nothing any more: it could only disagree.
 */
import { LedgerFault } from "../../ledger/faults.ts";
import type { CivilDate } from "../fields/dates.ts";
import { RULE_VERSION } from "../rule-version.ts";
import { PARAMETER, parameterIn } from "./parameters.ts";

/** Where the state says which version is in force. */
export const RULE_VERSION_KEY = PARAMETER.key("RULE_VERSION");

/** The version in force on a date. @param record bytes under `RULE_VERSION_KEY`, or null. @throws LedgerFault `RULES_UNKNOWN`. */
export function ruleVersionOn(record: Uint8Array | null, date: CivilDate): number {
  const version = parameterIn(record, "RULE_VERSION", date);
  if (version > RULE_VERSION) {
    throw new LedgerFault("RULES_UNKNOWN", { version, known: RULE_VERSION });
  }
  return version;
}
