/** The little HTML that public pages need; every text is escaped where it enters. */

import { escapeHtml } from "../html.ts";

/** HTML that is safe as it stands. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a page: text, a figure, or HTML; lists one after the other. */
export type Content = string | number | Html | readonly Content[];

/** A template of HTML: what is put in is escaped. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.map((part, i) => part + written(contents[i] ?? "")).join(""));
}

/** A column of a table. */
export interface Heading {
  readonly ja: string;
  readonly isNumber?: true;
}

/** A table whose first column names the row; nothing when it has no rows. */
export function table(headings: readonly Heading[], rows: readonly (readonly Content[])[]): Html {
  if (rows.length === 0) return new Html("");
  const number = (i: number) => (headings[i]?.isNumber ? new Html(' class="number"') : "");
  const head = headings.map(({ ja }, i) => html`<th scope="col"${number(i)}>${ja}</th>`);
  const body = rows.map(([first = "", ...rest]) => {
    const cells = rest.map((cell, i) => html`<td${number(i + 1)}>${cell}</td>`);
    return html`<tr><th scope="row">${first}</th>${cells}</tr>\n`;
  });
  return html`<div class="scroll"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

function written(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === "number") return content.toLocaleString("en-US");
  if (typeof content === "string") return escapeHtml(content);
  return content.map(written).join("");
}
