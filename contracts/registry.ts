/**
 * Every transaction type under every rule version. A declaration is never removed or changed once a block
 * may hold it: new rules are a new declaration with a higher `since`, and old blocks replay under the old.
 */
import type { TransactionType } from "./declaration.ts";
import { acceptanceAgree } from "./transactions/acceptance-agree.ts";
import { acceptanceEnd } from "./transactions/acceptance-end.ts";
import { adjust } from "./transactions/adjust.ts";
import { auditAttest } from "./transactions/audit-attest.ts";
import { batchApprove } from "./transactions/batch-approve.ts";
import { batchCut } from "./transactions/batch-cut.ts";
import { batchObject } from "./transactions/batch-object.ts";
import { budgetAppropriate } from "./transactions/budget-appropriate.ts";
import { campaignAdjust } from "./transactions/campaign-adjust.ts";
import { campaignClose } from "./transactions/campaign-close.ts";
import { campaignOpen } from "./transactions/campaign-open.ts";
import { cardRebind } from "./transactions/card-rebind.ts";
import { cardResume } from "./transactions/card-resume.ts";
import { cardSuspend } from "./transactions/card-suspend.ts";
import { clearingAccept } from "./transactions/clearing-accept.ts";
import { clearingCut } from "./transactions/clearing-cut.ts";
import { clearingSettled } from "./transactions/clearing-settled.ts";
import { consentGrant } from "./transactions/consent-grant.ts";
import { consentRevoke } from "./transactions/consent-revoke.ts";
import { conversionRateSet } from "./transactions/conversion-rate-set.ts";
import { convertAllocate } from "./transactions/convert-allocate.ts";
import { convertAutoAllocate } from "./transactions/convert-auto-allocate.ts";
import { convertConfirm } from "./transactions/convert-confirm.ts";
import { convertReject } from "./transactions/convert-reject.ts";
import { convertRequest } from "./transactions/convert-request.ts";
import { defaultMuniSet } from "./transactions/default-muni-set.ts";
import { disputeOpen } from "./transactions/dispute-open.ts";
import { disputeResolve } from "./transactions/dispute-resolve.ts";
import { donate } from "./transactions/donate.ts";
import { donationRefund } from "./transactions/donation-refund.ts";
import { dueWriteOff } from "./transactions/due-write-off.ts";
import { eventCheckin } from "./transactions/event-checkin.ts";
import { expireSweep } from "./transactions/expire-sweep.ts";
import { facilityRegister } from "./transactions/facility-register.ts";
import { fundingConfirm } from "./transactions/funding-confirm.ts";

import { fyClose } from "./transactions/fy-close.ts";
import { governorsSet } from "./transactions/governors-set.ts";
import { grantReverse } from "./transactions/grant-reverse.ts";
import { issuerOpen } from "./transactions/issuer-open.ts";
import { linkCreate } from "./transactions/link-create.ts";
import { linkRemove } from "./transactions/link-remove.ts";
import { linkRenew } from "./transactions/link-renew.ts";
import { linkRootCommit } from "./transactions/link-root-commit.ts";
import { linkSuspend } from "./transactions/link-suspend.ts";
import { loadtestOpen } from "./transactions/loadtest-open.ts";
import { loadtestPing } from "./transactions/loadtest-ping.ts";
import { lotExtend } from "./transactions/lot-extend.ts";
import { merchantRegister } from "./transactions/merchant-register.ts";
import { merchantResume } from "./transactions/merchant-resume.ts";
import { merchantSuspend } from "./transactions/merchant-suspend.ts";
import { myKeyIdClaim } from "./transactions/mykey-id-claim.ts";
import { myKeyIdRelease } from "./transactions/mykey-id-release.ts";
import { nodeAdmit } from "./transactions/node-admit.ts";
import { nodeDemote } from "./transactions/node-demote.ts";
import { nodeKeyRotate } from "./transactions/node-key-rotate.ts";
import { nodePromote } from "./transactions/node-promote.ts";
import { nodeReplace } from "./transactions/node-replace.ts";
import { nodeRetire } from "./transactions/node-retire.ts";
import { orgKeyAdd } from "./transactions/org-key-add.ts";
import { orgKeyRevoke } from "./transactions/org-key-revoke.ts";
import { orgKeyRotate } from "./transactions/org-key-rotate.ts";
import { organisationAdmit } from "./transactions/organisation-admit.ts";
import { paramSet } from "./transactions/param-set.ts";
import { partnerRegister } from "./transactions/partner-register.ts";
import { pay } from "./transactions/pay.ts";
import { payRefund } from "./transactions/pay-refund.ts";
import { payVoid } from "./transactions/pay-void.ts";
import { payoutReport } from "./transactions/payout-report.ts";
import { pointGrant } from "./transactions/point-grant.ts";
import { pointGrantBatch } from "./transactions/point-grant-batch.ts";
import { pointTypeDefine } from "./transactions/point-type-define.ts";
import { projectOpen } from "./transactions/project-open.ts";
import { projectSettle } from "./transactions/project-settle.ts";
import { residencyAttest } from "./transactions/residency-attest.ts";
import { schemeWindDown } from "./transactions/scheme-wind-down.ts";
import { serviceDefine } from "./transactions/service-define.ts";
import { statusAttest } from "./transactions/status-attest.ts";
import { statusListAttest } from "./transactions/status-list-attest.ts";
import { streetTransferAck } from "./transactions/street-transfer-ack.ts";
import { streetTransferRelease } from "./transactions/street-transfer-release.ts";
import { streetTransferRequest } from "./transactions/street-transfer-request.ts";
import { terminalRegister } from "./transactions/terminal-register.ts";
import { terminalRevoke } from "./transactions/terminal-revoke.ts";
import { unusedBalanceReport } from "./transactions/unused-balance-report.ts";
import { voucherCancel } from "./transactions/voucher-cancel.ts";
import { voucherExpire } from "./transactions/voucher-expire.ts";
import { voucherIssue } from "./transactions/voucher-issue.ts";
import { voucherRedeem } from "./transactions/voucher-redeem.ts";
import { voucherReissue } from "./transactions/voucher-reissue.ts";
import { voucherSeriesDefine } from "./transactions/voucher-series-define.ts";
import { walletClose } from "./transactions/wallet-close.ts";
import { walletFreeze } from "./transactions/wallet-freeze.ts";
import { walletOpen } from "./transactions/wallet-open.ts";
import { walletUnfreeze } from "./transactions/wallet-unfreeze.ts";

/** The rules in force. */
export const RULE_VERSION = 1;

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
  loadtestOpen,
  loadtestPing,
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
