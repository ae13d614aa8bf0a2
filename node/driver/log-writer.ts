/**
 * The append thread: makes entries and promises durable, then lets the answers that rest on them go.
 *
 * Order of effects, which is the safety of the whole: write and fsync → sign votes and grants → send. What
 * gathers while a write is under way goes into the next one together (group commit).
 */
import type { Entry, Message } from "../../consensus/messages.ts";
import { EMPTY_HARD_STATE, type HardState } from "../../consensus/storage.ts";
import { encodeCertificate } from "../../ledger/block.ts";
import type { Certificate, Grant, Vote } from "../../ledger/certificate.ts";
import type { Certifier, VotedBlock } from "../chain/certifier.ts";
import type { Elections } from "../chain/elections.ts";
import type { BlockLog } from "../storage/block-log.ts";
import type { DiskWatch } from "./disk-watch.ts";
import { Worker } from "./worker.ts";

/** An answer that may leave now, with the signatures that it needs. */
export interface DurableResponse {
  readonly message: Message;
  readonly votes: readonly Vote[];
  readonly grant: Grant | null;
}

/** What the writer works with. */
export interface LogWriterParts {
  readonly self: number;
  readonly blocks: BlockLog;
  readonly certifier: Certifier;
  readonly elections: Elections;
  /** Makes the snapshot that was put in the place of log and state last. */
  readonly settleSnapshot: (hardState: HardState | null) => Promise<void>;
  readonly disk: DiskWatch;
  /** Called for each answer, in order, after the write that it rests on. */
  readonly deliver: (response: DurableResponse) => void;
}

/** A write that the core asked for, with the blocks of its entries. */
interface Work {
  readonly message: Message;
  readonly voted: readonly VotedBlock[];
}

/** One writer; writes follow each other in the order asked for. */
export class LogWriter {
  readonly #parts: LogWriterParts;
  readonly #waiting: Work[] = [];
  readonly #worker = new Worker(() => this.#work());
  #storedCertificate: Certificate | null;

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
    this.#storedCertificate = parts.certifier.certified;
  }

  /** Takes a MsgStorageAppend. `voted` names the blocks of its entries, in order. */
  write(message: Message, voted: readonly VotedBlock[]): void {
    this.#waiting.push({ message, voted });
  }

  /** Works until nothing waits. Calls while it is at work join it. @throws when the disk fails. */
  run(): Promise<void> {
    return this.#worker.run();
  }

  /**
   * Makes the highest certificate durable: a change of membership must not be on the disk as applied without the proof that
   * it is in force, or a node that nobody can show it again would never lead any more (docs/decisions/0010).
   */
  async syncCertificate(): Promise<void> {
    const { blocks, certifier } = this.#parts;
    const { certified } = certifier;
    // Its block may be on its way to the disk.
    await this.run();
    const stored = this.#storedCertificate;
    const highest = (stored?.height ?? 0) > (certified?.height ?? 0) ? stored : certified;
    if (highest === null) return;
    this.#storedCertificate = highest;
    await blocks.syncCertificate(encodeCertificate(highest));
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = [...this.#waiting];
      await this.#parts.disk.during(() => this.#makeDurable(batch.map(({ message }) => message)));
      // Only now: after a write that failed nothing is answered that was asked for later, and may rest on it.
      this.#waiting.splice(0, batch.length);
      for (const work of batch) this.#answer(work);
    }
  }

  async #makeDurable(messages: readonly Message[]): Promise<void> {
    const at = messages.findLastIndex(({ snapshot }) => snapshot !== null);
    const message = messages[at];
    if (message === undefined) return this.#append(messages);
    // In the order asked for: what comes before a snapshot is written before it, and answered.
    await this.#makeDurable(messages.slice(0, at));
    await this.#parts.settleSnapshot(hardStateOf(message));
    await this.#append([{ ...message, ...EMPTY_HARD_STATE }, ...messages.slice(at + 1)]);
  }

  async #append(messages: readonly Message[]): Promise<void> {
    const { blocks, certifier } = this.#parts;
    const entries = mergeEntries(messages);
    const hardState = messages.map(hardStateOf).findLast((state) => state !== null) ?? null;
    if (entries.length === 0 && hardState === null) return;
    const { certified } = certifier;
    const height = certified?.height ?? 0;
    const storedHeight = this.#storedCertificate?.height ?? 0;
    // One whose block is not on this disk would be worth nothing after a restart: the one before it stays.
    const endOfLog = entries.at(-1)?.index ?? blocks.lastIndex();
    const isStored = height > storedHeight && height <= endOfLog;
    const certificate = certified !== null && isStored ? encodeCertificate(certified) : null;
    await blocks.append({ entries, hardState, certificate });
    if (isStored) this.#storedCertificate = certified;
  }

  /** Votes for own-term blocks, then the answers, with what they carry. */
  #answer({ message, voted }: Work): void {
    const { blocks, certifier, elections, deliver } = this.#parts;
    const { term } = blocks.hardState;
    for (const block of voted) if (block.term === term) certifier.vote(block);
    for (const response of message.responses) {
      const accepts = !response.reject;
      const isAck = response.type === "MsgAppResp" && accepts;
      const isGrant = response.type === "MsgVoteResp" && accepts;
      deliver({
        message: response,
        votes: isAck ? certifier.ownVotes(response.term, response.index) : [],
        grant: isGrant ? elections.grant(response.term, response.to) : null,
      });
    }
  }
}

/** The core sends term, vote and commit together when one has changed, else zeros. */
function hardStateOf({ term, vote, commit }: Message): HardState | null {
  return term === 0 && vote === 0 && commit === 0 ? null : { term, vote, commit };
}

/** Later entries replace earlier ones from their index on. */
function mergeEntries(messages: readonly Message[]): Entry[] {
  let merged: Entry[] = [];
  for (const { entries } of messages) {
    const [first] = entries;
    if (first === undefined) continue;
    merged = [...merged.filter(({ index }) => index < first.index), ...entries];
  }
  return merged;
}
