/** Options that the terminal's commands share. */
import { Option } from "commander";

/** `--dir DIRECTORY`: the terminal. */
export function terminalOption(): Option {
  return new Option("--dir <directory>", "the terminal's folder").default("terminal");
}

/** `--customer DEVICE`: a screen and keys of the customer's own. */
export function customerOption(): Option {
  return new Option("--customer <device>", "terminal device with the customer's screen and keys");
}
