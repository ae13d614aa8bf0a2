import type { Command } from "commander";
import { diagnose } from "../terminal/diagnose.ts";
import { diagnoseTerminal } from "../terminal/diagnose-terminal.ts";
import { leafCommand, perform } from "./command.ts";
import { findingLine } from "./finding-lines.ts";

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
    output.result({ ok, findings }, findings.map(findingLine));
    return ok;
  });
}
