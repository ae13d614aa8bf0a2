/** The live page: one document that needs nothing else, put together from its three sources. */
import { readFileSync } from "node:fs";

/** The sources stand beside this file's source, not beside its compiled form. */
const FOLDER = new URL("../../../node/api/live-page/", import.meta.url);

/** The document as it is served. @throws Error when a source is missing. */
export function livePage(): string {
  const source = (name: string) => readFileSync(new URL(name, FOLDER), "utf8").trimEnd();
  return source("page.html")
    .replace(
      '<link rel="stylesheet" href="style.css">',
      () => `<style>\n${source("style.css")}\n</style>`,
    )
    .replace(
      '<script type="module" src="script.js">',
      () => `<script type="module">\n${source("script.js")}\n`,
    );
}
