/** The version of this program. */
import { readFileSync } from "node:fs";

const packageFile = new URL("../../package.json", import.meta.url);

/** From package.json. */
export const VERSION: string = String(JSON.parse(readFileSync(packageFile, "utf8")).version);
