import { type Command, InvalidArgumentError } from "commander";
import { ClientError } from "../client-fault.ts";
import type { ServicePlace } from "../registrar/local-registrar.ts";
import { openTerminal, serveMembersOf } from "../terminal/terminal-folder.ts";
import { leafCommand, perform } from "./command.ts";
import { terminalOption } from "./terminal-options.ts";

interface Options {
  readonly dir: string;
  readonly of?: ServicePlace;
  readonly everybody?: true;
}

/** `terminal members`: whom a shop serves. */
export function terminalMembersCommand(): Command {
  const command = leafCommand(
    "members",
    "商店街の会員だけを受け付ける / Serve members of a street only, or everybody again",
    [
      "terminal members --dir bakery --of bremen/member",
      "terminal members --dir bakery --everybody",
    ],
  )
    .addOption(terminalOption())
    .option("--of <facility/service>", "the street's membership, as it was defined", parsePlace)
    .option("--everybody", "take the rule away");
  return perform<Options>(command, (output, { dir, of, everybody }) => {
    if ((of === undefined) === (everybody === undefined)) {
      throw new ClientError("USAGE", { problem: "either --of or --everybody" });
    }
    if (openTerminal(dir).settings.offices.kind === "FILES") {
      throw new ClientError("USAGE", { problem: "a terminal to practise with asks no registrar" });
    }
    serveMembersOf(dir, of ?? null);
    output.result({ membersOf: of ?? null }, [
      of === undefined
        ? `${dir}: どなたでも利用できます / everybody is served`
        : `${dir}: ${of.facility}/${of.service} の会員だけを受け付けます / members only`,
    ]);
    return true;
  });
}

function parsePlace(text: string): ServicePlace {
  const [facility, service, ...more] = text.split("/");
  if (facility === undefined || service === undefined || more.length > 0) {
    throw new InvalidArgumentError("It must be facility/service.");
  }
  return { facility, service };
}
