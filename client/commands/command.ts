/** What every command has in common: a frame that reports errors and sets the exit code. */
import { Command, InvalidArgumentError, Option } from "commander";
import { Output, type OutputOptions } from "../output.ts";

/** A command of one verb, with an example that a reader can type. */
export function leafCommand(name: string, summary: string, examples: readonly string[]): Command {
  const shown = examples.map((example) => `  $ mykey-ledger ${example}`).join("\n");
  return new Command(name)
    .description(summary)
    .addHelpText("after", `\nExample${examples.length > 1 ? "s" : ""}:\n${shown}`);
}

/** A command that only holds others. */
export function groupCommand(name: string, summary: string, children: readonly Command[]): Command {
  const group = new Command(name).description(summary);
  for (const child of children) group.addCommand(child);
  return group;
}

/** What a command does: speaks through `output`; false or a throw gives exit code 1. */
export type Work<Options> = (
  output: Output,
  options: Options,
  ...operands: string[]
) => Promise<boolean> | boolean;

/** Binds work to a command: the one place where errors become lines and exit codes. */
export function perform<Options>(command: Command, work: Work<Options>): Command {
  return command.action(async () => {
    const options = command.optsWithGlobals<Options & OutputOptions>();
    const output = new Output(options);
    try {
      if (!(await work(output, options, ...command.args))) process.exitCode = 1;
    } catch (error) {
      output.error(error);
      process.exitCode = 1;
    }
  });
}

/** `--node URL`, once, or repeated for nodes that stand in for one another. */
export function nodeOption(): Option {
  return new Option("--node <url>", "address of a node; repeat it for nodes that stand in")
    .argParser(collectUrl)
    .makeOptionMandatory();
}

/** `--registrar URL` or `--verifier URL`, once, or repeated for members that stand in for one another. */
export function officeOption(office: "registrar" | "verifier", who: string): Option {
  return new Option(
    `--${office} <url>`,
    `address of the ${office}: ${who}; may be repeated`,
  ).argParser(collectUrl);
}

/** `--genesis FILE`: what receipts and chains are checked against. */
export function genesisOption(): Option {
  return new Option("--genesis <file>", "the genesis that you trust");
}

/** `--card FILE`: a software card. */
export function cardOption(): Option {
  return new Option("--card <file>", "a software card, instead of one on a reader").conflicts(
    "reader",
  );
}

/** `--reader NAME`: one of several card readers. */
export function readerOption(): Option {
  return new Option("--reader <name>", "the reader, when there are several; see: card readers");
}

/** `--wait SECONDS`: for a card that is not on the reader yet. */
export function waitOption(): Option {
  return new Option("--wait <seconds>", "how long to wait for a card that can be used")
    .argParser(countUpTo(3600))
    .conflicts("card");
}

/** `--pin DIGITS`: of a software card, which guards nothing of value. */
export function pinOption(): Option {
  return new Option("--pin <digits>", "a software card's PIN, four digits").argParser(
    (text: string) => {
      if (!/^[0-9]{4}$/.test(text)) throw new InvalidArgumentError("It must be four digits.");
      return text;
    },
  );
}

/** `--key FILE`, repeated: officers and services that sign, in the order of the transaction type. */
export function keyOption(): Option {
  return new Option("--key <file>", "key of an officer who signs; repeat it, in order")
    .argParser((file: string, previous: readonly string[]) => [...previous, file])
    .default([], "none");
}

/** Addresses of an option that may be repeated. */
export function collectUrl(text: string, previous: readonly string[] = []): readonly string[] {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new InvalidArgumentError("It must begin with http:// or https://.");
  }
  return [...previous, text];
}

/** A whole number from 1 to `max`. */
export function countUpTo(max: number): (text: string) => number {
  return wholeNumber(1, max);
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^[0-9]+$/.test(text) || number < min || number > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return number;
  };
}
