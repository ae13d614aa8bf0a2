import type { Command } from "commander";
import { ACCEPTED } from "../../ledger/block.ts";
import { resultText } from "../error-report.ts";
import { redeemVoucher, VOUCHER_WAIT_MS } from "../terminal/redeem-voucher.ts";
import { openTerminal } from "../terminal/terminal-folder.ts";
import { claimTerminal } from "../terminal/terminal-lock.ts";
import { leafCommand, perform } from "./command.ts";
import { terminalOption } from "./terminal-options.ts";

/** `terminal voucher`: takes a voucher, for a cash register that calls it; `terminal run` takes them too. */
export function terminalVoucherCommand(): Command {
  const command = leafCommand(
    "voucher",
    "ポイント券を受け取る / Take a voucher by its code, scanned or typed",
    ["terminal voucher --dir bakery MYKEY:V1:131164:FIVE-HUNDRED:0123-4567-89AB-CDEF-…"],
  )
    .argument("<code...>", "as on the voucher")
    .addOption(terminalOption());
  return perform<{ dir: string }>(command, async (output, { dir }, ...code) => {
    const terminal = openTerminal(dir);
    await claimTerminal(dir);
    const signal = AbortSignal.timeout(VOUCHER_WAIT_MS);
    const { id, facePt, result } = await redeemVoucher(terminal, code.join(""), signal);
    const ok = result === ACCEPTED;
    output.result({ ok, id, facePt, result }, [
      ok
        ? `${facePt} pt: ポイント券を受け取りました / the voucher is taken`
        : `受け取れません / not taken: ${resultText(result)}`,
    ]);
    return ok;
  });
}
