import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { transactionType } from "../../contracts/registry.ts";
import { ACCEPTED } from "../../ledger/block.ts";
import { toHex } from "../../ledger/bytes.ts";
import { type KeyRole, networkIdOf } from "../../ledger/genesis.ts";
import type { Signer } from "../../ledger/native/ed25519-signer.ts";
import { ClientError } from "../client-fault.ts";
import { resultText } from "../error-report.ts";
import { readKeyFile, readText, writeNewFile } from "../files.ts";
import type { Output } from "../output.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { signDraft } from "../sdk/transaction-builder.ts";
import {
  expectNoBudget,
  isDone,
  type StepOutcome,
  sendSteps,
  type TownLedger,
  unknownOfficers,
} from "../set-up/set-up-town.ts";
import { SignedSteps } from "../set-up/signed-steps.ts";
import { readTown, type Town } from "../set-up/town-file.ts";
import { admissionOf, stepsOf, type TownStep } from "../set-up/town-steps.ts";
import { askNetworkTime } from "../terminal/network-time.ts";
import { countUpTo, leafCommand, perform } from "./command.ts";
import { type LedgerChoice, withLedgerOptions } from "./municipal-offices.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options extends LedgerChoice {
  readonly dir?: string;
  readonly clerk?: string;
  readonly approver?: string;
  readonly wait: number;
}

/** `municipality set-up`: from one file to a municipality that issues points; run again after whatever stopped it. */
export function municipalitySetUpCommand(): Command {
  const command = leafCommand(
    "set-up",
    "一つのファイルから自治体を開設する。鍵を付けなければ、確かめるだけです。\n" +
      "途中で止まったら、同じコマンドをもう一度実行します。\n" +
      "Set a municipality up from one file; without keys it is only checked. Whatever stops it: run it again.",
    [
      "municipality set-up town.yaml --node http://127.0.0.1:8101",
      "municipality set-up town.yaml --clerk clerk.key --approver approver.key \\\n" +
        "      --node http://127.0.0.1:8101",
      "municipality set-up town.yaml --clerk clerk.key --node http://127.0.0.1:8101\n" +
        "    # the folder town.yaml.steps goes to the approver, with town.yaml",
      "municipality set-up town.yaml --approver approver.key --node http://127.0.0.1:8101",
    ],
  )
    .argument("<file>", "what is set up; see: municipality template")
    .option(
      "--dir <directory>",
      "the transactions on their way (default: the file's name + .steps)",
    )
    .option("--clerk <file>", "key of the clerk / 担当者の鍵")
    .option("--approver <file>", "key of the approver, who signs second / 承認者の鍵")
    .option("--wait <seconds>", "when to give up asking", countUpTo(3600), 120);
  withLedgerOptions(command);
  return perform<Options>(command, async (output, options, file = "") => {
    const town = readTown(readText(file), file);
    const steps = stepsOf(town);
    const clerk = signerOf("clerk", options.clerk, town);
    const approver = signerOf("approver", options.approver, town);
    const nodes = options.node.map((url) => new LedgerClient(url));
    const genesis = await trustedGenesis(options.genesis, nodes);
    const dir = options.dir ?? `${file}.steps`;
    const desk: Desk = { output, file, town, steps, nodes, genesis, dir };
    const { nameJa, id, nameEn } = town.municipality;
    output.line(`${nameJa} ${id} / ${nameEn}`);
    if (!(await isMember(desk))) return false;
    const signed = new SignedSteps(desk.dir, networkIdOf(genesis));
    if (clerk !== null) await signSteps(desk, signed, clerk);
    if (approver !== null) return send(desk, signed, approver, options.wait);
    sayPlan(desk, signed);
    return true;
  });
}

interface Desk extends TownLedger {
  readonly output: Output;
  /** The municipality's file. */
  readonly file: string;
  readonly town: Town;
  readonly steps: readonly TownStep[];
  readonly dir: string;
}

/** The signer of a key file; null without one. @throws ClientError `USAGE` when the file names it for no such role. */
function signerOf(role: KeyRole, file: string | undefined, { officers }: Town): Signer | null {
  if (file === undefined) return null;
  const signer = readKeyFile(file);
  const publicKey = toHex(signer.publicKey);
  const isNamed = officers.some((one) => one.publicKey === publicKey && one.roles.includes(role));
  if (isNamed) return signer;
  throw new ClientError("USAGE", { problem: `${file} (${publicKey}) is no ${role} of the file` });
}

/** Whether the network knows the officers; else what the consortium is to sign is written, once. */
async function isMember({ output, town, nodes, genesis, dir }: Desk): Promise<boolean> {
  const unknown = await unknownOfficers(town, nodes);
  if (unknown.length === 0) return true;
  const admission = join(dir, "organisation-admit.transaction");
  if (!existsSync(admission)) {
    const { nowMs } = await askNetworkTime(nodes);
    const context = { networkId: networkIdOf(genesis), nowMs: nowMs() };
    writeNewFile(admission, (await signDraft(admissionOf(town), [], context)).bytes);
  }
  output.result({ member: false, admission, unknown }, [
    "まだネットワークの参加団体ではありません。次のファイルを運営団体に渡し、署名と送信を依頼してください。",
    "終わったら、同じコマンドをもう一度実行します。",
    "Not a member of the network yet: the governing organisations sign and send this file; then run this again:",
    `  mykey-ledger governance sign ${admission} ...; mykey-ledger submit ...`,
  ]);
  return false;
}

async function signSteps(
  { steps, nodes }: Desk,
  signed: SignedSteps,
  clerk: Signer,
): Promise<void> {
  const { nowMs } = await askNetworkTime(nodes);
  const missing = steps.filter((step) => !signed.has(step));
  for (const step of missing) await expectNoBudget(step, nodes);
  for (const step of missing) await signed.sign(step, clerk, nowMs());
}

function sayPlan({ output, file, dir, steps }: Desk, signed: SignedSteps): void {
  const isSigned = steps.every((step) => signed.has(step));
  const rows = steps.map((step) => ({ name: step.name, ...step.draft, signed: signed.has(step) }));
  output.result({ member: true, dir, steps: rows }, [
    ...steps.flatMap(stepLines),
    ...(isSigned
      ? [
          `担当者の署名が済みました。${file} と ${dir} を承認者に渡してください / signed by the clerk; next:`,
          `  mykey-ledger municipality set-up ${file} --approver approver.key --node ...`,
        ]
      : [
          "誤りはありません。まだ何も送っていません / nothing is wrong, and nothing was sent; next:",
          `  mykey-ledger municipality set-up ${file} --clerk clerk.key --node ...`,
        ]),
  ]);
}

async function send(desk: Desk, signed: SignedSteps, approver: Signer, waitS: number) {
  const { output, steps, nodes, genesis, town } = desk;
  const outcomes = await sendSteps(steps, signed, {
    approver,
    nodes,
    genesis,
    signal: AbortSignal.timeout(waitS * 1000),
    onStep: (outcome) => output.line(outcomeLine(outcome)),
  });
  const isReady = outcomes.length === steps.length && outcomes.every(isDone);
  const rows = outcomes.map(({ step, result, height }) => ({ name: step.name, result, height }));
  output.result({ member: true, isReady, steps: rows }, [
    isReady
      ? `${town.municipality.nameJa}：開設が完了しました。ポイントを付与できます / ready to grant points`
      : "途中で止まりました。上の理由を直し、もう一度実行してください / it stopped; mend it and run this again",
  ]);
  return isReady;
}

function stepLines({ draft: { type, public: body } }: TownStep): string[] {
  const title = transactionType(type)?.title;
  const fields = Object.entries(body as object).filter(([field]) => field !== "issuer");
  return [
    `・${title?.ja} / ${title?.en}`,
    ...fields.map(([field, value]) => `    ${field}: ${JSON.stringify(value)}`),
  ];
}

function outcomeLine({ step: { name, draft }, result, height }: StepOutcome): string {
  const title = transactionType(draft.type)?.title;
  const outcome =
    result === ACCEPTED
      ? `完了 / done, height ${height}`
      : result === "ALREADY_EXISTS"
        ? "同じ内容がすでにあります / there already, just so"
        : resultText(result);
  return `・${title?.ja} ${name}: ${outcome}`;
}
