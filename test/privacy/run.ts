/** `npm run disk-search -- [--residents N]`: see search-disks.ts. Ends with 1 when anything was found. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { searchDisks } from "./search-disks.ts";

const { values } = parseArgs({ options: { residents: { type: "string", default: "1000" } } });
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-disks-"));
try {
  const { cards, secrets, searchedBytes, finds } = await searchDisks(
    directory,
    Number(values.residents),
  );
  for (const { what, where } of finds.slice(0, 100)) process.stdout.write(`${what}: ${where}\n`);
  const megabytes = (searchedBytes / 1e6).toFixed(1);
  process.stdout.write(
    `${cards} cards, ${secrets} byte strings looked for in ${megabytes} MB: ${finds.length} found\n`,
  );
  process.exitCode = finds.length === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
