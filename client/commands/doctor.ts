import type { Command } from "commander";
import { diagnose, type Finding } from "../terminal/diagnose.ts";
import { leafCommand, perform } from "./command.ts";

const NAMES: Readonly<Record<Finding["check"], string>> = {
  SERVICE: "サービス / service",
  READER: "カードリーダー / reader",
  CARD: "カード / card",
  CERTIFICATE: "証明書 / certificate",
  PIN: "暗証番号 / PIN",
};

/** `doctor`: what is missing before a card can be used on this computer. */
export function doctorCommand(): Command {
  const command = leafCommand("doctor", "Find out what keeps this computer from reading a card", [
    "doctor",
  ]);
  return perform(command, async (output) => {
    const findings = await diagnose();
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
