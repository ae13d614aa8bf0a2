// npm run grant-import-test
//
// Grants from a list of N lines on a network of three real nodes; the sender is killed K times at random instants and
// begins again; then every wallet is counted. Prints how long each part took. Ends with 1 when anything is wrong.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countUpTo, wholeNumber } from "../../client/commands/command.ts";
import { npmCommand, seedOption } from "../../client/commands/npm-command.ts";
import { Dice } from "../simulation/dice.ts";
import { GrantTown } from "./grant-town.ts";
import { answerOf, Office } from "./office.ts";

const {
  lines: count,
  kills,
  batchLines,
  seed,
} = npmCommand("grant-import-test", "Grants from a list, whose sender is killed and begins again")
  .option("--lines <n>", "lines of the list, a wallet each", countUpTo(10_000_000), 100_000)
  .option("--kills <k>", "kills of the sender, at random instants", wholeNumber(0, 1000), 10)
  .option("--batch-lines <b>", "lines that one transaction carries", countUpTo(10_000), 1000)
  .addOption(seedOption(randomInt(2 ** 32)))
  .parse()
  .opts<{ lines: number; kills: number; batchLines: number; seed: number }>();
const dice = new Dice(seed);
const say = (text: string) => process.stdout.write(`${text}\n`);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-grants-"));
say(`seed ${seed}, ${count} lines, ${kills} kills`);
const begunMs = performance.now();
const town = await GrantTown.found(directory, count, (opened) => {
  if (opened % 10_000 < 256) say(`${opened} wallets, ${seconds(performance.now() - begunMs)}`);
});
try {
  const office = new Office(town);
  const files = { list: "list.csv", prepared: "prepared.grants", signed: "signed.grants" };
  const amountOf = (i: number) => 1 + (i % 9000);
  const totalPt = town.wallets.reduce((sumPt, _, i) => sumPt + amountOf(i), 0);
  town.writeList(files.list, amountOf);
  const checked = await office.check(files.list);
  assert.equal(answerOf(checked).totalPt, totalPt);
  say(`dry run: ${seconds(checked.durationMs)}`);
  const prepared = await office.prepare(files, "--batch-lines", `${batchLines}`);
  const { batches } = answerOf(prepared);
  const { size: sizeBytes } = statSync(join(directory, files.prepared));
  say(`prepared: ${seconds(prepared.durationMs)}, ${batches} transactions, ${sizeBytes} bytes`);
  const approved = await office.approve(files, totalPt);
  answerOf(approved);
  say(`approved: ${seconds(approved.durationMs)}`);
  // How long a whole run takes is not known before the first that ends: the instants are drawn from ever longer times.
  for (let kill = 1; kill <= kills; kill += 1) {
    const killed = await office.send(files, dice.between(300, 300 + 500 * kill));
    say(`kill ${kill} after ${seconds(killed.durationMs)}${killed.code === 0 ? ": too late" : ""}`);
  }
  const sent = await office.send(files);
  assert.equal(answerOf(sent).granted.totalPt, totalPt);
  const again = await office.send(files);
  assert.equal(answerOf(again).granted.totalPt, totalPt);
  say(
    `sent: ${seconds(sent.durationMs)} after the last kill; once more: ${seconds(again.durationMs)}`,
  );
  const balances = await town.balances();
  assert.deepEqual(
    balances,
    town.wallets.map((_, i) => amountOf(i)),
  );
  say(`${balances.length} wallets hold ${totalPt} pt, each what its line says, once`);
} finally {
  await town.network.stop();
  rmSync(directory, { recursive: true, force: true });
}
