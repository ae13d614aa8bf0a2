import type { Genesis } from "../../ledger/genesis.ts";
import { writeNewFile } from "../files.ts";
import type { Output } from "../output.ts";
import type { PartlySigned } from "../sdk/countersign.ts";
import { transactionJson, transactionLines } from "../transaction-view.ts";

/** Writes a transaction that others sign too, and tells what it asks for. */
export function handOn(
  output: Output,
  partly: PartlySigned,
  { genesis, file }: { readonly genesis: Genesis; readonly file: string },
): void {
  writeNewFile(file, partly.transaction.bytes);
  output.result({ ...transactionJson(partly, genesis), file }, [
    ...transactionLines(partly, genesis),
    `${file}: mykey-ledger governance sign, then mykey-ledger submit`,
  ]);
}
