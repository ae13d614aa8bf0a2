import type { Command } from "commander";
import { writeNewFile } from "../files.ts";
import { TOWN_TEMPLATE } from "../set-up/template.ts";
import { leafCommand, perform } from "./command.ts";

/** `municipality template`: a file for `municipality set-up` to begin with. */
export function municipalityTemplateCommand(): Command {
  const command = leafCommand(
    "template",
    "記入用のファイルを作る / Write a file to fill in, with explanations",
    ["municipality template --out town.yaml"],
  ).requiredOption("--out <file>", "where it goes; nothing is overwritten");
  return perform<{ out: string }>(command, (output, { out }) => {
    writeNewFile(out, TOWN_TEMPLATE);
    output.result({ file: out }, [
      `${out}: 記入したら / when it is filled in: mykey-ledger municipality set-up ${out} --node ...`,
    ]);
    return true;
  });
}
