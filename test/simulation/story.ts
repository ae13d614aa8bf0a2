/** What happened in a run: in words for people, as one hash for comparing two runs. */
import { createHash } from "node:crypto";

/** Sentences kept for a failure's report. */
const KEPT_MAX = 60;

/** The story of one run. */
export class Story {
  readonly #nowMs: () => number;
  readonly #print: ((line: string) => void) | null;
  readonly #hash = createHash("sha256");
  readonly #last: string[] = [];

  /** @param print gets each sentence at once; null keeps only the last ones. */
  constructor(nowMs: () => number, print: ((line: string) => void) | null) {
    this.#nowMs = nowMs;
    this.#print = print;
  }

  /** Something worth a sentence. */
  tell(sentence: string): void {
    const line = `${String(this.#nowMs()).padStart(6)} ms  ${sentence}`;
    this.#hash.update(line);
    this.#print?.(line);
    this.#last.push(line);
    if (this.#last.length > KEPT_MAX) this.#last.shift();
  }

  /** Something that belongs to the hash alone. */
  note(facts: string | Uint8Array): void {
    this.#hash.update(facts);
  }

  /** The last sentences. */
  get last(): readonly string[] {
    return this.#last;
  }

  /** The hash of all that was told and noted so far; called once. */
  digest(): string {
    return this.#hash.digest("hex").slice(0, 16);
  }
}
