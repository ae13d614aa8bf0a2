/** Every kind of step, in the order in which the list of words shows them. */
import type { StepKind } from "./step-kind.ts";
import { checkIn, closeCampaign, expectPremium, openCampaign } from "./steps/campaigns.ts";
import {
  renewCard,
  resumeCard,
  resumeShop,
  revokeTerminal,
  suspendCard,
  suspendShop,
} from "./steps/cards.ts";
import { date } from "./steps/clock.ts";
import {
  expectBalance,
  expectBudget,
  expectIssued,
  expectLots,
  expectTill,
} from "./steps/expectations.ts";
import { expectExpired, extend, sweep, windDown } from "./steps/expiry.ts";
import { grant, pay } from "./steps/points.ts";
import {
  donate,
  expectProject,
  openProject,
  refundDonation,
  settleProject,
} from "./steps/projects.ts";
import {
  appropriate,
  definePoints,
  openIssuing,
  openWallet,
  registerShop,
} from "./steps/set-up.ts";
import {
  acceptClearing,
  approveBatch,
  closeFiscalYear,
  cutBatch,
  cutClearing,
  expectDue,
  expectPayout,
  objectToBatch,
  reportPayout,
  settleClearing,
} from "./steps/settlement.ts";
import { submit } from "./steps/submit.ts";
import { refund, reverseGrant, voidPayment } from "./steps/taking-back.ts";
import {
  cancelVoucher,
  defineVouchers,
  expectVouchers,
  issueVouchers,
  lapseVouchers,
  redeemVoucher,
} from "./steps/vouchers.ts";

/** Every kind of step. */
export const STEP_KINDS: readonly StepKind[] = [
  date,
  openIssuing,
  definePoints,
  appropriate,
  registerShop,
  openWallet,
  grant,
  reverseGrant,
  pay,
  voidPayment,
  refund,
  sweep,
  extend,
  windDown,
  openCampaign,
  closeCampaign,
  checkIn,
  defineVouchers,
  issueVouchers,
  redeemVoucher,
  cancelVoucher,
  lapseVouchers,
  openProject,
  donate,
  settleProject,
  refundDonation,
  renewCard,
  suspendCard,
  resumeCard,
  revokeTerminal,
  suspendShop,
  resumeShop,
  cutBatch,
  objectToBatch,
  approveBatch,
  reportPayout,
  cutClearing,
  acceptClearing,
  settleClearing,
  closeFiscalYear,
  submit,
  expectBalance,
  expectLots,
  expectTill,
  expectIssued,
  expectBudget,
  expectExpired,
  expectPremium,
  expectVouchers,
  expectProject,
  expectPayout,
  expectDue,
];
