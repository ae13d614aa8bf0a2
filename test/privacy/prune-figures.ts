/**
 * `npm run prune-figures`: what a disk holds before and after the witness is destroyed, and whether a byte
 * of it is left. Ends with 1 when one is.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countUpTo } from "../../client/commands/command.ts";
import { npmCommand } from "../../client/commands/npm-command.ts";
import { useSha256 } from "../../ledger/hash.ts";
import { nativeSha256 } from "../../ledger/native/sha256.ts";
import { ByteSearch } from "./byte-search.ts";
import { PayingTown } from "./paying-town.ts";

const PAYMENTS_EACH = 100;

/** All files of a directory, bytes. */
function sizeBytesOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(44)} ${figure.padStart(14)}\n`);
}

const { payments: asked } = npmCommand(
  "prune-figures",
  "A disk before and after its witness is destroyed",
)
  .option("--payments <n>", "in hundreds, rounded up", countUpTo(10_000_000), 2000)
  .parse()
  .opts<{ payments: number }>();
useSha256(nativeSha256);
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-prune-"));
try {
  const residents = Math.ceil(asked / PAYMENTS_EACH);
  const size = { residents, paymentsEach: PAYMENTS_EACH, paymentsInBlock: 50 };
  const town = await PayingTown.of(directory, size);
  const payments = town.payers.size;
  const search = new ByteSearch(town.secrets);
  const found = async () => {
    const finds = await search.inFiles(directory, () => false);
    return new Set(finds.map(({ what }) => what)).size;
  };
  const foundBefore = await found();
  // What lies in memory and in the log is brought into the same form as afterwards: tables.
  await town.settle();
  const before = sizeBytesOf(directory);
  const startMs = performance.now();
  await town.forget(true);
  const tookMs = performance.now() - startMs;
  const after = sizeBytesOf(directory);
  const foundAfter = await found();
  await town.close();
  print("payments", String(payments));
  print("disk before, bytes", String(before));
  print("disk after, bytes (with a snapshot)", String(after));
  print("saved for each payment, bytes", ((before - after) / payments).toFixed(0));
  print("time, with the snapshot, ms", tookMs.toFixed(0));
  print("signatures and salts found before", `${foundBefore} of ${town.secrets.length}`);
  print("signatures and salts found after", String(foundAfter));
  process.exitCode = foundAfter === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
