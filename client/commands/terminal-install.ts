import { mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { writeNewFile } from "../files.ts";
import { desktopEntry } from "../terminal/desktop-entry.ts";
import { diagnose } from "../terminal/diagnose.ts";
import { diagnoseTerminal } from "../terminal/diagnose-terminal.ts";
import { openTerminal } from "../terminal/terminal-folder.ts";
import { leafCommand, perform } from "./command.ts";
import { findingLine } from "./finding-lines.ts";
import { terminalOption } from "./terminal-options.ts";

/** Beside this file's source, not its compiled form: it prepares a fresh checkout first. */
const PROGRAM = fileURLToPath(new URL("../../../client/mykey-ledger.mjs", import.meta.url));

/** `terminal install`: puts a terminal among the computer's programs, and looks whether it works. */
export function terminalInstallCommand(): Command {
  const command = leafCommand(
    "install",
    "登録した端末を、このパソコンのアプリ一覧に入れて点検する（Linux）\n" +
      "Put an enrolled terminal among this computer's programs, and check it (Linux desktops)",
    ["terminal install --dir bakery", "terminal install --dir bakery --autostart"],
  )
    .addOption(terminalOption())
    .option("--autostart", "start it when the computer is switched on / 起動時に始める");
  return perform<{ dir: string; autostart?: true }>(command, async (output, options) => {
    const { settings } = openTerminal(options.dir);
    const run = ["terminal", "run", "--dir", resolve(options.dir)];
    const entry = desktopEntry({ shop: settings, command: [process.execPath, PROGRAM, ...run] });
    const name = `mykey-terminal-${settings.terminal}.desktop`;
    const folders = [
      join(homedir(), ".local/share/applications"),
      ...(options.autostart === true ? [join(homedir(), ".config/autostart")] : []),
    ];
    const files = folders.map((folder) => join(folder, name));
    for (const file of files) replace(file, entry);
    const findings = [...(await diagnoseTerminal(options.dir)), ...(await diagnose())];
    const ok = findings.every((finding) => finding.ok);
    output.result({ ok, files, findings }, [
      ...files.map((file) => `${file}: 入れました / installed`),
      ...findings.map(findingLine),
      ok
        ? "アプリ一覧の「端末」から始められます / begin from the list of programs"
        : "NG の行を直し、もう一度実行してください / mend what is NG, and run this again",
    ]);
    return ok;
  });
}

/** To install again is how one mends an installation: what this command wrote before gives way. */
function replace(file: string, text: string): void {
  mkdirSync(join(file, ".."), { recursive: true });
  rmSync(file, { force: true });
  writeNewFile(file, text);
}
