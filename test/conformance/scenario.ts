// The text format of the scenario files, as github.com/cockroachdb/datadriven defines it:
//
//   command argument key=value key=(value, value)
//   input lines
//   ----
//   expected lines, up to a blank one
//
// A second `----` right after the first lets the expected lines hold blank ones, up to two more
// `----`. Lines that begin with # are comments; a backslash at the end joins a line with the next.

/** One argument: a bare word has no values. */
interface Argument {
  readonly key: string;
  readonly values: readonly string[];
}

/** One case of a scenario: what to do, and what must come of it. */
export interface Case {
  /** Where the case begins, counted from 1. */
  readonly line: number;
  readonly command: string;
  readonly arguments: readonly Argument[];
  readonly input: string;
  readonly expected: string;
}

const SEPARATOR = "----";

/**
 * The cases of a scenario file, in order.
 *
 * @throws {SyntaxError} when the text is not of the format
 */
export function parseScenario(text: string): readonly Case[] {
  const reader = new LineReader(text);
  const cases: Case[] = [];
  while (!reader.atEnd) {
    const { number } = reader;
    const line = reader.nextDirective();
    if (line === "" || line.startsWith("#")) continue;
    const [command = "", ...words] = splitWords(line);
    const input = reader.takeUntil((next) => next === SEPARATOR);
    if (input === null) throw new SyntaxError(`line ${number}: ${command} has no ${SEPARATOR}`);
    cases.push({
      line: number,
      command,
      arguments: words.map(parseArgument),
      input: input.join("\n"),
      expected: reader
        .nextExpected()
        .map((expected) => `${expected}\n`)
        .join(""),
    });
  }
  return cases;
}

/** Words are separated by blanks, but not inside of parentheses. */
function splitWords(line: string): readonly string[] {
  return line.match(/[^\s(]+(\([^)]*\))?/g) ?? [];
}

function parseArgument(word: string): Argument {
  const [key = "", value] = word.split(/=(.*)/s);
  if (value === undefined) return { key, values: [] };
  const list = value.match(/^\((.*)\)$/s)?.[1] ?? value;
  return { key, values: list.split(",").map((item) => item.trim()) };
}

class LineReader {
  readonly #lines: readonly string[];
  #position = 0;

  constructor(text: string) {
    this.#lines = text.split("\n");
  }

  /** The line that comes next, counted from 1. */
  get number(): number {
    return this.#position + 1;
  }

  get atEnd(): boolean {
    return this.#position >= this.#lines.length;
  }

  nextDirective(): string {
    let line = this.#next().trim();
    while (line.endsWith("\\") && !line.startsWith("#")) {
      line = `${line.slice(0, -1).trimEnd()} ${this.#next().trim()}`;
    }
    return line;
  }

  nextExpected(): readonly string[] {
    if (this.#lines[this.#position] !== SEPARATOR) {
      return this.takeUntil((line) => line.trim() === "") ?? this.#rest();
    }
    this.#position += 1;
    const isEnd = (line: string, next: string | undefined): boolean =>
      line === SEPARATOR && next === SEPARATOR;
    const lines = this.takeUntil(isEnd) ?? this.#rest();
    this.#position += 1;
    return lines;
  }

  /** The lines before the first one that ends the block, which is passed over; null without one. */
  takeUntil(isEnd: (line: string, next: string | undefined) => boolean): readonly string[] | null {
    const start = this.#position;
    for (let end = start; end < this.#lines.length; end += 1) {
      if (isEnd(this.#lines[end] ?? "", this.#lines[end + 1])) {
        this.#position = end + 1;
        return this.#lines.slice(start, end);
      }
    }
    return null;
  }

  #rest(): readonly string[] {
    const rest = this.#lines.slice(this.#position);
    this.#position = this.#lines.length;
    return rest;
  }

  #next(): string {
    const line = this.#lines[this.#position] ?? "";
    this.#position += 1;
    return line;
  }
}

/** A case that cannot be carried out as it is written. */
export class DirectiveError extends Error {
  override readonly name = "DirectiveError";
}

/** The bare words of a case, as numbers. */
export function numbersOf({ arguments: args }: Case): readonly number[] {
  return args.filter(({ values }) => values.length === 0).map(({ key }) => toNumber(key));
}

/** The values of a key, from all places where it stands. */
export function valuesOf({ arguments: args }: Case, key: string): readonly string[] {
  return args.filter((argument) => argument.key === key).flatMap(({ values }) => values);
}

/** The value of a key, or undefined. */
export function firstValueOf(testCase: Case, key: string): string | undefined {
  return valuesOf(testCase, key)[0];
}

/**
 * A whole number.
 *
 * @throws {DirectiveError} when it is none
 */
export function toNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new DirectiveError(`not a number: ${text}`);
  return Number(text);
}
