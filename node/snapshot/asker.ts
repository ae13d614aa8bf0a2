/**
 * Asks members for pieces of a snapshot: one question at a time, of one member at a time, the next only when this one
 * is answered. So what waits here is one answer, and the pace is that of the disk.
 */
import { LedgerFault } from "../../ledger/faults.ts";
import type { NodeLog } from "../logger.ts";
import type { SnapshotAnswer, SnapshotQuestion } from "../wire.ts";

/** What a question is about. */
export type Question = Omit<SnapshotQuestion, "kind">;
/** What came back; null when nothing did in time. */
type Parts = readonly Uint8Array[] | null;

/** What asking takes. */
export interface AskerParts {
  readonly send: (to: number, question: SnapshotQuestion) => void;
  /** The other members. */
  readonly members: () => readonly number[];
  /** How long an answer is waited for. */
  readonly patienceTicks: number;
  readonly log: NodeLog;
}

/** The asking side of a transfer. */
export class Asker {
  readonly #parts: AskerParts;
  /** Who gave what was wrong is not asked again. */
  readonly #liars = new Set<number>();
  #waiting: {
    from: number;
    question: Question;
    ticks: number;
    take: (parts: Parts) => void;
  } | null = null;
  /** Who answered last is asked first. */
  #preferred = 0;
  #isStopped = false;

  constructor(parts: AskerParts) {
    this.#parts = parts;
  }

  /**
   * Asks one member after the other until an answer is good.
   * @param judge what is made of the parts; undefined passes over them. @throws LedgerFault when they are a lie.
   * @returns null when nobody has it.
   */
  async ask<T>(
    question: Question,
    judge: (parts: readonly Uint8Array[], from: number) => T | undefined,
  ): Promise<T | null> {
    for (const from of this.members()) {
      const parts = await this.askOne(from, question);
      if (parts === null || parts.length === 0) continue;
      try {
        const judged = judge(parts, from);
        if (judged === undefined) continue;
        this.#preferred = from;
        return judged;
      } catch (error) {
        if (!(error instanceof LedgerFault)) throw error;
        this.distrust(from, error.message);
      }
    }
    return null;
  }

  /** Asks this member first from now on. */
  prefer(member: number): void {
    this.#preferred = member;
  }

  /** Asks this member no more: what it gave was wrong. */
  distrust(member: number, reason: string): void {
    this.#parts.log.warn("SNAPSHOT_REFUSED", { from: member, reason });
    this.#liars.add(member);
  }

  /** Takes an answer; one that was not asked for, or comes too late, is dropped. */
  answered(from: number, answer: SnapshotAnswer): void {
    const { about, height, position, parts } = answer;
    const waiting = this.#waiting;
    if (waiting?.from !== from) return;
    const { question } = waiting;
    const isIt =
      question.about === about && question.height === height && question.position === position;
    if (isIt) this.#take(parts);
  }

  /** Passes over who has not answered in time. */
  tick(): void {
    if (this.#waiting === null) return;
    this.#waiting.ticks += 1;
    if (this.#waiting.ticks >= this.#parts.patienceTicks) this.#take(null);
  }

  /** Whom to ask, in this order. */
  members(): number[] {
    const trusted = this.#parts.members().filter((member) => !this.#liars.has(member));
    return trusted.sort((a, b) => Number(b === this.#preferred) - Number(a === this.#preferred));
  }

  /** Asks one member. @returns null when it does not answer in time. */
  askOne(from: number, question: Question): Promise<Parts> {
    if (this.#isStopped) return Promise.resolve(null);
    return new Promise((take) => {
      this.#waiting = { from, question, ticks: 0, take };
      this.#parts.send(from, { kind: "question", ...question });
    });
  }

  /** Nobody is asked any more, and nothing is waited for. */
  stop(): void {
    this.#isStopped = true;
    this.#take(null);
  }

  #take(parts: Parts): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.take(parts);
  }
}
