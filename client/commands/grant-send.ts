import type { Command } from "commander";
import { ACCEPTED } from "../../ledger/block.ts";
import { networkIdOf } from "../../ledger/genesis.ts";
import { expectNewFile, writeNewFile } from "../files.ts";
import { problemsOnLedger } from "../grant-import/check-on-ledger.ts";
import { readGrantsFile, totalsOf } from "../grant-import/grants-file.ts";
import { sentTable } from "../grant-import/line-results.ts";
import { progressBar } from "../grant-import/progress-bar.ts";
import { isAllGranted, sendImport } from "../grant-import/send-import.ts";
import { csvOf } from "../reports/table.ts";
import { LedgerClient } from "../sdk/ledger-client.ts";
import { countUpTo, leafCommand, perform } from "./command.ts";
import { type LedgerChoice, withLedgerOptions } from "./municipal-offices.ts";
import { trustedGenesis } from "./trusted-genesis.ts";

interface Options extends LedgerChoice {
  readonly results: string;
  readonly wait: number;
}

/** `grant send`: sends what two officers signed; run again after whatever stopped it. */
export function grantSendCommand(): Command {
  const command = leafCommand("send", "Grant what two officers signed / 署名済みの一括付与を行う", [
    "grant send november-signed.grants --results granted.csv --node http://127.0.0.1:8101",
  ])
    .argument("<file>", "the import, signed by both")
    .requiredOption("--results <file>", "where to write what became of each line (CSV)")
    .option(
      "--wait <seconds>",
      "for each transaction, when to give up asking",
      countUpTo(3600),
      60,
    );
  withLedgerOptions(command);
  return perform<Options>(
    command,
    async (output, { node, genesis: trusted, results, wait }, file = "") => {
      expectNewFile(results);
      const nodes = node.map((url) => new LedgerClient(url));
      const genesis = await trustedGenesis(trusted, nodes);
      const grants = readGrantsFile(file, networkIdOf(genesis));
      const outcomes = await sendImport(
        grants,
        { nodes, genesis, timeoutMs: wait * 1000 },
        (done, all) => output.progress(progressBar("付与中 / granting", done, all)),
      );
      const granted = outcomes.filter(({ result }) => result === ACCEPTED);
      const refused = outcomes.filter(({ result }) => result !== ACCEPTED);
      const doubtful = refused.flatMap(({ batch }) => batch.lines);
      const problems = await problemsOnLedger(doubtful, grants.terms, { nodes });
      writeNewFile(results, csvOf(sentTable(outcomes, problems)), "secret");
      const [given, left] = [granted, refused].map((part) =>
        totalsOf(part.map(({ batch }) => batch)),
      );
      output.result({ granted: given, refused: left, results }, [
        `付与 ${given?.lines} 件 ${given?.totalPt} ポイント、付与せず ${left?.lines} 件 ${left?.totalPt} ポイント`,
        `${given?.lines} lines granted (${given?.totalPt} pt), ${left?.lines} not (${left?.totalPt} pt)`,
        `${results}: 行ごとの結果 / line by line`,
      ]);
      return isAllGranted(outcomes);
    },
  );
}
