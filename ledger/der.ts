/**
 * DER (ITU-T X.690) read strictly, for what certification authorities sign: lengths in their one shortest form, tags of one
 * byte, elements that fill what holds them. What is refused is `MALFORMED`, and nothing is read twice.
 */
import { concatBytes, toHex } from "./bytes.ts";
import { LedgerFault } from "./faults.ts";

/** Tags by their whole first byte. */
export const DER = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  ENUMERATED: 0x0a,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** The tag of a constructed, context-specific field `[n]`. */
export function contextTag(n: number): number {
  return 0xa0 | n;
}

/** The tag of a primitive, context-specific field `[n]`. */
export function primitiveContextTag(n: number): number {
  return 0x80 | n;
}

/** One element: views of the bytes that were read. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag and length included. */
  readonly bytes: Uint8Array;
}

/** The one element that the bytes are. @throws LedgerFault `MALFORMED`. */
export function readDer(bytes: Uint8Array, tag: number = DER.SEQUENCE): DerReader {
  const outer = new DerReader(bytes);
  const inner = outer.open(tag);
  outer.end();
  return inner;
}

/** Goes through the elements inside one. All methods throw LedgerFault `MALFORMED`. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(content: Uint8Array) {
    this.#bytes = content;
  }

  /** Whether everything was read. */
  get isEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Demands that everything was read. */
  end(): void {
    if (!this.isEnd) refuse("elements that nobody expects");
  }

  /** The next element, of that tag. */
  next(tag: number): DerElement {
    const element = this.#read();
    if (element.tag !== tag) refuse(`tag ${element.tag} where ${tag} was expected`);
    return element;
  }

  /** The next element, whatever it is. */
  any(): DerElement {
    return this.#read();
  }

  /** The next element when it has that tag. */
  optional(tag: number): DerElement | undefined {
    return this.#bytes[this.#at] === tag ? this.#read() : undefined;
  }

  /** Into the next element, of that tag. */
  open(tag: number): DerReader {
    return new DerReader(this.next(tag).content);
  }

  /** Into the next element when it has that tag. */
  openOptional(tag: number): DerReader | undefined {
    const element = this.optional(tag);
    return element && new DerReader(element.content);
  }

  #read(): DerElement {
    const start = this.#at;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) refuse("a tag of several bytes");
    const lengthBytes = this.#length();
    const end = this.#at + lengthBytes;
    if (end > this.#bytes.length) refuse("an element that is cut off");
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { tag, content, bytes: this.#bytes.subarray(start, end) };
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const size = first & 0x7f;
    // 0: indefinite. Four bytes are more than anything here is long.
    if (size === 0 || size > 4) refuse("a length of no form that is taken");
    const leading = this.#bytes[this.#at];
    let length = 0;
    for (let i = 0; i < size; i++) length = length * 256 + this.#byte();
    const isShortest = length >= 0x80 && leading !== 0;
    if (!isShortest) refuse("a length that is longer than it need be");
    return length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return refuse("an element that is cut off");
    this.#at += 1;
    return byte;
  }
}

/** An element of these parts. */
export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...parts);
  return concatBytes(Uint8Array.of(tag, ...lengthOf(content.length)), content);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** A serial number as lower-case hexadecimal, without the zero byte that keeps it positive. */
export function serialOf({ content }: DerElement): string {
  const isPadded = content.length > 1 && content[0] === 0;
  if (content.length === 0 || (isPadded && (content[1] ?? 0) < 0x80)) refuse("no integer");
  return toHex(isPadded ? content.subarray(1) : content);
}

/** The bytes of a bit string without unused bits. */
export function bitsOf({ content }: DerElement): Uint8Array {
  if (content[0] !== 0) refuse("a bit string with unused bits");
  return content.subarray(1);
}

const TIME_FORM = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/;

/** A time, ms since 1970: UTCTime until 2049, GeneralizedTime without fractions (RFC 5280 section 4.1.2.5). */
export function timeOf({ tag, content }: DerElement): number {
  if (tag !== DER.UTC_TIME && tag !== DER.GENERALIZED_TIME) return refuse("no time");
  const said = String.fromCharCode(...content.subarray(0, 16));
  const text = tag === DER.UTC_TIME ? `${Number(said.slice(0, 2)) < 50 ? 20 : 19}${said}` : said;
  const parts = TIME_FORM.exec(text);
  if (parts === null) return refuse("no time");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map(Number);
  const timeMs = dayNumber(year, month, day) * 86_400_000 + (hour * 60 + minute) * 60_000;
  if (month < 1 || month > 12 || day < 1 || day > 31) return refuse("no time");
  if (hour > 23 || minute > 59 || second > 59) return refuse("no time");
  return timeMs + second * 1000;
}

/** Days since 1970 of a date of the Gregorian calendar, its year counted from March. */
function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const days = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100);
  return 365 * marchYear + leapDays + Math.floor(marchYear / 400) + days - 719_468;
}

function refuse(problem: string): never {
  throw new LedgerFault("MALFORMED", { format: "DER", problem });
}
