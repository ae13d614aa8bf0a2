/**
 * What a terminal must not forget when its power is cut.
 *
 *     DIR/payment             the signed bytes of the one payment or visit whose fate is not known yet
 *     DIR/days/<date>.jsonl   what became of each, a line each; the date is that in Japan
 *
 * Rule J1: the payment is durable before it is first sent. So what is not in the journal was never sent.
 * Rule J2: what became of it is durable before the payment is taken out. So nothing is forgotten in between;
 *          a payment that is found again is settled again, which changes nothing, and its line is written twice.
 * Rule J3: no other payment is begun while one is there.
 *
 * The signatures in the payment are its checksum: what was damaged does not verify. Its bytes name the customer's
 * pseudonym, and are gone when it is decided; the days keep amount, time and number alone.
 */
import { dirname, join } from "node:path";
import type { CampaignName } from "../../contracts/campaigns/campaign-records.ts";
import { checkTransaction } from "../../contracts/check-transaction.ts";
import { type CivilDate, civilDateAt } from "../../contracts/fields/dates.ts";
import { amountPt } from "../../contracts/fields/fields.ts";
import { utf8 } from "../../ledger/bytes.ts";
import type { Hash } from "../../ledger/hash.ts";
import { TIMESTAMP_MS_MAX } from "../../ledger/limits.ts";
import { verifySignature } from "../../ledger/native/verify-signature.ts";
import {
  type Infer,
  type JsonValue,
  nullable,
  oneOf,
  pattern,
  record,
  uint,
} from "../../ledger/schema.ts";
import { decodeTransaction, signaturesOf } from "../../ledger/transaction.ts";
import { ClientError } from "../client-fault.ts";
import { type Disk, SYSTEM_DISK } from "./disk.ts";
import type { Errand } from "./errand.ts";

const PAYMENT = "payment";
/** Where the payment is written before it gets its name: what a power cut leaves here counts for nothing. */
const DRAFT = "payment.draft";

const entrySchema = record({
  id: pattern(/^[0-9a-f]{32}$/, "a transaction id"),
  /** Null for a visit: what it brings is the event's to say. */
  amountPt: nullable(amountPt),
  /** PAID, VISITED: in the ledger. REFUSED: it did not happen and never will. VOIDED: taken back later. */
  outcome: oneOf(["PAID", "VISITED", "REFUSED", "VOIDED"]),
  /** When the block was made, or else when the terminal knew, ms. */
  atMs: uint(TIMESTAMP_MS_MAX),
  height: nullable(uint()),
});
/** What became of a payment or a visit. */
export type JournalEntry = Infer<typeof entrySchema>;

/** What may have been sent. */
export interface Pending {
  readonly id: string;
  readonly errand: Errand;
  readonly bytes: Uint8Array;
}

/** The entries of a day. */
export interface JournalDay {
  /** Each payment once, in the order in which they were decided. */
  readonly entries: readonly JournalEntry[];
  /** Lines that a power cut tore; what they said is written again at the next start. */
  readonly tornLines: number;
}

/** The journal of one terminal. */
export class Journal {
  readonly #directory: string;
  readonly #networkId: Hash;
  readonly #disk: Disk;

  constructor(directory: string, networkId: Hash, disk: Disk = SYSTEM_DISK) {
    this.#directory = directory;
    this.#networkId = networkId;
    this.#disk = disk;
  }

  /**
   * That whose fate is not known yet; null when there is none.
   * @throws ClientError `JOURNAL_DAMAGED`.
   */
  pending(): Pending | null {
    const file = this.#path(PAYMENT);
    const bytes = this.#disk.read(file);
    if (bytes === null) return null;
    try {
      const transaction = decodeTransaction(bytes);
      const { content } = checkTransaction(transaction, this.#networkId);
      if (!signaturesOf(transaction).every(verifySignature))
        throw new Error("a signature is wrong");
      return { id: transaction.id, errand: errandOf(transaction.envelope.type, content), bytes };
    } catch (cause) {
      throw new ClientError("JOURNAL_DAMAGED", { file, cause });
    }
  }

  /** Makes a signed payment durable. @throws Error when another one is there; the system's error. */
  begin(bytes: Uint8Array): void {
    // Rule J3.
    if (this.#disk.read(this.#path(PAYMENT)) !== null)
      throw new Error("what is there is not decided");
    // Rule J1: the bytes before the name, the name before anything is sent.
    this.#disk.write(this.#path(DRAFT), bytes);
    this.#disk.syncFile(this.#path(DRAFT));
    this.#disk.rename(this.#path(DRAFT), this.#path(PAYMENT));
    this.#disk.syncDirectory(this.#directory);
    this.#disk.syncDirectory(dirname(this.#directory));
  }

  /** Writes down what became of the payment, and takes it out. @throws the system's error. */
  end(entry: JournalEntry): void {
    // Rule J2: first the line, then the payment may go.
    this.note(entry);
    this.#disk.remove(this.#path(PAYMENT));
    this.#disk.syncDirectory(this.#directory);
  }

  /** Writes down what became of a payment: its last line counts. @throws the system's error. */
  note(entry: JournalEntry): void {
    const file = this.#dayFile(civilDateAt(entry.atMs));
    const before = this.#disk.read(file);
    // A torn line must not swallow this one.
    const start = before === null || before.at(-1) === LINE_END ? "" : "\n";
    const line = `${start}${JSON.stringify(entrySchema.toJson(entry))}\n`;
    // Durable: the line, its file's name, that file's folder.
    this.#disk.append(file, utf8(line));
    this.#disk.syncFile(file);
    this.#disk.syncDirectory(this.#path("days"));
    this.#disk.syncDirectory(this.#directory);
  }

  /** What became of the payments of a day. */
  day(date: CivilDate): JournalDay {
    const bytes = this.#disk.read(this.#dayFile(date)) ?? new Uint8Array();
    const lines = new TextDecoder().decode(bytes).split("\n").filter(Boolean);
    const entries = new Map<string, JournalEntry>();
    let tornLines = 0;
    for (const line of lines) {
      const entry = entryIn(line);
      if (entry === null) tornLines += 1;
      else entries.set(entry.id, entry);
    }
    return { entries: [...entries.values()], tornLines };
  }

  #dayFile(date: CivilDate): string {
    return this.#path(join("days", `${date}.jsonl`));
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

/** @throws Error for what no counter sends. */
function errandOf(type: string, { private: body }: { readonly private: unknown }): Errand {
  if (type === "PAY") {
    return { kind: "PAYMENT", amountPt: (body as { readonly amountPt: number }).amountPt };
  }
  if (type !== "EVENT_CHECKIN") throw new Error(`a ${type} in a terminal's journal`);
  const { campaign: event } = body as { readonly campaign: CampaignName };
  return { kind: "VISIT", event, nameJa: event.campaign, nameEn: event.campaign, upToPt: null };
}

const LINE_END = "\n".charCodeAt(0);

function entryIn(line: string): JournalEntry | null {
  try {
    return entrySchema.fromJson(JSON.parse(line) as JsonValue);
  } catch {
    return null;
  }
}
