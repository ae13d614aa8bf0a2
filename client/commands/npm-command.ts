/** What the commands of npm have in common that people start by hand: benchmarks and long runs of tests. */
import { Command, Option } from "commander";
import { wholeNumber } from "./command.ts";

/** As programs do that were called wrongly; 1 says that something was found. */
const CALLED_WRONGLY = 2;

/**
 * The command `npm run NAME --`. A word that it does not know ends the process, with its options,
 * before anything has begun: a run of no rounds would look like one in which nothing was found.
 */
export function npmCommand(name: string, summary: string): Command {
  return new Command(`npm run ${name} --`)
    .description(summary)
    .allowExcessArguments(false)
    .showHelpAfterError()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : CALLED_WRONGLY));
}

/** `--seed S`: what everything random in a run comes from. */
export function seedOption(seed: number): Option {
  return new Option("--seed <s>", "what everything random comes from")
    .argParser(wholeNumber(0, 2 ** 32 - 1))
    .default(seed);
}
