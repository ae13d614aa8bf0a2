/** Reads canonical CBOR in one walk over its bytes: what is not canonical is refused where it stands. */
import { shortAscii } from "./bytes.ts";
import { argumentSize, DIRECT_ARGUMENT_MAX, INFO_8_BYTES, ITEM, MAJOR } from "./cbor-heads.ts";
import type { CborValue } from "./encoding.ts";
import { ENCODING_DEPTH_MAX, ENCODING_ITEMS_MAX } from "./limits.ts";

/** Every engine has it, though the language does not say so. Here it replaces nothing and strips nothing. */
declare const TextDecoder: new (
  label: "utf-8",
  options: { readonly fatal: true; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Goes from item to item. Throws an Error at the first that our encoding does not have. */
export class CborReader {
  readonly #bytes: Uint8Array;
  /** Where the next head is. */
  #at = 0;
  /** Those read, and those that arrays announced: what may be reserved for them is bounded. */
  #items = 0;
  /** What the head just read says: an integer, a length, how many items. */
  #argument = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether nothing is left. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The value of the next item; byte strings in it are views. */
  readValue(): CborValue {
    this.#count(1);
    return this.#value(0);
  }

  /** The bytes of the next item, a view. Whether text in it is exact is not looked at. */
  readItem(): Uint8Array {
    const start = this.#at;
    this.#count(1);
    this.#skip(0);
    return this.#viewFrom(start);
  }

  #value(depth: number): CborValue {
    const first = this.#head();
    switch (first >> 5) {
      case MAJOR.unsigned:
        return this.#argument;
      case MAJOR.bytes:
        return this.#viewFrom(this.#skipString());
      case MAJOR.text:
        return this.#text();
      case MAJOR.array: {
        const items = new Array<CborValue>(this.#openArray(depth));
        for (let i = 0; i < items.length; i++) items[i] = this.#value(depth + 1);
        return items;
      }
      default:
        return first === ITEM.null ? null : first === ITEM.true;
    }
  }

  #skip(depth: number): void {
    const major = this.#head() >> 5;
    if (major === MAJOR.bytes || major === MAJOR.text) this.#skipString();
    if (major !== MAJOR.array) return;
    for (let left = this.#openArray(depth); left > 0; left--) this.#skip(depth + 1);
  }

  /** Reads a head, which must have its shortest form, and gives its first byte. */
  #head(): number {
    const first = this.#bytes[this.#at++];
    if (first === undefined) throw new Error("the end is missing");
    this.#argument = 0;
    if (first >= ITEM.false && first <= ITEM.null) return first;
    const info = first & 0x1f;
    if (!isOurKind(first >> 5) || info > INFO_8_BYTES) {
      throw new Error(`item 0x${first.toString(16)} is not part of this encoding`);
    }
    if (info <= DIRECT_ARGUMENT_MAX) this.#argument = info;
    else this.#readArgument(1 << (info - DIRECT_ARGUMENT_MAX - 1));
    return first;
  }

  #readArgument(sizeBytes: number): void {
    const end = this.#advance(sizeBytes);
    let argument = 0;
    for (let i = end - sizeBytes; i < end; i++) argument = argument * 256 + (this.#bytes[i] ?? 0);
    if (argumentSize(argument) !== sizeBytes) {
      throw new Error("an integer or length is not in its shortest form");
    }
    if (argument > Number.MAX_SAFE_INTEGER) throw new Error("an integer is not safe");
    this.#argument = argument;
  }

  /** Enters an array, and says how many items it has. */
  #openArray(depth: number): number {
    if (depth === ENCODING_DEPTH_MAX) throw new Error("arrays are nested too deeply");
    this.#count(this.#argument);
    return this.#argument;
  }

  #count(items: number): void {
    this.#items += items;
    if (this.#items > ENCODING_ITEMS_MAX) throw new Error("too many items");
  }

  /** Goes past the content of a string, and says where it began. */
  #skipString(): number {
    return this.#advance(this.#argument) - this.#argument;
  }

  #text(): string {
    const start = this.#skipString();
    const short = shortAscii(this.#bytes, start, this.#at);
    if (short !== null) return short;
    return exactText(this.#viewFrom(start));
  }

  /** Plain bytes from a place up to here, whatever kind of array they stand in. */
  #viewFrom(start: number): Uint8Array {
    const { buffer, byteOffset } = this.#bytes;
    return new Uint8Array(buffer, byteOffset + start, this.#at - start);
  }

  /** Goes on by so many bytes, and says where that is. */
  #advance(sizeBytes: number): number {
    this.#at += sizeBytes;
    if (this.#at > this.#bytes.length) throw new Error("the end is missing");
    return this.#at;
  }
}

function isOurKind(major: number): boolean {
  return major === MAJOR.unsigned || (major >= MAJOR.bytes && major <= MAJOR.array);
}

function exactText(utf8: Uint8Array): string {
  try {
    const text = strictUtf8.decode(utf8);
    // Others may take it for a mark and strip it.
    if (!text.startsWith("\uFEFF")) return text;
  } catch (error) {
    throw new Error("text is not exact UTF-8", { cause: error });
  }
  throw new Error("text is not exact UTF-8");
}
