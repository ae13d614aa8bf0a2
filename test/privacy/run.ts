/** `npm run disk-search`: see search-disks.ts. Ends with 1 when anything was found. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countUpTo } from "../../client/commands/command.ts";
import { npmCommand } from "../../client/commands/npm-command.ts";
import { searchDisks } from "./search-disks.ts";

const { residents } = npmCommand("disk-search", "Looks for residents on all disks of a network")
  .option("--residents <n>", "how many enrol and pay", countUpTo(1_000_000), 1000)
  .parse()
  .opts<{ residents: number }>();
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-disks-"));
try {
  const { cards, secrets, searchedBytes, finds } = await searchDisks(directory, residents);
  for (const { what, where } of finds.slice(0, 100)) process.stdout.write(`${what}: ${where}\n`);
  const megabytes = (searchedBytes / 1e6).toFixed(1);
  process.stdout.write(
    `${cards} cards, ${secrets} byte strings looked for in ${megabytes} MB: ${finds.length} found\n`,
  );
  process.exitCode = finds.length === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
