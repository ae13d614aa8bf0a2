import type { Command } from "commander";
import { toHex } from "../../ledger/bytes.ts";
import { ClientError } from "../client-fault.ts";
import { type CardChoice, withCard } from "../terminal/choose-card.ts";
import { askNetworkTime } from "../terminal/network-time.ts";
import { openTerminal } from "../terminal/terminal-folder.ts";
import { cardOption, leafCommand, perform, readerOption, waitOption } from "./command.ts";
import { terminalOption } from "./terminal-options.ts";

/** `terminal member`: which of its members a street sees before it. */
export function terminalMemberCommand(): Command {
  const command = leafCommand(
    "member",
    "カードがどの会員かを調べる / Say which member of the street the card on the reader is; no PIN",
    ["terminal member --dir bakery", "terminal member --dir bakery --wait 30 --json"],
  )
    .addOption(terminalOption())
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption());
  return perform<CardChoice & { dir: string }>(command, async (output, options) => {
    const { till, nodes } = openTerminal(options.dir);
    const { memberOf } = till;
    if (memberOf === undefined) {
      throw new ClientError("USAGE", {
        problem: "this terminal serves everybody: terminal members",
      });
    }
    const nowMs = (await askNetworkTime(nodes)).nowMs();
    const certificate = await withCard(options, (card) => card.readAuthCertificate());
    const member = toHex(await memberOf(certificate, nowMs));
    output.result({ member }, [`会員 / member: ${member}`]);
    return true;
  });
}
