import type { Command } from "commander";
import { shortName } from "../../contracts/fields/fields.ts";
import { ClientError } from "../client-fault.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { Visit } from "../terminal/errand.ts";
import { type Counter, type CounterChoice, openCounter } from "../terminal/open-counter.ts";
import { Interruptions, nextVisit, serve } from "../terminal/serve.ts";
import { cardOption, leafCommand, perform, pinOption, readerOption } from "./command.ts";
import { customerOption, terminalOption } from "./terminal-options.ts";

/** `terminal check-in`: visitor after visitor of an event, until Ctrl-C. */
export function terminalCheckInCommand(): Command {
  const command = leafCommand(
    "check-in",
    "イベント会場や活動の受付：来場者にポイントを付けます。\n" +
      "Check visitors in at an event or a volunteers' desk: each gets its points, once.",
    [
      "terminal check-in --dir desk --event volunteer/river-clean-up",
      "terminal check-in --dir desk --event volunteer/river-clean-up --customer /dev/tty2",
      "terminal check-in --dir desk --event volunteer/river-clean-up --card local/hanako.card",
    ],
  )
    .requiredOption(
      "--event <type/event>",
      "kind of points and event, as the municipality opened it (CAMPAIGN_OPEN)",
    )
    .addOption(terminalOption())
    .addOption(customerOption())
    .addOption(readerOption())
    .addOption(cardOption())
    .addOption(pinOption());
  return perform<CounterChoice & { readonly event: string }>(command, async (_, choice) => {
    const interruptions = new Interruptions();
    const counter = await openCounter(choice, (text) => process.stdout.write(text));
    try {
      return await serve(counter, interruptions, nextVisit(await visitTo(counter, choice.event)));
    } finally {
      counter.close();
    }
  });
}

/** @throws ClientError `USAGE`; LedgerFault `NOT_FOUND`, or what keeps all nodes from answering. */
async function visitTo({ shop, nodes }: Counter, name: string): Promise<Visit> {
  const [pointType, campaign] = name.split("/").map((part) => shortName.fromJson(part, "--event"));
  if (pointType === undefined || campaign === undefined) {
    throw new ClientError("USAGE", { problem: "--event is a kind of points, a slash, an event" });
  }
  const event = { issuer: shop.issuer, pointType, campaign };
  const { nameJa, nameEn, checkinPt } = await firstAnswer(nodes, (node) => node.campaign(event));
  if (checkinPt === null) {
    throw new ClientError("USAGE", { problem: `${name} is a campaign for payments, not an event` });
  }
  return { kind: "VISIT", event, nameJa, nameEn, upToPt: checkinPt };
}
