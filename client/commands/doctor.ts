import type { Command } from "commander";
import { diagnose, type Finding } from "../terminal/diagnose.ts";
import { diagnoseTerminal } from "../terminal/diagnose-terminal.ts";
import { leafCommand, perform } from "./command.ts";

const NAMES: Readonly<Record<Finding["check"], string>> = {
  SERVICE: "サービス / service",
  READER: "カードリーダー / reader",
  CARD: "カード / card",
  CERTIFICATE: "証明書 / certificate",
  PIN: "暗証番号 / PIN",
  TERMINAL: "端末 / terminal",
  NODE: "ノード / node",
  OFFICE: "市区町村のサービス / municipal service",
  CLOCK: "時計 / clock",
  JOURNAL: "支払いの記録 / journal",
};

/** `doctor`: what is missing before a card can be used on this computer. */
export function doctorCommand(): Command {
  const command = leafCommand("doctor", "Find out what keeps this computer from reading a card", [
    "doctor",
    "doctor --terminal bakery",
  ]).option("--terminal <directory>", "look at this terminal and its nodes, too");
  return perform<{ terminal?: string }>(command, async (output, { terminal }) => {
    const own = terminal === undefined ? [] : await diagnoseTerminal(terminal);
    const findings = [...own, ...(await diagnose())];
    const ok = findings.every((finding) => finding.ok);
    output.result({ ok, findings }, findings.map(lineOf));
    return ok;
  });
}

function lineOf({ check, ok, reader, code, en, ja }: Finding): string {
  const where = reader === undefined ? "" : ` [${reader}]`;
  const what = code === undefined ? "" : `${code}: `;
  return `${ok ? "OK" : "NG"}  ${NAMES[check]}${where}: ${what}${ja} / ${en}`;
}
