/**
 * Every transaction type under every rule version. A declaration is never removed or changed once a block
 * may hold it: new rules are a new declaration with a higher `since`, and old blocks replay under the old.
 */

import { campaignAdjust } from "./campaigns/campaign-adjust.ts";
import { campaignClose } from "./campaigns/campaign-close.ts";
import { campaignOpen } from "./campaigns/campaign-open.ts";
import { costShareAgree } from "./campaigns/cost-share-agree.ts";
import { costShareBill } from "./campaigns/cost-share-bill.ts";
import { conversionRateSet } from "./conversion/conversion-rate-set.ts";
import { convertAllocate } from "./conversion/convert-allocate.ts";
import { convertAutoAllocate } from "./conversion/convert-auto-allocate.ts";
import { convertConfirm } from "./conversion/convert-confirm.ts";
import { convertReject } from "./conversion/convert-reject.ts";
import { convertRequest } from "./conversion/convert-request.ts";
import { fundingConfirm } from "./conversion/funding-confirm.ts";
import type { TransactionType } from "./declaration.ts";
import { adjust } from "./governance/adjust.ts";
import { auditAttest } from "./governance/audit-attest.ts";
import { governorsSet } from "./governance/governors-set.ts";
import { loadtestOpen } from "./governance/loadtest-open.ts";
import { loadtestPing } from "./governance/loadtest-ping.ts";
import { orgKeyAdd } from "./governance/org-key-add.ts";
import { orgKeyRevoke } from "./governance/org-key-revoke.ts";
import { orgKeyRotate } from "./governance/org-key-rotate.ts";
import { organisationAdmit } from "./governance/organisation-admit.ts";
import { paramSet } from "./governance/param-set.ts";
import { walletFreeze } from "./governance/wallet-freeze.ts";
import { walletUnfreeze } from "./governance/wallet-unfreeze.ts";
import { witnessPrune } from "./governance/witness-prune.ts";
import { eventCheckin } from "./granting/event-checkin.ts";
import { expireSweep } from "./granting/expire-sweep.ts";
import { grantReverse } from "./granting/grant-reverse.ts";
import { lotExtend } from "./granting/lot-extend.ts";
import { pointGrant } from "./granting/point-grant.ts";
import { pointGrantBatch } from "./granting/point-grant-batch.ts";
import { schemeWindDown } from "./granting/scheme-wind-down.ts";
import { nodeAdmit } from "./nodes/node-admit.ts";
import { nodeDemote } from "./nodes/node-demote.ts";
import { nodeKeyRotate } from "./nodes/node-key-rotate.ts";
import { nodePromote } from "./nodes/node-promote.ts";
import { nodeReplace } from "./nodes/node-replace.ts";
import { nodeRetire } from "./nodes/node-retire.ts";
import { donate } from "./projects/donate.ts";
import { donationRefund } from "./projects/donation-refund.ts";
import { projectOpen } from "./projects/project-open.ts";
import { projectSettle } from "./projects/project-settle.ts";
import { cardRebind } from "./residents/card-rebind.ts";
import { cardResume } from "./residents/card-resume.ts";
import { cardSuspend } from "./residents/card-suspend.ts";
import { consentGrant } from "./residents/consent-grant.ts";
import { consentRevoke } from "./residents/consent-revoke.ts";
import { defaultMuniSet } from "./residents/default-muni-set.ts";
import { myKeyIdClaim } from "./residents/mykey-id-claim.ts";
import { myKeyIdRelease } from "./residents/mykey-id-release.ts";
import { statusAttest } from "./residents/status-attest.ts";
import { statusListAttest } from "./residents/status-list-attest.ts";
import { walletClose } from "./residents/wallet-close.ts";
import { walletOpen } from "./residents/wallet-open.ts";
import { RULE_VERSION } from "./rule-version.ts";
import { facilityRegister } from "./services/facility-register.ts";
import { linkCreate } from "./services/link-create.ts";
import { linkRemove } from "./services/link-remove.ts";
import { linkRenew } from "./services/link-renew.ts";
import { linkRootCommit } from "./services/link-root-commit.ts";
import { linkSuspend } from "./services/link-suspend.ts";
import { residencyAttest } from "./services/residency-attest.ts";
import { serviceDefine } from "./services/service-define.ts";
import { acceptanceAgree } from "./set-up/acceptance-agree.ts";
import { acceptanceEnd } from "./set-up/acceptance-end.ts";
import { budgetAppropriate } from "./set-up/budget-appropriate.ts";
import { issuerOpen } from "./set-up/issuer-open.ts";
import { merchantRegister } from "./set-up/merchant-register.ts";
import { merchantResume } from "./set-up/merchant-resume.ts";
import { merchantSuspend } from "./set-up/merchant-suspend.ts";
import { partnerRegister } from "./set-up/partner-register.ts";
import { pointTypeDefine } from "./set-up/point-type-define.ts";
import { terminalRegister } from "./set-up/terminal-register.ts";
import { terminalRevoke } from "./set-up/terminal-revoke.ts";
import { batchApprove } from "./settlement/batch-approve.ts";
import { batchCut } from "./settlement/batch-cut.ts";
import { batchObject } from "./settlement/batch-object.ts";
import { clearingAccept } from "./settlement/clearing-accept.ts";
import { clearingCut } from "./settlement/clearing-cut.ts";
import { clearingSettled } from "./settlement/clearing-settled.ts";
import { dueWriteOff } from "./settlement/due-write-off.ts";
import { fyClose } from "./settlement/fy-close.ts";
import { payoutReport } from "./settlement/payout-report.ts";
import { unusedBalanceReport } from "./settlement/unused-balance-report.ts";
import { disputeOpen } from "./spending/dispute-open.ts";
import { disputeResolve } from "./spending/dispute-resolve.ts";
import { feePay } from "./spending/fee-pay.ts";
import { pay } from "./spending/pay.ts";
import { payRefund } from "./spending/pay-refund.ts";
import { payVoid } from "./spending/pay-void.ts";
import { paymentsForget } from "./spending/payments-forget.ts";
import { streetTransferAck } from "./spending/street-transfer-ack.ts";
import { streetTransferRelease } from "./spending/street-transfer-release.ts";
import { streetTransferRequest } from "./spending/street-transfer-request.ts";
import { voucherCancel } from "./vouchers/voucher-cancel.ts";
import { voucherExpire } from "./vouchers/voucher-expire.ts";
import { voucherIssue } from "./vouchers/voucher-issue.ts";
import { voucherRedeem } from "./vouchers/voucher-redeem.ts";
import { voucherReissue } from "./vouchers/voucher-reissue.ts";
import { voucherSeriesDefine } from "./vouchers/voucher-series-define.ts";

/** In the order in which a network comes to life, then what governs it, then what cards and shops go through. */
export const TRANSACTION_TYPES: readonly TransactionType[] = [
  issuerOpen,
  pointTypeDefine,
  budgetAppropriate,
  merchantRegister,
  terminalRegister,
  walletOpen,
  pointGrant,
  pay,
  organisationAdmit,
  orgKeyAdd,
  orgKeyRotate,
  orgKeyRevoke,
  governorsSet,
  nodeAdmit,
  nodePromote,
  nodeDemote,
  nodeKeyRotate,
  nodeReplace,
  nodeRetire,
  // Cards, terminals, merchants
  statusListAttest,
  statusAttest,
  cardSuspend,
  cardResume,
  cardRebind,
  terminalRevoke,
  merchantSuspend,
  merchantResume,
  walletClose,
  myKeyIdClaim,
  myKeyIdRelease,
  // The point economy
  paramSet,
  expireSweep,
  payVoid,
  payRefund,
  grantReverse,
  pointGrantBatch,
  lotExtend,
  schemeWindDown,
  campaignOpen,
  campaignAdjust,
  campaignClose,
  eventCheckin,
  partnerRegister,
  conversionRateSet,
  consentGrant,
  consentRevoke,
  convertRequest,
  convertConfirm,
  convertReject,
  convertAllocate,
  convertAutoAllocate,
  defaultMuniSet,
  fundingConfirm,
  adjust,
  walletFreeze,
  walletUnfreeze,
  disputeOpen,
  disputeResolve,
  streetTransferRequest,
  streetTransferAck,
  streetTransferRelease,
  // Settlement
  batchCut,
  batchObject,
  batchApprove,
  payoutReport,
  clearingCut,
  clearingAccept,
  clearingSettled,
  dueWriteOff,
  unusedBalanceReport,
  fyClose,
  // Vouchers and projects
  voucherSeriesDefine,
  voucherIssue,
  voucherRedeem,
  voucherCancel,
  voucherReissue,
  voucherExpire,
  projectOpen,
  donate,
  projectSettle,
  donationRefund,
  // Services and agreements
  acceptanceAgree,
  acceptanceEnd,
  auditAttest,
  facilityRegister,
  serviceDefine,
  linkCreate,
  residencyAttest,
  linkRenew,
  linkSuspend,
  linkRemove,
  linkRootCommit,
  feePay,
  costShareAgree,
  costShareBill,
  // Access tests
  loadtestOpen,
  loadtestPing,
  // What is forgotten
  witnessPrune,
  paymentsForget,
];

/** The declaration of a type under a rule version, or undefined. */
export function transactionType(
  type: string,
  ruleVersion: number = RULE_VERSION,
  declarations: readonly TransactionType[] = TRANSACTION_TYPES,
): TransactionType | undefined {
  let latest: TransactionType | undefined;
  for (const declared of declarations) {
    const isCandidate = declared.type === type && declared.since <= ruleVersion;
    if (isCandidate && declared.since > (latest?.since ?? 0)) latest = declared;
  }
  return latest;
}
