/** `npm run large-state -- [--wallets N] [--blocks N]`: see large-state.ts. Prints one line a step. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { useSha256 } from "../../../ledger/hash.ts";
import { nativeSha256 } from "../../../ledger/native/sha256.ts";
import { measureLargeState } from "./large-state.ts";

const { values } = parseArgs({
  options: {
    wallets: { type: "string", default: "1000000" },
    blocks: { type: "string", default: "1000" },
  },
});
useSha256(nativeSha256);
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-large-state-"));
try {
  const size = { wallets: Number(values.wallets), blocks: Number(values.blocks) };
  process.stdout.write(`${size.wallets} wallets, ${size.blocks} blocks\n`);
  await measureLargeState(directory, size, ({ step, seconds, residentMb, heldUpMs }) => {
    const line = `${step.padEnd(26)} ${seconds.toFixed(1).padStart(7)} s  ${residentMb} MB resident`;
    process.stdout.write(`${line}  held up ${heldUpMs} ms at most\n`);
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
