import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import { Custody } from "../registrar/custody.ts";
import { splitSecret } from "../registrar/secret-sharing.ts";
import { countUpTo, leafCommand, perform } from "./command.ts";

interface Options {
  readonly custody: string;
  readonly threshold: number;
  readonly out: readonly string[];
}

/** `registrar split`: the custody's secret in shares, one for each member. */
export function registrarSplitCommand(): Command {
  const command = leafCommand(
    "split",
    "Put the registrar's secret into shares: so many give it back, fewer say nothing",
    ["registrar split --custody registrar.custody --threshold 2 --out a.share b.share c.share"],
  )
    .requiredOption("--custody <file>", "the secret")
    .requiredOption("--threshold <count>", "how many shares give it back", countUpTo(255))
    .requiredOption("--out <file...>", "one new file for each share");
  return perform<Options>(command, (output, { custody: file, threshold, out }) => {
    const custody = Custody.ofFile(file);
    if (custody === undefined) throw new ClientError("FILE_UNREADABLE", { file });
    if (threshold < 2 || threshold > out.length) {
      throw new ClientError("USAGE", {
        problem: "the threshold is from 2 to the number of shares",
      });
    }
    out.forEach(expectNewFile);
    const shares = custody.revealTo((secret) => splitSecret(secret, threshold, out.length));
    for (const [i, { x, values }] of shares.entries()) {
      writeNewFile(out[i] ?? "", `${x}-${toHex(values)}\n`, "secret");
    }
    output.result({ shares: out, threshold }, [
      `${out.length} 個に分けました。${threshold} 個で復元できます / any ${threshold} of ${out.length} give it back`,
    ]);
    return true;
  });
}
