import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { verdictLine } from "../audit/verdict-line.ts";
import { type DemoOutcome, demoJson, playDemo, RECEIPT_FILE } from "../demo/demo.ts";
import { BUNDLE_DIRECTORY } from "../demo/evidence.ts";
import { genesisFileOf } from "../network/create-network.ts";
import { interrupted } from "../network/interrupted.ts";
import { ensureLocalNetwork, LocalNetwork } from "../network/local-network.ts";
import type { Output } from "../output.ts";
import { leafCommand, perform } from "./command.ts";

const NODES = 3;

/** `demo`: what `npm start` shows. */
export function demoCommand(): Command {
  const command = leafCommand("demo", "Three nodes, one card-signed payment, verified by all", [
    "demo",
    "demo --once --json",
  ]).option("--once", "stop when the story is told");
  return perform<{ once?: true }>(command, async (output, { once }) => {
    const stopRequested = interrupted();
    const directory = mkdtempSync(join(tmpdir(), "mykey-ledger-"));
    let network: LocalNetwork | null = null;
    try {
      output.progress("鍵を作り、ノードを起動 / making keys, starting nodes ...");
      await ensureLocalNetwork(directory, NODES);
      const unexpected = new UnexpectedExit(output);
      network = await LocalNetwork.open(directory, (_, error) => unexpected.report(error));
      sayNodes(output, network);
      const outcome = await Promise.race([
        playDemo(network, directory, (step, { height }) =>
          output.line(`  ${String(height).padStart(3)}  ${step.ja} / ${step.en}`),
        ),
        unexpected.duringStory,
        stopRequested,
      ]);
      if (outcome === undefined) return false;
      output.result(demoJson(outcome), closingLines(outcome));
      unexpected.storyIsOver();
      if (once !== true) await stay(output, network, directory, stopRequested);
      return outcome.ok;
    } finally {
      await network?.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

/** A node that dies breaks the story; afterwards it is only reported, for the others go on. */
class UnexpectedExit {
  readonly duringStory: Promise<never>;
  readonly #output: Output;
  #fail: (error: unknown) => void = () => undefined;
  #isStory = true;

  constructor(output: Output) {
    this.#output = output;
    this.duringStory = new Promise((_, reject) => {
      this.#fail = reject;
    });
  }

  report(error: unknown): void {
    if (this.#isStory) this.#fail(error);
    else this.#output.error(error);
  }

  storyIsOver(): void {
    this.#isStory = false;
  }
}

function sayNodes(output: Output, { genesis, nodes }: LocalNetwork): void {
  output.line(`マイキー台帳 / MyKey ledger: ${genesis.name}\n`);
  for (const { number, organisation, client } of nodes) {
    output.line(`    ${number}  ${client.url}  ${organisation.nameJa} ${organisation.nameEn}`);
  }
  output.line("\n 高さ height");
  output.progress("取りまとめ役を選出中 / electing a leader ...");
}

function closingLines(outcome: DemoOutcome): string[] {
  const { heads, signatureVerifiedBy, receipt, audit } = outcome;
  const short = (hex: string) => `${hex.slice(0, 16)}…`;
  return [
    "",
    ...heads.map(
      ({ id, height, blockHash, stateRoot }) =>
        `  node ${id}  height ${height}  block ${short(blockHash)}  state ${short(stateRoot)}`,
    ),
    `  カードの署名を検証したノード / nodes that verified the card: ${signatureVerifiedBy}`,
    `  受領証 / receipt: ${receipt.result} at height ${receipt.header.height}, ` +
      `${receipt.certificate.votes.length} votes, verified`,
    `  監査 / auditor: ${verdictLine(audit)}`,
  ];
}

/** Leaves the network up for the reader to try his own hand. */
async function stay(
  output: Output,
  network: LocalNetwork,
  directory: string,
  stopRequested: Promise<void>,
): Promise<void> {
  const url = network.nodes[0]?.client.url;
  const command = "npx mykey-ledger";
  const genesis = `--genesis ${genesisFileOf(directory)}`;
  output.line(`\n  ご自分で確かめるには / check for yourself:`);
  output.line(`    ${command} receipt verify ${join(directory, RECEIPT_FILE)} ${genesis}`);
  output.line(`    ${command} audit verify ${join(directory, BUNDLE_DIRECTORY)} ${genesis}`);
  output.line(`\n  画面 / live page: ${url}/    Ctrl-C で終了 / to stop`);
  await Promise.race([stopRequested, network.ended()]);
}
