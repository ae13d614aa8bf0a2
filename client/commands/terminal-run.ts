import type { Command } from "commander";
import { type CounterChoice, openCounter } from "../terminal/open-counter.ts";
import { Interruptions, nextPayment, serve } from "../terminal/serve.ts";
import { cardOption, leafCommand, perform, readerOption } from "./command.ts";
import { customerOption, terminalOption } from "./terminal-options.ts";

/** `terminal run`: payment after payment, until Ctrl-C. */
export function terminalRunCommand(): Command {
  const command = leafCommand("run", "Take payments, one after the other, until Ctrl-C", [
    "terminal run --dir bakery",
    "terminal run --dir bakery --customer /dev/tty2",
    "terminal run --dir bakery --card local/hanako.card",
  ])
    .addOption(terminalOption())
    .addOption(customerOption())
    .addOption(readerOption())
    .addOption(cardOption());
  return perform<CounterChoice>(command, async (_, choice) => {
    const interruptions = new Interruptions();
    const counter = await openCounter(choice, (text) => process.stdout.write(text));
    try {
      return await serve(counter, interruptions, nextPayment);
    } finally {
      counter.close();
    }
  });
}
