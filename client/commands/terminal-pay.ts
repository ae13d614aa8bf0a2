import { type Command, InvalidArgumentError } from "commander";
import { ClientError } from "../client-fault.ts";
import { takeErrand } from "../terminal/counter.ts";
import { type CounterChoice, openCounter } from "../terminal/open-counter.ts";
import { isForRepair, isNoMember } from "../terminal/screens.ts";
import { Interruptions, settleLast } from "../terminal/serve.ts";
import type { Ending } from "../terminal/session.ts";
import { readAmount } from "../terminal/text-sides.ts";
import { cardOption, leafCommand, perform, pinOption, readerOption } from "./command.ts";
import { customerOption, terminalOption } from "./terminal-options.ts";

/** `terminal pay`: one payment, for a cash register that calls it. */
export function terminalPayCommand(): Command {
  const command = leafCommand("pay", "Take one payment; exits 0 only when it is paid", [
    "terminal pay --dir bakery --amount 350",
    "terminal pay --dir bakery --amount 350 --card local/hanako.card --pin 1234 --json",
  ])
    .requiredOption("--amount <points>", "what the customer pays", parseAmount)
    .addOption(terminalOption())
    .addOption(customerOption())
    .addOption(readerOption())
    .addOption(cardOption())
    .addOption(pinOption());
  return perform<CounterChoice & { readonly amount: number }>(command, async (output, choice) => {
    const interruptions = new Interruptions();
    // Standard output is for the result.
    const counter = await openCounter(choice, (text) => process.stderr.write(text));
    try {
      const last = await settleLast(counter, interruptions);
      // It may be this very payment, of a call that the power cut: the caller has to look first.
      if (last !== null) throw new ClientError("PREVIOUS_PAYMENT", factsOf(last));
      const { amount } = choice;
      const payment = { kind: "PAYMENT", amountPt: amount } as const;
      const ending = await interruptions.during((cancel) => takeErrand(counter, payment, cancel));
      output.result({ amountPt: amount, ...factsOf(ending) }, [
        `${amount} pt: ${Object.values(factsOf(ending)).join(" ")}`,
      ]);
      return ending.kind === "PAID";
    } finally {
      counter.close();
    }
  });
}

/** What a cash register needs to know: nothing of the customer. */
function factsOf(ending: Ending): { readonly [fact: string]: string | number } {
  const { kind: outcome } = ending;
  if (ending.kind === "STOPPED") return { outcome, by: reasonOf(ending) };
  if (ending.kind === "PAID" || ending.kind === "VISITED") {
    return { outcome, id: ending.id, height: ending.height };
  }
  return { outcome, id: ending.id };
}

/** What stopped it; of what is wrong with a card, that it is the card. */
function reasonOf({ by, report }: Extract<Ending, { kind: "STOPPED" }>): string {
  if (report !== null && isForRepair(report.code)) return report.code;
  if (report !== null && isNoMember(report.code)) return "NOT_A_MEMBER";
  return by === "FAILED" || by === "PIN_LAST_TRY" ? "CARD_UNUSABLE" : by;
}

function parseAmount(text: string): number {
  const amountPt = readAmount(text);
  if (amountPt === null) throw new InvalidArgumentError("It must be 1 to 999999999.");
  return amountPt;
}
