/** Options that the commands of settlement share. */
import type { Command } from "commander";

/** Which batch, and the genesis that the reader trusts. */
export interface BatchOptions {
  readonly payer: string;
  readonly batch: string;
  readonly genesis?: string;
}

/** Adds the bundle and the name of a batch. */
export function batchOptions(command: Command): Command {
  return command
    .argument("<directory>", "a bundle; see: audit export")
    .requiredOption("--payer <code>", "the municipality that pays")
    .requiredOption("--batch <name>", "the batch");
}
