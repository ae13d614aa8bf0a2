import type { Genesis } from "../../ledger/genesis.ts";
import { firstAnswer } from "./first-answer.ts";
import type { LedgerClient } from "./ledger-client.ts";

/** The time by which a network goes, ms: that of this computer, or in a rehearsal that of its nodes. */
export async function networkNowMs(
  nodes: readonly LedgerClient[],
  { clock }: Genesis,
): Promise<number> {
  if (clock === "world") return Date.now();
  return firstAnswer(nodes, (node) => node.rehearsalClock());
}
