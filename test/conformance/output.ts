import type { Logger, LogLevel } from "../../consensus/types.ts";

const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE"] as const;

/** How much is printed; NONE silences even what the directives themselves print. */
export type OutputLevel = (typeof LEVELS)[number];

/** What the cases of a scenario print: log lines of the nodes, between what directives write. */
export class Output {
  #text = "";
  level: OutputLevel = "DEBUG";
  /** A node's log line as it is to be printed. */
  readonly #spell: (text: string) => string;

  constructor(spell: (text: string) => string) {
    this.#spell = spell;
  }

  get quiet(): boolean {
    return this.level === "NONE";
  }

  /** The level of that name, whatever its case. */
  static levelOf(name: string): OutputLevel | undefined {
    return LEVELS.find((level) => level === name.toUpperCase());
  }

  write(text: string): void {
    if (!this.quiet) this.#text += text;
  }

  /** Hears a node's log lines. */
  readonly logger: Logger = (level: LogLevel, text: string): void => {
    if (LEVELS.indexOf(this.level) > LEVELS.indexOf(level)) return;
    this.write(`${level} ${this.#spell(text)}\n`);
  };

  /** Takes out what was written. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** Moves all that `action` writes two columns to the right. */
  indented(action: () => void): void {
    const before = this.take();
    try {
      action();
    } finally {
      const lines = this.take().split("\n");
      if (lines.at(-1) === "") lines.pop();
      this.#text = before + lines.map((line) => `  ${line}\n`).join("");
    }
  }
}
