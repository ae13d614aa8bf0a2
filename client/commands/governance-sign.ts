import type { Command } from "commander";
import { networkIdOf } from "../../ledger/genesis.ts";
import { readDecoded, readGenesis, readKeyFile } from "../files.ts";
import { countersign, readPartlySigned } from "../sdk/countersign.ts";
import { officer } from "../sdk/transaction-builder.ts";
import { genesisOption, keyOption, leafCommand, perform } from "./command.ts";
import { handOn } from "./hand-on.ts";

interface Options {
  readonly genesis: string;
  readonly key: readonly string[];
  readonly out: string;
}

/** `governance sign`: adds signatures, and puts those of several copies together. */
export function governanceSignCommand(): Command {
  const command = leafCommand(
    "sign",
    "Sign a transaction that others sign too, without a network",
    [
      "governance sign retire.transaction --key governor.key --genesis genesis.json \\\n" +
        "      --out retire-131164.transaction",
      "governance sign retire-131164.transaction retire-072028.transaction \\\n" +
        "      --genesis genesis.json --out retire-signed.transaction",
    ],
  )
    .argument("<file>", "the transaction")
    .argument("[copies...]", "copies of it that others have signed")
    .addOption(genesisOption().makeOptionMandatory())
    .addOption(keyOption())
    .requiredOption("--out <file>", "where the transaction goes; nothing is overwritten");
  return perform<Options>(command, async (output, options, file = "", ...copies) => {
    const genesis = readGenesis(options.genesis);
    const read = (name: string) =>
      readDecoded(name, "a transaction", (bytes) => readPartlySigned(bytes, networkIdOf(genesis)));
    const signers = options.key.map((key) => officer(readKeyFile(key)));
    const signed = await countersign([read(file), ...copies.map(read)], signers);
    handOn(output, signed, { genesis, file: options.out });
    return true;
  });
}
