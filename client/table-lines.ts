/** Columns of text. */

/** Columns as wide as their widest cell: the first to the left, the others to the right. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const filling = " ".repeat((widths[i] ?? 0) - widthOf(cell));
        return i === 0 ? cell + filling : filling + cell;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Columns of a terminal: Japanese characters take two. */
function widthOf(text: string): number {
  return [...text].reduce(
    (sum, character) => sum + (/[\u3000-\u9fff\uff00-\uff60]/.test(character) ? 2 : 1),
    0,
  );
}
