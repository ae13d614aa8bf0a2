import type { Command } from "commander";
import { networkIdOf } from "../../ledger/genesis.ts";
import { readDecoded, readGenesis } from "../files.ts";
import { readPartlySigned } from "../sdk/countersign.ts";
import { transactionJson, transactionLines } from "../transaction-view.ts";
import { genesisOption, leafCommand, perform } from "./command.ts";

/** `governance show`: what a file asks for and who has signed it, before one signs. */
export function governanceShowCommand(): Command {
  const command = leafCommand("show", "Read what a transaction asks for, and who has signed it", [
    "governance show node-retire.transaction --genesis genesis.json",
  ])
    .argument("<file>", "a transaction, its signatures complete or not")
    .addOption(genesisOption().makeOptionMandatory());
  return perform<{ genesis: string }>(command, (output, options, file = "") => {
    const genesis = readGenesis(options.genesis);
    const partly = readDecoded(file, "a transaction", (bytes) =>
      readPartlySigned(bytes, networkIdOf(genesis)),
    );
    output.result(transactionJson(partly, genesis), transactionLines(partly, genesis));
    return true;
  });
}
