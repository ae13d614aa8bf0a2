/**
 * Up to where a partner's desk has read the chain, and which conversions are not done with. They only save time: with
 * older notes, or none, it reads what it has read before and does again what changes nothing.
 */
import { dirname } from "node:path";
import { utf8 } from "../../ledger/bytes.ts";
import {
  type Infer,
  type JsonValue,
  list,
  oneOf,
  record,
  text,
  uint,
} from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import type { Disk } from "../terminal/disk.ts";
import { conversionId } from "./company-system.ts";

/** Conversions that are open at once. */
export const OPEN_MAX = 10_000;

const openSchema = record({
  conversion: conversionId,
  wallet: text(64),
  units: uint(),
  /** What the ledger says of it. */
  status: oneOf(["REQUESTED", "CONFIRMED", "REJECTED"]),
});
/** A conversion that is not done with. */
export type OpenConversion = Infer<typeof openSchema>;

const notesSchema = record({
  height: uint(),
  /** So many of the events after that height were seen too; there was no room for the next. */
  taken: uint(),
  open: list(openSchema, OPEN_MAX),
});
/** What a desk notes. */
export type Notes = Infer<typeof notesSchema>;

const NONE: Notes = { height: 0, taken: 0, open: [] };

/** The notes in a file. */
export class NotesFile {
  readonly #file: string;
  readonly #disk: Disk;

  constructor(file: string, disk: Disk) {
    this.#file = file;
    this.#disk = disk;
  }

  /** @throws ClientError `FILE_MALFORMED`: take the file away, it is made again. */
  read(): Notes {
    const bytes = this.#disk.read(this.#file);
    if (bytes === null) return NONE;
    try {
      return notesSchema.fromJson(JSON.parse(new TextDecoder().decode(bytes)) as JsonValue);
    } catch (error) {
      const problem = messageOf(error);
      throw new ClientError("FILE_MALFORMED", { file: this.#file, problem, cause: error });
    }
  }

  /** Replaces them, durably: whole, or not at all. */
  write(notes: Notes): void {
    const draft = `${this.#file}.draft`;
    this.#disk.write(draft, utf8(JSON.stringify(notesSchema.toJson(notes))));
    this.#disk.syncFile(draft);
    this.#disk.rename(draft, this.#file);
    this.#disk.syncDirectory(dirname(this.#file));
  }
}
