/** The text of every vector file that is made: one row a line, so that a changed row shows as one line. */
import { evidenceRows } from "./evidence-vectors.ts";
import { formatVectors } from "./format-vectors.ts";
import { hashVectors } from "./hash-vectors.ts";
import { signatureVectors } from "./signature-vectors.ts";

/** File name without `.json` → text. */
export function madeVectors(): Record<string, string> {
  return {
    hash: textOf(hashVectors()),
    signature: textOf(signatureVectors()),
    evidence: textOf(evidenceRows()),
    ...Object.fromEntries(
      Object.entries(formatVectors()).map(([name, rows]) => [name, textOf(rows)]),
    ),
  };
}

function textOf(rows: readonly object[]): string {
  return `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`;
}
