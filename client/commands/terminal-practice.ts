import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { PIN } from "../demo/cast.ts";
import { setUpPractice } from "../demo/practice.ts";
import { ensureLocalNetwork, LocalNetwork } from "../network/local-network.ts";
import { openCounter } from "../terminal/open-counter.ts";
import { Interruptions, nextPayment, serve } from "../terminal/serve.ts";
import { leafCommand, perform } from "./command.ts";

const NODES = 3;

/** `terminal practice`: a shop that exists until Ctrl-C, with a card of software. */
export function terminalPracticeCommand(): Command {
  const command = leafCommand("practice", "Practise: a shop, a card and a network, until Ctrl-C", [
    "terminal practice",
  ]);
  return perform(command, async (output) => {
    const interruptions = new Interruptions();
    const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-"));
    let network: LocalNetwork | null = null;
    try {
      output.progress("練習用の店を準備しています / setting up a shop to practise with ...");
      await ensureLocalNetwork(directory, NODES);
      network = await LocalNetwork.open(directory, (_, error) => output.error(error));
      const practice = await setUpPractice(network, directory, ({ ja, en }) =>
        output.progress(`${ja} / ${en}`),
      );
      output.line("練習モード。実際のポイントは動きません / Practice: no real points move");
      output.line(`お客様の暗証番号は ${PIN} です / the customer's PIN is ${PIN}`);
      // Ctrl-C reaches the nodes too: without them there is nothing to practise on.
      network.ended().then(
        () => interruptions.close(),
        (error: unknown) => output.error(error),
      );
      const write = (text: string) => process.stdout.write(text);
      const counter = await openCounter(practice, write);
      return await serve(counter, interruptions, nextPayment);
    } finally {
      await network?.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });
}
