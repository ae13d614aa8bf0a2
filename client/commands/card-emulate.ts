import { type Command, InvalidArgumentError, Option } from "commander";
import { ATR } from "../card/software-card.ts";
import { emulateCard, type VpcdAddress } from "../card/vpcd/emulate-card.ts";
import { openCardFile } from "../local-card/card-file.ts";
import { interrupted } from "../network/interrupted.ts";
import { leafCommand, perform } from "./command.ts";

const ATRS = { contactless: ATR.CONTACTLESS, contact: ATR.CONTACT } as const;

interface Options {
  readonly card: string;
  readonly vpcd: VpcdAddress;
  readonly atr: keyof typeof ATRS;
}

/** `card emulate`: puts a software card on pcscd's virtual reader. */
export function cardEmulateCommand(): Command {
  const command = leafCommand("emulate", "Put a software card on pcscd's virtual reader (vpcd)", [
    "card emulate --card local/hanako.card --vpcd 127.0.0.1:35963",
  ])
    .requiredOption("--card <file>", "a software card")
    .addOption(
      new Option("--vpcd <host:port>", "where the virtual reader listens; 35963 is its first slot")
        .argParser(parseAddress)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--atr <kind>", "the card's answer to reset")
        .choices(Object.keys(ATRS))
        .default("contactless"),
    );
  return perform<Options>(command, async (output, { card: file, vpcd, atr }) => {
    const stopRequested = interrupted();
    const emulated = await emulateCard(openCardFile(file, { atr: ATRS[atr] }), vpcd);
    const { host, port } = vpcd;
    output.result({ card: file, host, port }, [
      `${file}: カードを置きました / on the reader at ${host}:${port}`,
      "Ctrl-C でカードを取ります / takes it off",
    ]);
    await Promise.race([stopRequested, emulated.ended]);
    emulated.remove();
    await emulated.ended;
    return true;
  });
}

function parseAddress(text: string): VpcdAddress {
  const [, host = "", port = ""] = /^(.+):([0-9]{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  if (host === "" || number < 1 || number > 65_535) {
    throw new InvalidArgumentError("It must be a host and a port, such as 127.0.0.1:35963.");
  }
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: number };
}
