/**
 * Every transaction type under every rule version. A declaration is never removed or changed once a block
 * may hold it: new rules are a new declaration with a higher `since`, and old blocks replay under the old.
 */
import type { TransactionType } from "./declaration.ts";
import { budgetAppropriate } from "./transactions/budget-appropriate.ts";
import { governorsSet } from "./transactions/governors-set.ts";
import { issuerOpen } from "./transactions/issuer-open.ts";
import { loadtestOpen } from "./transactions/loadtest-open.ts";
import { loadtestPing } from "./transactions/loadtest-ping.ts";
import { merchantRegister } from "./transactions/merchant-register.ts";
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
import { pay } from "./transactions/pay.ts";
import { pointGrant } from "./transactions/point-grant.ts";
import { pointTypeDefine } from "./transactions/point-type-define.ts";
import { terminalRegister } from "./transactions/terminal-register.ts";
import { walletOpen } from "./transactions/wallet-open.ts";

/** The rules in force. */
export const RULE_VERSION = 1;

/** In the order in which a network comes to life, then what governs it. */
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
