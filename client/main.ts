/** The process behind `mykey-ledger`: runs one command line and sets the exit code. */
import { CommanderError } from "commander";
import { useSha256 } from "../ledger/hash.ts";
import { nativeSha256 } from "../ledger/native/sha256.ts";
import { ClientError } from "./client-fault.ts";
import { Output } from "./output.ts";
import { program } from "./program.ts";

/** Runs one command line. Commands set the exit code; here are the errors of the line itself. */
async function main(argv: readonly string[]): Promise<void> {
  useSha256(nativeSha256);
  try {
    await program().parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
    // Help that was asked for, or shown instead of a missing command, has been printed already.
    if (error.code.startsWith("commander.help") || error.exitCode === 0) return;
    const problem = error.message.replace(/^error: /, "");
    const options = { json: argv.includes("--json"), debug: argv.includes("--debug") };
    new Output(options).error(new ClientError("USAGE", { problem, cause: error }));
  }
}

await main(process.argv);
// What was said goes out first. A reader's thread in the PC/SC package can miss that it is called off, and would keep a
// process alive for ever whose work is done.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise((resolve) => stream.write("", resolve));
}
process.exit();
