/** What the commands of a facility's desk share. */
import { type Command, Option } from "commander";
import type { CardChoice } from "../terminal/choose-card.ts";
import { cardOption, pinOption, readerOption, waitOption } from "./command.ts";

/** The desk's folder, and the card of the person before it. */
export interface FacilityChoice extends CardChoice {
  readonly dir: string;
  readonly pin?: string;
}

/** `--dir DIRECTORY`: the desk. */
export function facilityOption(): Option {
  return new Option("--dir <directory>", "the desk's folder").makeOptionMandatory();
}

/** Adds the options of `FacilityChoice`. */
export function withMemberOptions(command: Command): Command {
  return command
    .addOption(facilityOption())
    .addOption(cardOption())
    .addOption(readerOption())
    .addOption(waitOption())
    .addOption(pinOption());
}
