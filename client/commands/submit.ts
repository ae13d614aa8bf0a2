import { rmSync } from "node:fs";
import type { Command } from "commander";
import { LedgerFault } from "../../ledger/faults.ts";
import { type Genesis, networkIdOf } from "../../ledger/genesis.ts";
import { decodeTransaction } from "../../ledger/transaction.ts";
import { ClientError } from "../client-fault.ts";
import { type ErrorReport, errorLine, errorReport, resultText } from "../error-report.ts";
import { expectNewFile, readDecoded, readJson, readKeyFile, writeNewFile } from "../files.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { type Decision, type SubmitContext, submitTransaction } from "../sdk/submit.ts";
import { draftSchema, officer, signDraft } from "../sdk/transaction-builder.ts";
import {
  countUpTo,
  genesisOption,
  keyOption,
  leafCommand,
  nodeOption,
  perform,
} from "./command.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options {
  readonly node: readonly string[];
  readonly genesis?: string;
  readonly key: readonly string[];
  readonly receipt?: string;
  readonly wait: number;
}

/** `submit`: sends a transaction and waits for the proof of its fate. */
export function submitCommand(): Command {
  const command = leafCommand("submit", "Send a transaction and wait for the proof of its fate", [
    "submit pay.transaction --node http://127.0.0.1:8101 --receipt pay.receipt",
    "submit open.json --key clerk.key --key approver.key --node http://127.0.0.1:8101",
  ])
    .argument("<file>", "a signed transaction, or a draft (.json) to be signed with --key")
    .addOption(nodeOption())
    .addOption(genesisOption())
    .addOption(keyOption())
    .option("--receipt <file>", "where to keep the receipt")
    .option("--wait <seconds>", "when to give up asking", countUpTo(3600), 30);
  return perform<Options>(command, async (output, options, file = "") => {
    const nodes = options.node.map((url) => new LedgerClient(url));
    const genesis = await trustedGenesis(options.genesis, nodes);
    if (options.receipt !== undefined) expectNewFile(options.receipt);
    const outgoing = await prepare(file, options.key, genesis);
    output.progress("Waiting for the block ...");
    const decision = await decide(outgoing, { nodes, genesis, timeoutMs: options.wait * 1000 });
    const { receipt, ...facts } = decision;
    const receiptFault = options.receipt === undefined ? null : keep(receipt, options.receipt);
    const trust = options.genesis === undefined ? ", by the node's own genesis" : "";
    output.result({ ...facts, receiptVerified: true, receiptFault }, [
      `${facts.id}: ${facts.status} (${resultText(facts.result)}) at height ${facts.height}, ` +
        `receipt verified${trust}`,
      ...(receiptFault === null ? [] : [errorLine(receiptFault)]),
    ]);
    return decision.status === "committed" && receiptFault === null;
  });
}

/** Writes the receipt. What hinders it is returned, for it must not hide what was decided. */
function keep(receipt: Uint8Array, file: string): ErrorReport | null {
  try {
    writeNewFile(file, receipt);
    return null;
  } catch (error) {
    return errorReport(error);
  }
}

/** What is about to be sent. */
interface Outgoing {
  readonly bytes: Uint8Array;
  /** Where the signed bytes are: what may be sent again. */
  readonly file: string;
  /** True when the file was made for a draft, to be kept only while its fate is unknown. */
  readonly isTemporary: boolean;
}

async function prepare(file: string, keys: readonly string[], genesis: Genesis): Promise<Outgoing> {
  if (!file.endsWith(".json")) {
    const bytes = readDecoded(file, "a signed transaction", (content) => {
      decodeTransaction(content);
      return content;
    });
    return { bytes, file, isTemporary: false };
  }
  const signers = keys.map((key) => officer(readKeyFile(key)));
  const context = { networkId: networkIdOf(genesis), nowMs: Date.now() };
  const { id, bytes } = await signDraft(readJson(file, draftSchema), signers, context);
  const signedFile = file.replace(/\.json$/, `-${id}.transaction`);
  writeNewFile(signedFile, bytes);
  return { bytes, file: signedFile, isTemporary: true };
}

/** The fate; while it is unknown, the bytes stay on disk, for they are what may be sent again. */
async function decide(outgoing: Outgoing, context: SubmitContext): Promise<Decision> {
  const { bytes, file, isTemporary } = outgoing;
  const forget = () => {
    if (isTemporary) rmSync(file, { force: true });
  };
  try {
    const decision = await submitTransaction(bytes, context);
    forget();
    return decision;
  } catch (error) {
    // A fault of the ledger is final.
    if (error instanceof LedgerFault) forget();
    if (!(error instanceof ClientError)) throw error;
    throw new ClientError(error.code, { submitAgain: file, ...error.facts, cause: error });
  }
}
