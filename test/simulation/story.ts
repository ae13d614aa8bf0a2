/** What happened in a run: in words for people, as one hash for comparing two runs. */
import { createHash } from "node:crypto";

/** Sentences kept for a failure's report. */
const KEPT_MAX = 60;

/** Adds a sentence; what has a kind is counted under it. */
export type Tell = (sentence: string, kind?: string) => void;

/** The story of one run. */
export class Story {
  readonly #nowMs: () => number;
  readonly #print: ((line: string) => void) | null;
  readonly #hash = createHash("sha256");
  readonly #last: string[] = [];
  readonly #counts = new Map<string, number>();

  /** @param print gets each sentence at once; null keeps only the last ones. */
  constructor(nowMs: () => number, print: ((line: string) => void) | null) {
    this.#nowMs = nowMs;
    this.#print = print;
  }

  /** Something worth a sentence. @param kind under which it is counted, if it is. */
  tell(sentence: string, kind?: string): void {
    if (kind !== undefined) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
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

  /** How often things of each kind happened. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** The hash of all that was told and noted so far; called once. */
  digest(): string {
    return this.#hash.digest("hex").slice(0, 16);
  }
}
