/** Several nodes that stand in for one another. */
import { ClientError } from "../client-fault.ts";
import type { LedgerClient } from "./ledger-client.ts";

/**
 * The answer of the first node that can be reached, in order.
 * @throws what that node refuses with; ClientError `NODE_UNREACHABLE` when there is none.
 */
export async function firstAnswer<T>(
  nodes: readonly LedgerClient[],
  ask: (node: LedgerClient) => Promise<T>,
): Promise<T> {
  let last: unknown = new RangeError("nodes must not be empty");
  for (const node of nodes) {
    try {
      return await ask(node);
    } catch (error) {
      const isAway = error instanceof ClientError && error.code === "NODE_UNREACHABLE";
      if (!isAway) throw error;
      last = error;
    }
  }
  throw last;
}

/** The first node that can be reached, for what takes more than one question. @throws as `firstAnswer`. */
export function firstReachable(nodes: readonly LedgerClient[]): Promise<LedgerClient> {
  return firstAnswer(nodes, async (node) => {
    await node.network();
    return node;
  });
}
