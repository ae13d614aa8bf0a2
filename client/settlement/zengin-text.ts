/**
 * The characters of bank files (全銀協): digits, capital letters, half-width katakana and a few marks, one byte
 * each. They are the single-byte part of Shift_JIS (JIS X 0201), where a kana is its code point less an offset:
 * that is the whole conversion, and no table of a library is needed.
 */
import { ClientError } from "../client-fault.ts";

const KANA_FIRST = 0xff_61;
const KANA_LAST = 0xff_9f;
/** Code point of a half-width kana less its byte: U+FF61 is 0xA1. */
const KANA_OFFSET: number = KANA_FIRST - 0xa1;

/** What a bank takes; small kana and the long-vowel mark are not among it. */
const WRITABLE = /^[0-9A-Z ｢｣()\-/.ｱ-ﾝﾞﾟ]*$/;

/** Full-width katakana without marks, and their half-width forms; small ones become large. Whatever dash is typed is one. */
const FULL =
  "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲンァィゥェォッャュョヮヵヶー‐‑–—―−\u3099\u309a・「」";
const HALF = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｲｴｵﾝｱｲｳｴｵﾂﾔﾕﾖﾜｶｹ-------ﾞﾟ.｢｣";
const HALF_OF: ReadonlyMap<string, string> = new Map(
  [...FULL].map((full, i) => [full, HALF[i] ?? ""]),
);

/** Hiragana to katakana: the blocks lie side by side in Unicode. */
const KATAKANA_OFFSET = 0x60;

/**
 * A name as a bank file has it: kana of any width, letters of any case.
 * @throws ClientError `NAME_UNWRITABLE` for what a bank does not take, such as kanji, and for what has no room.
 */
export function zenginText(name: string, lengthMax: number): string {
  // A voice mark that stands alone would become a space and a mark. NFKC makes half-width kana and full-width letters
  // ordinary ones; NFD takes the voice marks off the kana.
  const marked = name.replaceAll("゛", "\u3099").replaceAll("゜", "\u309a");
  const plain = marked.normalize("NFKC").normalize("NFD").toUpperCase();
  const katakana = plain.replaceAll(/[ぁ-ゖ]/gu, (hiragana) =>
    String.fromCodePoint((hiragana.codePointAt(0) ?? 0) + KATAKANA_OFFSET),
  );
  const half = [...katakana].map((char) => HALF_OF.get(char) ?? char).join("");
  if (!WRITABLE.test(half) || half.length > lengthMax) {
    throw new ClientError("NAME_UNWRITABLE", { name, lengthMax });
  }
  return half;
}

/** The bytes of a text, one for each character. @throws RangeError for a character without a byte. */
export function zenginBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0x20 && code <= 0x7e) return code;
    if (code >= KANA_FIRST && code <= KANA_LAST) return code - KANA_OFFSET;
    throw new RangeError(`${char} has no byte in a bank file`);
  });
}

/** The text of bytes, one character for each. @throws RangeError for a byte without a character. */
export function zenginString(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte >= 0x20 && byte <= 0x7e) return String.fromCodePoint(byte);
    if (byte >= 0xa1 && byte <= 0xdf) return String.fromCodePoint(byte + KANA_OFFSET);
    throw new RangeError(`byte ${byte} is no character of a bank file`);
  }).join("");
}
