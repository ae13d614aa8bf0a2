import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Command, Option } from "commander";
import { CARD_PROFILES, type CardProfile, issueSoftwareCard } from "../card/issue-software-card.ts";
import { saveSoftwareCard } from "../card/software-card-state.ts";
import { ClientError } from "../client-fault.ts";
import { openTestCa } from "../local-card/test-ca-file.ts";
import { leafCommand, perform, pinOption } from "./command.ts";

interface Options {
  readonly out: string;
  readonly pin: string;
  readonly profile: CardProfile;
  readonly ca?: string;
}

/** `card create`: a software card with a certificate of a test CA. */
export function cardCreateCommand(): Command {
  const command = leafCommand("create", "Make a software card, for tests and local networks", [
    "card create --out local/hanako.card --pin 1234",
  ])
    .requiredOption("--out <file>", "where the card is kept")
    .addOption(pinOption().makeOptionMandatory())
    .addOption(
      new Option("--profile <name>", "today's card, or the next, which no payment takes yet")
        .choices(CARD_PROFILES)
        .default("rsa2048"),
    )
    .option("--ca <file>", "test CA, made when it is not there (default: test-ca.json beside it)");
  return perform<Options>(command, async (output, options) => {
    const { out, pin, profile, ca = join(dirname(out), "test-ca.json") } = options;
    if (existsSync(out)) throw new ClientError("FILE_EXISTS", { file: out });
    output.progress("Making keys ...");
    const card = await issueSoftwareCard({ ca: await openTestCa(ca), pin, profile });
    saveSoftwareCard(out, card.state);
    output.result({ card: out, ca }, [`${out}: a software card of the test CA in ${ca}`]);
    return true;
  });
}
