import { type Genesis, parseGenesis } from "../../ledger/genesis.ts";
import { readGenesis } from "../files.ts";
import { firstAnswer } from "../sdk/first-answer.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";

/** The genesis that the caller trusts: of a file, or else what a node says. */
export async function trustedGenesis(
  file: string | undefined,
  nodes: readonly LedgerClient[],
): Promise<Genesis> {
  if (file !== undefined) return readGenesis(file);
  return parseGenesis(await firstAnswer(nodes, (node) => node.genesisText()));
}
