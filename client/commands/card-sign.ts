import type { Command } from "commander";
import { networkIdOf } from "../../ledger/genesis.ts";
import {
  expectNewFile,
  readGenesis,
  readJson,
  readKeyFile,
  readText,
  writeNewFile,
} from "../files.ts";
import { draftSchema, officer, signDraft } from "../sdk/transaction-builder.ts";
import { withUnlockedCard } from "../terminal/card-signer.ts";
import { type CardChoice, pinFor, withCard } from "../terminal/choose-card.ts";
import { TerminalKey } from "../terminal/terminal-key.ts";
import {
  cardOption,
  genesisOption,
  keyOption,
  leafCommand,
  perform,
  pinOption,
  readerOption,
  waitOption,
} from "./command.ts";

interface Options extends CardChoice {
  readonly pin?: string;
  readonly genesis: string;
  readonly key: readonly string[];
  readonly terminalKey?: string;
  readonly out: string;
}

/** `card sign`: a resident signs a draft, and those who sign with him. */
export function cardSignCommand(): Command {
  const command = leafCommand("sign", "Sign a draft with a card, ready for submit", [
    "card sign pay.json --genesis local/genesis.json --terminal-key till.pem --out pay.transaction",
    "card sign pay.json --card local/hanako.card --pin 1234 \\\n" +
      "      --genesis local/genesis.json --terminal-key till.pem --out pay.transaction",
  ])
    .argument("<draft>", 'JSON: { "type": "PAY", "public": { ... }, "private": { ... } }')
    .addOption(readerOption())
    .addOption(waitOption())
    .addOption(cardOption())
    .addOption(pinOption())
    .addOption(genesisOption().makeOptionMandatory())
    .addOption(keyOption())
    .option("--terminal-key <file>", "PKCS#8 PEM of the terminal that signs along")
    .requiredOption("--out <file>", "where the signed transaction goes");
  return perform<Options>(command, async (output, options, draftFile = "") => {
    const draft = readJson(draftFile, draftSchema);
    const { terminalKey } = options;
    const others = [
      ...options.key.map((file) => officer(readKeyFile(file))),
      ...(terminalKey === undefined ? [] : [TerminalKey.fromPem(readText(terminalKey))]),
    ];
    const networkId = networkIdOf(readGenesis(options.genesis));
    expectNewFile(options.out);
    const { id, bytes } = await withCard(options, async (card) => {
      const pin = await pinFor(card, options);
      return withUnlockedCard(card, pin, (unlocked) =>
        signDraft(draft, [unlocked, ...others], { networkId, nowMs: Date.now() }),
      );
    });
    writeNewFile(options.out, bytes);
    output.result({ id, file: options.out }, [
      `${options.out}: ${draft.type} ${id}, valid for two minutes. Now: mykey-ledger submit`,
    ]);
    return true;
  });
}
