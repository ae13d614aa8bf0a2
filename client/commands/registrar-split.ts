import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import { Custody } from "../registrar/custody.ts";
import { sealCustody } from "../registrar/sealed-custody.ts";
import { countUpTo, leafCommand, perform } from "./command.ts";

interface Options {
  readonly custody: string;
  readonly sealed: string;
  readonly threshold: number;
  readonly out: readonly string[];
}

/** `registrar split`: the custody's secret sealed, its key in shares, one for each member; again for new shares. */
export function registrarSplitCommand(): Command {
  const command = leafCommand(
    "split",
    "Seal the registrar's secret for keeping, its key in shares: so many open it, fewer say nothing",
    [
      "registrar split --custody registrar.custody --sealed 2026.sealed --threshold 2 \\\n" +
        "      --out a.share b.share c.share",
    ],
  )
    .requiredOption("--custody <file>", "the secret")
    .requiredOption(
      "--sealed <file>",
      "where it goes; destroy the last one, and its shares are void",
    )
    .requiredOption("--threshold <count>", "how many shares give it back", countUpTo(255))
    .requiredOption("--out <file...>", "one new file for each share");
  return perform<Options>(
    command,
    (output, { custody: file, sealed: sealedFile, threshold, out }) => {
      const custody = Custody.ofFile(file);
      if (custody === undefined) throw new ClientError("FILE_UNREADABLE", { file });
      if (threshold < 2 || threshold > out.length) {
        throw new ClientError("USAGE", {
          problem: "the threshold is from 2 to the number of shares",
        });
      }
      for (const each of [sealedFile, ...out]) expectNewFile(each);
      const { sealed, shares } = sealCustody(custody, threshold, out.length);
      writeNewFile(sealedFile, sealed, "secret");
      for (const [i, { x, values }] of shares.entries()) {
        writeNewFile(out[i] ?? "", `${x}-${toHex(values)}\n`, "secret");
      }
      output.result({ sealed: sealedFile, shares: out, threshold }, [
        `${out.length} 個に分けました。${threshold} 個で復元できます / any ${threshold} of ${out.length} give it back`,
      ]);
      return true;
    },
  );
}
