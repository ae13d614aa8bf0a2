// npm run terminal-cuts
//
// Kills a real terminal at N random instants of a payment on a network of three real nodes, starts it again each time
// and counts the money. Ends with 1 when anything is wrong.
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countUpTo } from "../../client/commands/command.ts";
import { npmCommand, seedOption } from "../../client/commands/npm-command.ts";
import { WORDS } from "../../client/terminal/screens.ts";
import { Dice } from "../simulation/dice.ts";
import { CUT_PARTS, TerminalCuts } from "./cuts.ts";

const { cuts, seed } = npmCommand(
  "terminal-cuts",
  "Kills a terminal at random instants of a payment",
)
  .option("--cuts <n>", "how often", countUpTo(1_000_000), 200)
  .addOption(seedOption(randomInt(2 ** 32)))
  .parse()
  .opts<{ cuts: number; seed: number }>();
const dice = new Dice(seed);
const say = (text: string) => process.stdout.write(`${text}\n`);
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-cuts-"));
say(`seed ${seed}, ${cuts} cuts`);
const terminal = await TerminalCuts.start(directory);
try {
  for (let i = 1; i <= cuts; i += 1) {
    // Half of them once the card is at work, for that is where something can be lost.
    const from = dice.chance(0.5) ? WORDS.PLACE_CARD : WORDS.HOLD_CARD;
    await terminal.cut(from, dice.between(0, CUT_PARTS));
    if (i % 20 === 0) say(`${i}: ${JSON.stringify(terminal.counts)}`);
  }
  const payments = await terminal.countMoney();
  say(`${payments} payments, each made once and written down: ${JSON.stringify(terminal.counts)}`);
} finally {
  await terminal.stop();
  rmSync(directory, { recursive: true, force: true });
}
