/**
 * A voucher that a terminal takes must not be forgotten when its power is cut.
 *
 *     DIR/journal/voucher     the signed bytes of the one voucher whose fate is not known yet
 *
 * Rule V1: the bytes are durable before they are first sent. What is sent again is the same transaction, so nobody hears "used" of a
 *          voucher that he took himself a moment ago.
 * Rule V2: what became of it stands in the day's journal before the bytes go.
 * Rule V3: no other voucher is begun while one is there; it is settled first.
 */
import { dirname, join } from "node:path";
import { type Disk, SYSTEM_DISK } from "./disk.ts";

/** The place of the one voucher under way. */
export class VoucherSlot {
  readonly #file: string;
  readonly #disk: Disk;

  constructor(journalDirectory: string, disk: Disk = SYSTEM_DISK) {
    this.#file = join(journalDirectory, "voucher");
    this.#disk = disk;
  }

  /** The signed bytes, or null. */
  pending(): Uint8Array | null {
    return this.#disk.read(this.#file);
  }

  /** Rule V1. @throws the system's error. */
  begin(bytes: Uint8Array): void {
    const draft = `${this.#file}.draft`;
    this.#disk.write(draft, bytes);
    this.#disk.syncFile(draft);
    this.#disk.rename(draft, this.#file);
    const directory = dirname(this.#file);
    this.#disk.syncDirectory(directory);
    this.#disk.syncDirectory(dirname(directory));
  }

  /** @throws the system's error. */
  end(): void {
    this.#disk.remove(this.#file);
    this.#disk.syncDirectory(dirname(this.#file));
  }
}
