import type { Command } from "commander";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import { BundleDirectory } from "../audit/bundle-directory.ts";
import { verdictLine } from "../audit/verdict-line.ts";
import { verifyBundle } from "../audit/verify-bundle.ts";
import { readGenesis } from "../files.ts";

import { genesisOption, leafCommand, perform } from "./command.ts";

/** `audit verify`: checks a downloaded chain, offline. */
export function auditVerifyCommand(): Command {
  const command = leafCommand("verify", "Check a downloaded chain, offline and in full", [
    "audit verify bundle",
    "audit verify bundle --genesis local/genesis.json",
  ])
    .argument("<directory>", "the bundle")
    .addOption(genesisOption());
  return perform<{ genesis?: string }>(command, async (output, { genesis }, directory = "") => {
    const verdict = await verifyBundle(new BundleDirectory(directory), {
      verify: verifySignature,
      ...(genesis === undefined ? {} : { trusted: readGenesis(genesis) }),
      onProgress: (height, all) => output.progress(`Verifying: height ${height} of ${all}`),
    });
    output.result(verdict, [verdictLine(verdict)]);
    return verdict.ok;
  });
}
