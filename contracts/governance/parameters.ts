/**
 * Parameters: the numbers in the rules that the consortium may change. Each has a default, and a change is
 * announced before it counts: all of them say what somebody gets or loses.
 */
import { type Infer, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import type { View } from "../declaration.ts";
import { type CivilDate, civilDate } from "../fields/dates.ts";
import { keySpace } from "../state/key-space.ts";
import { WITNESS_DAYS_MAX } from "./witness.ts";

/** A parameter: its default and its bounds. */
interface Parameter {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** Every parameter, its unit last in its name. */
export const PARAMETERS = {
  /** How long before it counts a change is announced. */
  NOTICE_DAYS: { default: 7, min: 7, max: 365 },
  /** How long converted points rest before they go to the default municipality. */
  RESERVE_DAYS: { default: 14, min: 1, max: 180 },
  /** How long points that come back after their last day can still be spent. */
  REFUND_GRACE_DAYS: { default: 14, min: 1, max: 180 },
  /** How long after a payment it can be refunded or disputed. */
  DISPUTE_DAYS: { default: 45, min: 1, max: 92 },
  /** How long what is private of a transaction is kept at least; 92 days at most, whatever is set (witness.ts). */
  WITNESS_DAYS: { default: 45, min: 7, max: WITNESS_DAYS_MAX },
  /** How long a shopping street has to acknowledge a transfer. */
  STREET_ACK_HOURS: { default: 24, min: 1, max: 240 },
  /** How long a partner company has to answer a conversion. */
  PARTNER_ANSWER_HOURS: { default: 72, min: 1, max: 240 },
  /** How long before its end a scheme says that it ends. */
  WIND_DOWN_DAYS: { default: 60, min: 60, max: 1000 },
  /** How old the word on a card may be when it is used: a list of revoked certificates comes every day. */
  STATUS_AGE_HOURS: { default: 24, min: 1, max: 168 },
  /** The same for a large payment: the issuer has to be asked about this one card. */
  LARGE_PAYMENT_STATUS_AGE_MINUTES: { default: 5, min: 1, max: 60 },
  /** The rules in force (rule-version.ts). */
  RULE_VERSION: { default: 1, min: 1, max: 1_000_000 },
} as const satisfies { readonly [name: string]: Parameter };

/** The name of a parameter. */
export type ParameterName = keyof typeof PARAMETERS;

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** The name of a parameter. */
export const parameterName = oneOf(NAMES);

const parameterSchema = record({
  value: uint(),
  /** What follows it and from when; null: no change is announced. */
  next: nullable(record({ value: uint(), from: civilDate })),
});
type ParameterRecord = Infer<typeof parameterSchema>;

/** A parameter that was changed or is about to be; the others have their defaults. */
export const PARAMETER = keySpace("parameter", "<NAME>", parameterSchema);

/** The value of a parameter on a date. The rule declares `PARAMETER.key(name)`. */
export function parameterOn(view: View, name: ParameterName, date: CivilDate): number {
  return valueOn(view.get(PARAMETER.key(name)), name, date);
}

/** The same from a record's bytes, or null where there is none. */
export function parameterIn(
  stored: Uint8Array | null,
  name: ParameterName,
  date: CivilDate,
): number {
  return valueOn(stored === null ? null : PARAMETER.decode(stored), name, date);
}

/** The record after a change was announced on a date. */
export function withNext(
  before: ParameterRecord | null,
  { parameter, value, from }: { parameter: ParameterName; value: number; from: CivilDate },
  today: CivilDate,
): ParameterRecord {
  return { value: valueOn(before, parameter, today), next: { value, from } };
}

function valueOn(changed: ParameterRecord | null, name: ParameterName, date: CivilDate): number {
  if (changed === null) return PARAMETERS[name].default;
  const { value, next } = changed;
  return next !== null && next.from <= date ? next.value : value;
}
