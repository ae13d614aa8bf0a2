import type { Command } from "commander";
import { fromHex } from "../../ledger/bytes.ts";
import { expectNewFile, readDecoded } from "../files.ts";
import { Custody } from "../registrar/custody.ts";
import { joinShares, type SecretShare } from "../registrar/secret-sharing.ts";
import { leafCommand, perform } from "./command.ts";

/** `registrar join`: the custody's secret from its shares. */
export function registrarJoinCommand(): Command {
  const command = leafCommand("join", "Put the registrar's secret together again from its shares", [
    "registrar join a.share c.share --out registrar.custody",
  ])
    .argument("<shares...>", "files of as many shares as were said to be enough")
    .requiredOption("--out <file>", "where the secret goes; nothing is overwritten");
  return perform<{ out: string }>(command, (output, { out }, ...files) => {
    expectNewFile(out);
    const shares = files.map((file) => readDecoded(file, "a share", readShare));
    new Custody(joinShares(shares)).keep(out);
    output.result({ custody: out }, [
      `${out}: 台帳簿が開けば正しい鍵です / it is the right one if the journal opens with it`,
    ]);
    return true;
  });
}

function readShare(bytes: Uint8Array): SecretShare {
  const parts = /^([0-9]{1,3})-([0-9a-f]{64})\n$/.exec(new TextDecoder().decode(bytes));
  if (parts === null) throw new TypeError("a share is a number and 64 hexadecimal digits");
  return { x: Number(parts[1]), values: fromHex(parts[2] ?? "") };
}
