/** What a number of a company's units comes to. */
import { AMOUNT_PT_MAX } from "../../ledger/limits.ts";
import type { CivilDate } from "../fields/dates.ts";
import type { CONVERSION_RATE, ConversionRate } from "./conversion-records.ts";

type Announced = ReturnType<typeof CONVERSION_RATE.decode>;

/** The rate on a date. */
export function rateOn({ current, next }: Announced, date: CivilDate): ConversionRate {
  return next !== null && next.from <= date ? next.rate : current;
}

/** The points for so many units, or why they are not taken. */
export function convertedPt(
  rate: ConversionRate,
  units: number,
): number | "NOT_UNIT_STEP" | "LIMIT_EXCEEDED" {
  if (units % rate.unitStep !== 0) return "NOT_UNIT_STEP";
  const amountPt = (units / rate.unitStep) * rate.stepPt;
  const isWithin = units >= rate.unitsMin && amountPt <= Math.min(rate.requestCapPt, AMOUNT_PT_MAX);
  return isWithin ? amountPt : "LIMIT_EXCEEDED";
}
