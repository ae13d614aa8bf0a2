import { type Command, InvalidArgumentError } from "commander";
import { networkIdOf } from "../../ledger/genesis.ts";
import { ClientError } from "../client-fault.ts";
import { expectNewFile, readGenesis, readKeyFile, writeNewFile } from "../files.ts";
import { encodeGrantsFile, readGrantsFile, totalsOf } from "../grant-import/grants-file.ts";
import { totalsLines } from "../grant-import/totals-lines.ts";
import { countersign } from "../sdk/countersign.ts";
import { officer } from "../sdk/transaction-builder.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";

interface Options {
  readonly genesis: string;
  readonly totalPt?: number;
  readonly key?: string;
  readonly out?: string;
}

/** `grant approve`: another officer sees the figures; he signs by stating the total that was decided. */
export function grantApproveCommand(): Command {
  const command = leafCommand(
    "approve",
    "See and sign a prepared import / 一括付与を確認し署名する",
    [
      "grant approve november.grants --genesis genesis.json",
      "grant approve november.grants --genesis genesis.json --total-pt 1234500 \\\n" +
        "      --key approver.key --out november-signed.grants",
    ],
  )
    .argument("<file>", "what the clerk prepared")
    .addOption(genesisOption().makeOptionMandatory())
    .option("--total-pt <points>", "the total that was decided, pt: signs nothing else", points)
    .option("--key <file>", "the approver's key; without it nothing is signed")
    .option("--out <file>", "where to write; see: grant send");
  return perform<Options>(command, async (output, { genesis, totalPt, key, out }, file = "") => {
    const isSigning = key !== undefined;
    if (isSigning && (out === undefined || totalPt === undefined)) {
      throw new ClientError("USAGE", { problem: "--total-pt and --out" });
    }
    if (out !== undefined) expectNewFile(out);
    const { listHash, terms, batches } = readGrantsFile(file, networkIdOf(readGenesis(genesis)));
    const totals = totalsOf(batches);
    const lines = totalsLines(terms, totals);
    if (!isSigning || out === undefined) {
      output.result({ ...totals, terms }, lines);
      return true;
    }
    if (totals.totalPt !== totalPt) {
      throw new ClientError("GRANTS_MISMATCH", { totalPt: totals.totalPt, expectedPt: totalPt });
    }
    const approver = officer(readKeyFile(key));
    const signed = [];
    for (const batch of batches) {
      const { transaction } = await countersign([batch.partly], [approver]);
      signed.push({ transaction: transaction.bytes, lines: batch.lines });
    }
    writeNewFile(out, encodeGrantsFile(listHash, signed), "secret");
    output.result({ ...totals, terms, file: out }, [
      ...lines,
      `${out}: mykey-ledger grant send ${out}`,
    ]);
    return true;
  });
}

function points(text: string): number {
  const totalPt = Number(text);
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(totalPt)) return totalPt;
  throw new InvalidArgumentError("It must be a number of points.");
}
