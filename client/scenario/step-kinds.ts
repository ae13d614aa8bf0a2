/** Every kind of step, in the order in which the list of words shows them. */
import type { StepKind } from "./step-kind.ts";
import { date } from "./steps/clock.ts";
import {
  expectBalance,
  expectBudget,
  expectIssued,
  expectLots,
  expectTill,
} from "./steps/expectations.ts";
import { grant, pay } from "./steps/points.ts";
import {
  appropriate,
  definePoints,
  openIssuing,
  openWallet,
  registerShop,
} from "./steps/set-up.ts";
import { submit } from "./steps/submit.ts";

/** Every kind of step. */
export const STEP_KINDS: readonly StepKind[] = [
  date,
  openIssuing,
  definePoints,
  appropriate,
  registerShop,
  openWallet,
  grant,
  pay,
  submit,
  expectBalance,
  expectLots,
  expectTill,
  expectIssued,
  expectBudget,
];
