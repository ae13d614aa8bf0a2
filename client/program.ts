/** All commands of `mykey-ledger`, put together. */
import type { Command } from "commander";
import { accessTestFireCommand } from "./commands/access-test-fire.ts";
import { accessTestReportCommand } from "./commands/access-test-report.ts";
import { auditBlameCommand } from "./commands/audit-blame.ts";
import { auditCostReturnCommand } from "./commands/audit-cost-return.ts";
import { auditExportCommand } from "./commands/audit-export.ts";
import { auditReportCommand } from "./commands/audit-report.ts";
import { auditVerifyCommand } from "./commands/audit-verify.ts";
import { auditVerifyProofCommand } from "./commands/audit-verify-proof.ts";
import { cardCreateCommand } from "./commands/card-create.ts";
import { cardEmulateCommand } from "./commands/card-emulate.ts";
import { cardInfoCommand } from "./commands/card-info.ts";
import { cardReadersCommand } from "./commands/card-readers.ts";
import { cardSignCommand } from "./commands/card-sign.ts";
import { cardTriesCommand } from "./commands/card-tries.ts";
import { groupCommand } from "./commands/command.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { facilityCommitCommand } from "./commands/facility-commit.ts";
import { facilityCreateCommand } from "./commands/facility-create.ts";
import { facilityEnrolCommand } from "./commands/facility-enrol.ts";
import { facilityLeaveCommand } from "./commands/facility-leave.ts";
import { facilityProofCommand } from "./commands/facility-proof.ts";
import { facilityVerifyCommand } from "./commands/facility-verify.ts";
import { governanceDraftCommand } from "./commands/governance-draft.ts";
import { governanceShowCommand } from "./commands/governance-show.ts";
import { governanceSignCommand } from "./commands/governance-sign.ts";
import { grantApproveCommand } from "./commands/grant-approve.ts";
import { grantImportCommand } from "./commands/grant-import.ts";
import { grantSendCommand } from "./commands/grant-send.ts";
import { keyCreateCommand } from "./commands/key-create.ts";
import { municipalitySetUpCommand } from "./commands/municipality-set-up.ts";
import { municipalityTemplateCommand } from "./commands/municipality-template.ts";
import { networkCreateCommand } from "./commands/network-create.ts";
import { networkMembersCommand } from "./commands/network-members.ts";
import { networkUpCommand } from "./commands/network-up.ts";
import { nodeCreateCommand } from "./commands/node-create.ts";
import { nodeRotateKeyCommand } from "./commands/node-rotate-key.ts";
import { nodeStartCommand } from "./commands/node-start.ts";
import { openDataExportCommand } from "./commands/open-data-export.ts";
import { partnerMembersCommand } from "./commands/partner-members.ts";
import { partnerReportCommand } from "./commands/partner-report.ts";
import { partnerRunCommand } from "./commands/partner-run.ts";
import { receiptGetCommand } from "./commands/receipt-get.ts";
import { receiptVerifyCommand } from "./commands/receipt-verify.ts";
import { registrarCloseCommand } from "./commands/registrar-close.ts";
import { registrarDailyCommand } from "./commands/registrar-daily.ts";
import { registrarEnrolCommand } from "./commands/registrar-enrol.ts";
import { registrarJoinCommand } from "./commands/registrar-join.ts";
import { registrarLinkCommand } from "./commands/registrar-link.ts";
import { registrarMyKeyIdCommand } from "./commands/registrar-mykey-id.ts";
import { registrarRecoverCommand } from "./commands/registrar-recover.ts";
import { registrarRenewCommand } from "./commands/registrar-renew.ts";
import { registrarServeCommand } from "./commands/registrar-serve.ts";
import { registrarSplitCommand } from "./commands/registrar-split.ts";
import { registrarUnlinkCommand } from "./commands/registrar-unlink.ts";
import { scenarioRunCommand } from "./commands/scenario-run.ts";
import { scenarioWordsCommand } from "./commands/scenario-words.ts";
import { servicesCheckWordCommand } from "./commands/services-check-word.ts";
import { servicesServeCommand } from "./commands/services-serve.ts";
import { servicesShowCommand } from "./commands/services-show.ts";
import { servicesWordCommand } from "./commands/services-word.ts";
import { settlementApprovalCommand } from "./commands/settlement-approval.ts";
import { settlementBankFileCommand } from "./commands/settlement-bank-file.ts";
import { settlementCutCommand } from "./commands/settlement-cut.ts";
import { settlementObjectCommand } from "./commands/settlement-object.ts";
import { settlementResultsCommand } from "./commands/settlement-results.ts";
import { streetRunCommand } from "./commands/street-run.ts";
import { submitCommand } from "./commands/submit.ts";
import { terminalCheckInCommand } from "./commands/terminal-check-in.ts";
import { terminalEnrolCommand } from "./commands/terminal-enrol.ts";
import { terminalInstallCommand } from "./commands/terminal-install.ts";
import { terminalMemberCommand } from "./commands/terminal-member.ts";
import { terminalMembersCommand } from "./commands/terminal-members.ts";
import { terminalPayCommand } from "./commands/terminal-pay.ts";
import { terminalPracticeCommand } from "./commands/terminal-practice.ts";
import { terminalRunCommand } from "./commands/terminal-run.ts";
import { terminalTodayCommand } from "./commands/terminal-today.ts";
import { terminalVoidCommand } from "./commands/terminal-void.ts";
import { terminalVoucherCommand } from "./commands/terminal-voucher.ts";
import { transactionCommand } from "./commands/transaction.ts";
import { verifierAskCommand } from "./commands/verifier-ask.ts";
import { verifierAttestCommand } from "./commands/verifier-attest.ts";
import { verifierServeCommand } from "./commands/verifier-serve.ts";
import { voucherIssueCommand } from "./commands/voucher-issue.ts";
import { voucherPrintCommand } from "./commands/voucher-print.ts";
import { VERSION } from "./version.ts";

/** The command line. */
export function program(): Command {
  const root = groupCommand(
    "mykey-ledger",
    "The MyKey ledger: run a network, pay with a card, check everything yourself.\n" +
      "マイキー台帳：ネットワークの運用、カードでの支払い、だれでもできる検証。",
    commands(),
  )
    .version(VERSION, "--version", "show the version")
    .option("--json", "one JSON object on stdout, for machines")
    .option("--debug", "show the stack trace of an error")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  inheritSettings(root);
  return root;
}

function commands(): Command[] {
  return [
    demoCommand(),
    groupCommand("network", "Make and run a network", [
      networkCreateCommand(),
      networkUpCommand(),
      networkMembersCommand(),
    ]),
    groupCommand("node", "Make and run a node", [
      nodeCreateCommand(),
      nodeStartCommand(),
      nodeRotateKeyCommand(),
    ]),
    groupCommand("key", "Make keys", [keyCreateCommand()]),
    groupCommand("card", "Use a resident's card", [
      cardReadersCommand(),
      cardInfoCommand(),
      cardTriesCommand(),
      cardSignCommand(),
      cardCreateCommand(),
      cardEmulateCommand(),
    ]),
    groupCommand("terminal", "Take payments at a shop's counter, check visitors of an event in", [
      terminalPracticeCommand(),
      terminalEnrolCommand(),
      terminalInstallCommand(),
      terminalRunCommand(),
      terminalPayCommand(),
      terminalVoidCommand(),
      terminalVoucherCommand(),
      terminalMembersCommand(),
      terminalMemberCommand(),
      terminalCheckInCommand(),
      terminalTodayCommand(),
    ]),
    doctorCommand(),
    groupCommand("governance", "Decide together who takes part and who runs the network", [
      governanceDraftCommand(),
      governanceShowCommand(),
      governanceSignCommand(),
    ]),
    ...officeCommands(),
    groupCommand("partner", "Answer conversions for a company, and report to it", [
      partnerRunCommand(),
      partnerMembersCommand(),
      partnerReportCommand(),
    ]),
    ...serviceCommands(),
    groupCommand("street", "Carry points into the system of a street, carrier or prepaid issuer", [
      streetRunCommand(),
    ]),
    groupCommand("scenario", "Play what happens in a town and check it", [
      scenarioRunCommand(),
      scenarioWordsCommand(),
    ]),
    submitCommand(),
    transactionCommand(),
    groupCommand("receipt", "Fetch and check receipts", [
      receiptGetCommand(),
      receiptVerifyCommand(),
    ]),
    ...accountingCommands(),
    groupCommand("open-data", "公開データ / What everybody may see", [openDataExportCommand()]),
    groupCommand("access-test", "Find out whether the network bears all terminals at once", [
      accessTestFireCommand(),
      accessTestReportCommand(),
    ]),
  ];
}

/** For residents, and for the facilities whose services they use. */
function serviceCommands(): Command[] {
  return [
    groupCommand(
      "services",
      "カードで使うサービス / See what your card is linked to; prove it to another system",
      [
        servicesShowCommand(),
        servicesWordCommand(),
        servicesCheckWordCommand(),
        servicesServeCommand(),
      ],
    ),
    groupCommand(
      "facility",
      "要配慮サービスの名簿 / Keep the members of a sensitive service, such as a hospital",
      [
        facilityCreateCommand(),
        facilityEnrolCommand(),
        facilityCommitCommand(),
        facilityProofCommand(),
        facilityVerifyCommand(),
        facilityLeaveCommand(),
      ],
    ),
  ];
}

/** For accountants and auditors. */
function accountingCommands(): Command[] {
  return [
    groupCommand("settlement", "Pay merchants through the bank", [
      settlementCutCommand(),
      settlementObjectCommand(),
      settlementApprovalCommand(),
      settlementBankFileCommand(),
      settlementResultsCommand(),
    ]),
    groupCommand("audit", "Download and check a whole chain", [
      auditExportCommand(),
      auditVerifyCommand(),
      auditReportCommand(),
      auditCostReturnCommand(),
      auditBlameCommand(),
      auditVerifyProofCommand(),
    ]),
  ];
}

/** What a municipality's officers, registrar and verifier do. */
function officeCommands(): Command[] {
  return [
    groupCommand("registrar", "Keep who is behind which pseudonym", [
      registrarEnrolCommand(),
      registrarRenewCommand(),
      registrarMyKeyIdCommand(),
      registrarLinkCommand(),
      registrarUnlinkCommand(),
      registrarCloseCommand(),
      registrarDailyCommand(),
      registrarSplitCommand(),
      registrarJoinCommand(),
      registrarRecoverCommand(),
      registrarServeCommand(),
    ]),
    groupCommand("municipality", "自治体の開設 / Set a municipality up, in one sitting", [
      municipalityTemplateCommand(),
      municipalitySetUpCommand(),
    ]),
    groupCommand("grant", "Grant points to many, from a CSV file", [
      grantImportCommand(),
      grantApproveCommand(),
      grantSendCommand(),
    ]),
    groupCommand("voucher", "ポイント券の発行 / Turn points into vouchers on paper", [
      voucherIssueCommand(),
      voucherPrintCommand(),
    ]),
    groupCommand("verifier", "Say on the ledger which cards are not revoked", [
      verifierAttestCommand(),
      verifierAskCommand(),
      verifierServeCommand(),
    ]),
  ];
}

function inheritSettings(parent: Command): void {
  for (const child of parent.commands) {
    child.copyInheritedSettings(parent);
    inheritSettings(child);
  }
}
