/**
 * The one registry of faults: what can be wrong with something that came from outside.
 *
 * Codes are a promise: programs act on them, and they are never reused (a retired code stays listed).
 * Texts are for people and may be improved. `docs/faults.md` is held equal to this file by a test.
 * A programmer's error is not a fault: it is a `TypeError`, `RangeError` or failed assertion.
 */
import { CHAIN_FAULTS } from "./chain-faults.ts";
import { ECONOMY_FAULTS } from "./economy-faults.ts";
import { EDGE_FAULTS } from "./edge-faults.ts";
import type { FaultRow } from "./fault-row.ts";
import { RULE_FAULTS } from "./rule-faults.ts";
import { SETTLEMENT_FAULTS } from "./settlement-faults.ts";

/** Every fault code. */
export const FAULTS = {
  ...EDGE_FAULTS,
  ...RULE_FAULTS,
  ...SETTLEMENT_FAULTS,
  ...ECONOMY_FAULTS,
  ...CHAIN_FAULTS,
} satisfies Record<string, FaultRow>;

/** A code of the registry. */
export type FaultCode = keyof typeof FAULTS;

/** What is particular to this occurrence, for programs and logs. Never personal data. */
export type FaultFacts = { readonly [name: string]: string | number | boolean };

/** Facts, and the error that led here, if one did. */
type FaultDetails = { readonly [name: string]: unknown };

/** True when the text is a code of the registry. */
export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULTS, code);
}

/** The one class that carries a fault; programs look at `code` and `facts`, people read `message`. */
export class LedgerFault extends Error {
  override readonly name = "LedgerFault";
  readonly code: FaultCode;
  readonly facts: FaultFacts;

  constructor(code: FaultCode, details: FaultDetails = {}) {
    const { cause, ...facts } = details;
    const said = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
    super(
      `${code}: ${FAULTS[code].en}${said.length > 0 ? ` (${said.join(", ")})` : ""}`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.facts = facts as FaultFacts;
  }
}
