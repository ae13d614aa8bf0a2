import { relative, resolve } from "node:path";
import type { Command } from "commander";
import { ACCEPTED } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { ClientError } from "../client-fault.ts";
import { resultText } from "../error-report.ts";
import { readKeyFile } from "../files.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { submitTransaction } from "../sdk/submit.ts";
import { type Draft, officer, signDraft } from "../sdk/transaction-builder.ts";
import { makeTerminal, registrationFileOf } from "../terminal/terminal-folder.ts";
import {
  genesisOption,
  keyOption,
  leafCommand,
  nodeOption,
  officeOption,
  perform,
} from "./command.ts";
import { terminalOption } from "./terminal-options.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options {
  readonly dir: string;
  readonly issuer: string;
  readonly merchant: string;
  readonly terminal?: string;
  readonly nameJa: string;
  readonly nameEn: string;
  readonly reader?: string;
  readonly registrar?: readonly string[];
  readonly verifier?: readonly string[];
  readonly registrarFile?: string;
  readonly anchor?: string;
  readonly node: readonly string[];
  readonly genesis?: string;
  readonly key: readonly string[];
}

/** `terminal enrol`: makes a terminal, once; the municipality's clerk registers it. */
export function terminalEnrolCommand(): Command {
  const shop = "--merchant bakery --name-ja ベーカリー --name-en Bakery --issuer 131164";
  const offices = "--registrar http://127.0.0.1:8201 --verifier http://127.0.0.1:8202";
  const node = "--node http://127.0.0.1:8101";
  const command = leafCommand("enrol", "Make this computer a shop's terminal, once", [
    `terminal enrol --dir bakery ${shop} \\\n      ${offices} ${node}`,
    `terminal enrol --dir bakery ${shop} \\\n      ${offices} ${node} --key clerk.key`,
  ])
    .addOption(terminalOption())
    .requiredOption("--issuer <code>", "the shop's municipality, six digits")
    .requiredOption("--merchant <id>", "the shop, as the municipality registered it")
    .option("--terminal <id>", "name of this terminal (default: the shop's, with -1)")
    .requiredOption("--name-ja <text>", "the shop as customers know it, in Japanese")
    .requiredOption("--name-en <text>", "the same in English")
    .option("--reader <name>", "the card reader, when there are several; see: card readers")
    .addOption(officeOption("registrar", "who knows the wallets of cards"))
    .addOption(officeOption("verifier", "who asks about cards before payments above 10,000 pt"))
    .option("--registrar-file <file>", "to practise: a registrar's journal on this machine")
    .option("--anchor <file>", "with --registrar-file: PEM of the authority whose cards are taken")
    .addOption(nodeOption())
    .addOption(genesisOption())
    .addOption(keyOption());
  return perform<Options>(command, async (output, options) => {
    const { dir, key } = options;
    const nodes = options.node.map((url) => new LedgerClient(url));
    const genesis = await trustedGenesis(options.genesis, nodes);
    output.progress("Making the key ...");
    const draft = await makeTerminal(dir, settingsOf(options), genesis);
    const result = key.length === 0 ? null : await register(draft, key, { nodes, genesis });
    const networkId = toHex(networkIdOf(genesis));
    const registration = registrationFileOf(dir);
    output.result({ dir, networkId, registration, result }, [
      `${dir}: 端末ができました / the terminal is made`,
      ...(options.genesis === undefined ? genesisLines(genesis, networkId) : []),
      ...(result === null
        ? nextLines(registration)
        : [`登録 / registration: ${resultText(result)}`]),
      `点検 / check: mykey-ledger doctor --terminal ${dir}`,
      `開始 / begin: mykey-ledger terminal run --dir ${dir}`,
    ]);
    return result === null || result === ACCEPTED;
  });
}

function settingsOf(options: Options) {
  const { merchant } = options;
  const { issuer, terminal = `${merchant}-1`, nameJa, nameEn, node: nodes } = options;
  const reader = options.reader ?? null;
  const shop = { version: 2, issuer, merchant, terminal, nameJa, nameEn, nodes, reader };
  return { ...shop, offices: officesOf(options) };
}

/** Files are named from the terminal's folder, which may be moved together with them. @throws ClientError `USAGE`. */
function officesOf({ dir, registrar, verifier = [], registrarFile, anchor }: Options) {
  const fromFolder = (file: string) => relative(resolve(dir), resolve(file));
  if (registrar !== undefined && registrarFile === undefined && anchor === undefined) {
    return { kind: "HTTP", registrar, verifier } as const;
  }
  if (registrarFile === undefined || anchor === undefined || registrar !== undefined) {
    const problem = "either --registrar, or to practise --registrar-file and --anchor";
    throw new ClientError("USAGE", { problem });
  }
  const files = { registrarFile: fromFolder(registrarFile), anchorFile: fromFolder(anchor) };
  return { kind: "FILES", ...files } as const;
}

/** The clerk sits here and signs at once. @returns what the ledger decided. */
async function register(
  draft: Draft,
  keys: readonly string[],
  ledger: { readonly nodes: readonly LedgerClient[]; readonly genesis: Genesis },
): Promise<string> {
  const signers = keys.map((file) => officer(readKeyFile(file)));
  const context = { networkId: networkIdOf(ledger.genesis), nowMs: Date.now() };
  const { bytes } = await signDraft(draft, signers, context);
  return (await submitTransaction(bytes, ledger)).result;
}

function nextLines(registration: string): string[] {
  return [
    "次の手順：このファイルを市区町村の担当者に渡し、登録を依頼してください",
    "Next: give this file to your municipality's clerk, who registers the terminal:",
    `  mykey-ledger submit ${registration} --key clerk.key --node ...`,
  ];
}

/** A genesis that a node gave is as good as that node: a person compares it once. */
function genesisLines({ name }: Genesis, networkId: string): string[] {
  return [
    `ネットワーク / network: ${name} ${networkId}`,
    "この番号が市区町村の案内と同じことを確かめてください",
    "Compare this number with what your municipality tells you",
  ];
}
