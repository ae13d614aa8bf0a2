import type { Command } from "commander";
import { fromHex } from "../../ledger/bytes.ts";
import { expectNewFile, readDecoded } from "../files.ts";
import { openCustody, SEALED_CUSTODY_SIZE_BYTES } from "../registrar/sealed-custody.ts";
import type { SecretShare } from "../registrar/secret-sharing.ts";
import { leafCommand, perform } from "./command.ts";

interface Options {
  readonly sealed: string;
  readonly out: string;
}

/** `registrar join`: the custody's secret from its shares. */
export function registrarJoinCommand(): Command {
  const command = leafCommand("join", "Put the registrar's secret together again from its shares", [
    "registrar join a.share c.share --sealed 2026.sealed --out registrar.custody",
  ])
    .argument("<shares...>", "files of as many shares as were said to be enough")
    .requiredOption("--sealed <file>", "the secret as it was sealed when these shares were made")
    .requiredOption("--out <file>", "where the secret goes; nothing is overwritten");
  return perform<Options>(command, (output, { out, sealed: sealedFile }, ...files) => {
    expectNewFile(out);
    const shares = files.map((file) => readDecoded(file, "a share", readShare));
    const sealed = readDecoded(sealedFile, "a sealed secret", readSealed);
    openCustody(sealed, shares).keep(out);
    output.result({ custody: out }, [`${out}: 復元しました / it is whole again`]);
    return true;
  });
}

function readSealed(bytes: Uint8Array): Uint8Array {
  if (bytes.length === SEALED_CUSTODY_SIZE_BYTES) return bytes;
  throw new TypeError(`a sealed secret has ${SEALED_CUSTODY_SIZE_BYTES} bytes`);
}

function readShare(bytes: Uint8Array): SecretShare {
  const parts = /^([0-9]{1,3})-([0-9a-f]{64})\n$/.exec(new TextDecoder().decode(bytes));
  if (parts === null) throw new TypeError("a share is a number and 64 hexadecimal digits");
  return { x: Number(parts[1]), values: fromHex(parts[2] ?? "") };
}
