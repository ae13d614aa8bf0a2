/** Options that the commands of settlement share. */
import { type Command, InvalidArgumentError } from "commander";
import type { CivilDate } from "../../contracts/fields/dates.ts";

/** Which batch, and the genesis that the reader trusts. */
export interface BatchOptions {
  readonly payer: string;
  readonly batch: string;
  readonly genesis?: string;
}

/** A date such as 2026-11-30. @throws InvalidArgumentError. */
export function dateArgument(text: string): CivilDate {
  // A day that is not in the calendar becomes another one, or none.
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(text).toJSON()?.startsWith(text);
  if (!isDate) throw new InvalidArgumentError("It must be a date such as 2026-11-30.");
  return text;
}

/** Adds the bundle and the name of a batch. */
export function batchOptions(command: Command): Command {
  return command
    .argument("<directory>", "a bundle; see: audit export")
    .requiredOption("--payer <code>", "the municipality that pays")
    .requiredOption("--batch <name>", "the batch");
}
