/** What a registrar knows of its residents: read from the sealed journal at the start, written to it before it is answered. */
import { toHex } from "../../ledger/bytes.ts";
import { CERTIFICATE_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import {
  bytes,
  fromBytes,
  type Infer,
  list,
  nullable,
  record,
  text,
  toBytes,
} from "../../ledger/schema.ts";
import { SealedJournal } from "./sealed-journal.ts";

/** Cards of one resident in his life, and the statements that led from one to the next. */
const CARDS_MAX = 64;
const RECORD_SIZE_BYTES_MAX = 1024 * 1024;

const residentSchema = record({
  /** The wallet's pseudonym. */
  handle: bytes(32),
  /** Newest last; none: he was erased, and his pseudonym is not used again. */
  cards: list(
    record({ commit: bytes(32), certificate: bytes(1, CERTIFICATE_SIZE_BYTES_MAX) }),
    CARDS_MAX,
  ),
  /** What the ledger's evidence hashes were made of, for auditors who ask. */
  evidence: list(record({ salt: bytes(32), statement: bytes(1, 1024) }), CARDS_MAX),
  /** As he chose it, and as it is compared. */
  myKeyId: nullable(record({ chosen: text(256), normal: text(256) })),
});
/** One resident. */
export type ResidentRecord = Infer<typeof residentSchema>;

/** Residents by wallet, card and MyKey ID. */
export class RegistrarStore {
  readonly #journal: SealedJournal;
  readonly #beforeFirst: () => void;
  readonly #residents = new Map<string, ResidentRecord>();
  /** Handle (hexadecimal) by the commitment to each card that he ever had. */
  readonly #byCommit = new Map<string, string>();
  /** Handle by normal form. */
  readonly #byMyKeyId = new Map<string, string>();

  /** @throws ClientError `FILE_MALFORMED` when the journal does not open with this key. */
  constructor(file: string, key: Uint8Array, beforeFirst: () => void) {
    this.#journal = new SealedJournal(file, key);
    this.#beforeFirst = beforeFirst;
    for (const sealed of this.#journal.read()) {
      this.#index(fromBytes(residentSchema, sealed, RECORD_SIZE_BYTES_MAX));
    }
  }

  /** Those who are not erased. */
  get residents(): readonly ResidentRecord[] {
    return [...this.#residents.values()].filter(({ cards }) => cards.length > 0);
  }

  byHandle(handle: Uint8Array): ResidentRecord | undefined {
    return this.#residents.get(toHex(handle));
  }

  byCommit(commit: Uint8Array): ResidentRecord | undefined {
    return this.#residents.get(this.#byCommit.get(toHex(commit)) ?? "");
  }

  byMyKeyId(normal: string): ResidentRecord | undefined {
    return this.#residents.get(this.#byMyKeyId.get(normal) ?? "");
  }

  /** Adds or replaces a resident, durably. */
  put(resident: ResidentRecord): void {
    if (this.#residents.size === 0) this.#beforeFirst();
    this.#journal.append(toBytes(residentSchema, resident));
    this.#index(resident);
  }

  /** Forgets all but the pseudonym; the journal is written anew, without what stood in it. */
  erase(handle: Uint8Array): void {
    this.#index({ handle, cards: [], evidence: [], myKeyId: null });
    const records = [...this.#residents.values()];
    this.#journal.rewrite(records.map((resident) => toBytes(residentSchema, resident)));
  }

  #index(resident: ResidentRecord): void {
    const name = toHex(resident.handle);
    const before = this.#residents.get(name);
    for (const { commit } of before?.cards ?? []) this.#byCommit.delete(toHex(commit));
    if (before?.myKeyId) this.#byMyKeyId.delete(before.myKeyId.normal);
    this.#residents.set(name, resident);
    for (const { commit } of resident.cards) this.#byCommit.set(toHex(commit), name);
    if (resident.myKeyId) this.#byMyKeyId.set(resident.myKeyId.normal, name);
  }
}
