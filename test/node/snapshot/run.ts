/** `npm run large-state`: see large-state.ts. Prints one line a step. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countUpTo } from "../../../client/commands/command.ts";
import { npmCommand } from "../../../client/commands/npm-command.ts";
import { useSha256 } from "../../../ledger/hash.ts";
import { nativeSha256 } from "../../../ledger/native/sha256.ts";
import { measureLargeState } from "./large-state.ts";

const size = npmCommand("large-state", "A snapshot of many wallets: made, fetched, put in place")
  .option("--wallets <n>", "wallets in the state", countUpTo(100_000_000), 1_000_000)
  .option("--blocks <n>", "blocks of the chain", countUpTo(1_000_000), 1000)
  .parse()
  .opts<{ wallets: number; blocks: number }>();
useSha256(nativeSha256);
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-large-state-"));
try {
  process.stdout.write(`${size.wallets} wallets, ${size.blocks} blocks\n`);
  await measureLargeState(directory, size, ({ step, seconds, residentMb, heldUpMs }) => {
    const line = `${step.padEnd(26)} ${seconds.toFixed(1).padStart(7)} s  ${residentMb} MB resident`;
    process.stdout.write(`${line}  held up ${heldUpMs} ms at most\n`);
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
