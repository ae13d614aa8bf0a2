/** Writes `docs/attacks.md`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { attacksPage } from "./attacks-page.ts";
import { repositoryRoot } from "./files.ts";

writeFileSync(join(repositoryRoot, "docs/attacks.md"), attacksPage());
