import { existsSync } from "node:fs";
import type { Command } from "commander";
import { exportBundle } from "../audit/export-bundle.ts";
import { ClientError } from "../client-fault.ts";
import { firstReachable } from "../sdk/first-answer.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { leafCommand, nodeOption, perform } from "./command.ts";

/** `audit export`: downloads the whole chain as files. */
export function auditExportCommand(): Command {
  const command = leafCommand("export", "Download the chain as files for an auditor", [
    "audit export --node http://127.0.0.1:8101 --out bundle",
  ])
    .addOption(nodeOption())
    .requiredOption("--out <directory>", "where to write; must not exist");
  return perform<{ node: readonly string[]; out: string }>(
    command,
    async (output, { node, out }) => {
      if (existsSync(out)) throw new ClientError("FILE_EXISTS", { file: out });
      const nodes = node.map((url) => new LedgerClient(url));
      const height = await exportBundle(await firstReachable(nodes), out, (done, all) =>
        output.progress(`Downloading: height ${done} of ${all}`),
      );
      output.result({ directory: out, height }, [
        `${out}: heights 1 to ${height}. Now check it: mykey-ledger audit verify ${out}`,
      ]);
      return true;
    },
  );
}
