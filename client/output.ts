/** What a command says: results on stdout, progress on stderr, one JSON object for machines. */
import { type ErrorReport, errorLine, errorReport } from "./error-report.ts";

/** How a command was asked to speak. */
export interface OutputOptions {
  /** One JSON object on stdout and nothing else. */
  readonly json?: boolean;
  /** Errors with their stack trace. */
  readonly debug?: boolean;
}

/** Where text goes. */
interface TextStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** The two streams of a command. */
export interface Streams {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
}

/** Carriage return and "erase to the end of the line" (ECMA-48): progress stays on one line. */
const ERASE_LINE = "\r\x1b[K";

/** Speaks for one command. */
export class Output {
  readonly #json: boolean;
  readonly #debug: boolean;
  readonly #streams: Streams;
  #progressShown = false;

  constructor(options: OutputOptions, streams: Streams = process) {
    this.#json = options.json ?? false;
    this.#debug = options.debug ?? false;
    this.#streams = streams;
  }

  /** True when a person reads along. */
  get isForPeople(): boolean {
    return !this.#json;
  }

  /** A line of the story; silent for machines. */
  line(text = ""): void {
    if (this.#json) return;
    this.#clearProgress();
    this.#streams.stdout.write(`${text}\n`);
  }

  /** The outcome: `value` for machines, `lines` for people. */
  result(value: object, lines: readonly string[]): void {
    this.#clearProgress();
    const text = this.#json ? JSON.stringify(value) : lines.join("\n");
    this.#streams.stdout.write(`${text}\n`);
  }

  /** How far it is: replaced by whatever is said next, and shown on a terminal only. */
  progress(text: string): void {
    if (this.#json || this.#streams.stderr.isTTY !== true) return;
    this.#streams.stderr.write(`${ERASE_LINE}${text}`);
    this.#progressShown = true;
  }

  /** What went wrong: one line, or one JSON object for machines. */
  error(error: unknown): void {
    this.#clearProgress();
    const report = errorReport(error);
    if (this.#json) this.#streams.stdout.write(`${JSON.stringify(failure(report))}\n`);
    else this.#streams.stderr.write(`${errorLine(report)}\n${logOf(report)}`);
    if (this.#debug) this.#streams.stderr.write(`${traceOf(error)}\n`);
  }

  #clearProgress(): void {
    if (this.#progressShown) this.#streams.stderr.write(ERASE_LINE);
    this.#progressShown = false;
  }
}

function failure(report: ErrorReport): object {
  return { ok: false, ...report };
}

/** The last words of a process that died, indented. */
function logOf({ facts }: ErrorReport): string {
  const { log } = facts;
  if (typeof log !== "string" || log === "") return "";
  return `${log.replaceAll(/^/gm, "  | ")}\n`;
}

/** The stack trace with those of its causes. */
function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
