/** The text of a list as offices save it: UTF-8, with or without a mark at its beginning, or Shift_JIS as Excel writes it. */
import { ClientError } from "../client-fault.ts";
import { readBytes } from "../files.ts";

/** UTF-16 as Excel's "Unicode text" has it, which is no CSV. */
const UTF16_MARKS: readonly string[] = ["fffe", "feff"];

/** Text and bytes of a file. @throws ClientError `FILE_UNREADABLE`, `GRANT_LIST_MALFORMED`. */
export function readListText(file: string): { readonly bytes: Uint8Array; readonly text: string } {
  const bytes = readBytes(file);
  const mark = Buffer.from(bytes.subarray(0, 2)).toString("hex");
  // Few texts of Shift_JIS are UTF-8 by chance, and none that holds Japanese words: so UTF-8 is tried first.
  const text = UTF16_MARKS.includes(mark)
    ? null
    : (decoded(bytes, "utf-8") ?? decoded(bytes, "shift_jis"));
  if (text !== null) return { bytes, text };
  throw new ClientError("GRANT_LIST_MALFORMED", {
    file,
    problem: "CSV（UTF-8 または Shift_JIS）で保存してください / save it as CSV",
  });
}

function decoded(bytes: Uint8Array, encoding: "utf-8" | "shift_jis"): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
