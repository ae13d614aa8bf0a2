/** Canonical CBOR of a value, in two walks: one checks and measures it, the other writes it. */
import { utf8 } from "./bytes.ts";
import { argumentSize, INFO_8_BYTES, ITEM, MAJOR } from "./cbor-heads.ts";
import type { CborValue } from "./encoding.ts";
import { ENCODING_DEPTH_MAX, ENCODING_ITEMS_MAX } from "./limits.ts";

/** The canonical bytes of a value. @throws as `encode` (encoding.ts). */
export function writeCbor(value: CborValue): Uint8Array {
  const writer = new Writer(new Sizing().of(value, 0));
  writer.put(value);
  return writer.bytes;
}

/** What UTF-8 cannot say, or what a decoder would drop: a lone surrogate, a leading byte order mark. */
const INEXACT_TEXT = /\p{Surrogate}|^\uFEFF/u;

/** Checks a value, and says how long its encoding is. */
class Sizing {
  #items = 0;

  of(value: unknown, depth: number): number {
    this.#items += 1;
    if (this.#items > ENCODING_ITEMS_MAX) throw new RangeError("too many items");
    if (typeof value === "number") return 1 + argumentSize(safeUnsigned(value));
    if (typeof value === "string") return stringSize(textSize(value));
    if (value instanceof Uint8Array) return stringSize(value.length);
    if (Array.isArray(value)) return this.#ofItems(value, depth);
    if (value === null || typeof value === "boolean") return 1;
    throw new TypeError(`a value of type ${typeof value} has no encoding`);
  }

  #ofItems(items: readonly unknown[], depth: number): number {
    if (depth === ENCODING_DEPTH_MAX) throw new RangeError("arrays are nested too deeply");
    let sizeBytes = 1 + argumentSize(items.length);
    for (let i = 0; i < items.length; i++) sizeBytes += this.of(items[i], depth + 1);
    return sizeBytes;
  }
}

function safeUnsigned(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) return value;
  throw new RangeError(`${value} is not a safe unsigned integer`);
}

function stringSize(length: number): number {
  return 1 + argumentSize(length) + length;
}

function textSize(text: string): number {
  if (isAsciiText(text)) return text.length;
  if (INEXACT_TEXT.test(text)) throw new RangeError("text is not exact in UTF-8");
  return utf8(text).length;
}

function isAsciiText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Writes a value that was checked. */
class Writer {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(sizeBytes);
  }

  put(value: CborValue): void {
    if (typeof value === "number") this.#putHead(MAJOR.unsigned, value);
    else if (typeof value === "string") this.#putText(value);
    else if (value instanceof Uint8Array) this.#putString(MAJOR.bytes, value);
    else if (value === null) this.bytes[this.#at++] = ITEM.null;
    else if (typeof value === "boolean") this.bytes[this.#at++] = value ? ITEM.true : ITEM.false;
    else {
      this.#putHead(MAJOR.array, value.length);
      for (const item of value) this.put(item);
    }
  }

  #putHead(major: number, argument: number): void {
    const sizeBytes = argumentSize(argument);
    // By integers: the language leaves it to each engine how exact a logarithm is.
    const info = sizeBytes === 0 ? argument : INFO_8_BYTES + 28 - Math.clz32(sizeBytes);
    this.bytes[this.#at] = (major << 5) | info;
    let rest = argument;
    for (let i = sizeBytes; i > 0; i--) {
      this.bytes[this.#at + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.#at += 1 + sizeBytes;
  }

  #putString(major: number, content: Uint8Array): void {
    this.#putHead(major, content.length);
    this.bytes.set(content, this.#at);
    this.#at += content.length;
  }

  #putText(text: string): void {
    if (!isAsciiText(text)) {
      this.#putString(MAJOR.text, utf8(text));
      return;
    }
    this.#putHead(MAJOR.text, text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.#at++] = text.charCodeAt(i);
  }
}
