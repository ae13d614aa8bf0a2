/**
 * A company's member ledger as a file, for companies without a system of their own and for trying things out: who has how
 * many units, and what was taken for which conversion. A line is an entry; it is on disk before anybody hears of it.
 */
import { dirname } from "node:path";
import { walletHandle } from "../../contracts/fields/fields.ts";
import { utf8 } from "../../ledger/bytes.ts";
import { type Infer, type JsonValue, nullable, oneOf, record, uint } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import { type Disk, SYSTEM_DISK } from "../terminal/disk.ts";
import {
  type AskedConversion,
  type CompanySystem,
  conversionId,
  type DebitAnswer,
} from "./company-system.ts";

const entrySchema = record({
  /** CREDIT: the member earned units. DEBIT: taken. RELEASE: the conversion is over, what was taken is back. */
  entry: oneOf(["CREDIT", "DEBIT", "RELEASE"]),
  conversion: nullable(conversionId),
  wallet: walletHandle,
  units: uint(999_999_999),
});
type Entry = Infer<typeof entrySchema>;

const LINE_END = "\n".charCodeAt(0);

/** A member ledger. One process at a time. */
export class MemberLedger implements CompanySystem {
  readonly #file: string;
  readonly #disk: Disk;
  readonly #units = new Map<string, number>();
  readonly #debits = new Map<string, number>();
  readonly #released = new Set<string>();

  /** @throws ClientError `FILE_MALFORMED`. */
  constructor(file: string, disk: Disk = SYSTEM_DISK) {
    this.#file = file;
    this.#disk = disk;
    for (const entry of this.#readEntries()) this.#book(entry);
  }

  /** What a member has. @param wallet his pseudonym, hexadecimal. */
  unitsOf(wallet: string): number {
    return this.#units.get(wallet) ?? 0;
  }

  /** What is taken for a conversion and was not given back. */
  debitedFor(conversion: string): number {
    return this.#debits.get(conversion) ?? 0;
  }

  /** Whether a conversion is over: nothing is taken for it any more. */
  isReleased(conversion: string): boolean {
    return this.#released.has(conversion);
  }

  /** Every member's units. */
  get members(): ReadonlyMap<string, number> {
    return this.#units;
  }

  /** A member earned units. */
  credit(wallet: string, units: number): void {
    this.#append("CREDIT", { conversion: null, wallet, units });
  }

  async debit(asked: AskedConversion): Promise<DebitAnswer> {
    const { conversion, wallet, units } = asked;
    // Rule C1.
    if (this.#debits.has(conversion)) return "DEBITED";
    // Rule C2.
    if (this.isReleased(conversion) || this.unitsOf(wallet) < units) return "REFUSED";
    this.#append("DEBIT", asked);
    return "DEBITED";
  }

  async release({ conversion, wallet }: AskedConversion): Promise<void> {
    if (this.isReleased(conversion)) return;
    this.#append("RELEASE", { conversion, wallet, units: this.debitedFor(conversion) });
  }

  #append(
    entry: Entry["entry"],
    about: Omit<AskedConversion, "conversion"> & Pick<Entry, "conversion">,
  ): void {
    const line = { entry, conversion: about.conversion, wallet: about.wallet, units: about.units };
    const whole = entrySchema.fromJson(line);
    this.#disk.append(this.#file, utf8(`${JSON.stringify(line)}\n`));
    this.#disk.syncFile(this.#file);
    this.#disk.syncDirectory(dirname(this.#file));
    this.#book(whole);
  }

  #book({ entry, conversion, wallet, units }: Entry): void {
    const member = Buffer.from(wallet).toString("hex");
    const sign = entry === "DEBIT" ? -1 : 1;
    this.#units.set(member, this.unitsOf(member) + sign * units);
    if (conversion === null) return;
    if (entry === "DEBIT") this.#debits.set(conversion, units);
    else {
      this.#debits.delete(conversion);
      this.#released.add(conversion);
    }
  }

  /** What a power cut tore off the end was never answered: it is cut away. */
  #readEntries(): Entry[] {
    const bytes = this.#disk.read(this.#file) ?? new Uint8Array();
    const whole = bytes.slice(0, bytes.lastIndexOf(LINE_END) + 1);
    if (whole.length < bytes.length) this.#replace(whole);
    const lines = new TextDecoder().decode(whole).split("\n").filter(Boolean);
    return lines.map((line, i) => this.#entryIn(line, i + 1));
  }

  #replace(bytes: Uint8Array): void {
    const draft = `${this.#file}.draft`;
    this.#disk.write(draft, bytes);
    this.#disk.syncFile(draft);
    this.#disk.rename(draft, this.#file);
    this.#disk.syncDirectory(dirname(this.#file));
  }

  #entryIn(line: string, number: number): Entry {
    try {
      return entrySchema.fromJson(JSON.parse(line) as JsonValue);
    } catch (error) {
      const problem = `line ${number}: ${messageOf(error)}`;
      throw new ClientError("FILE_MALFORMED", { file: this.#file, problem, cause: error });
    }
  }
}
