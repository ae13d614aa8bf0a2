/**
 * What happened on the chain for one organisation. Nodes are asked for blocks, but not believed: each transaction that counts is
 * proven by its receipt. A node that holds some back delays the organisation's answer, no more.
 */
import { ACCEPTED, type Block, decodeBlock } from "../../ledger/block.ts";
import type { Genesis } from "../../ledger/genesis.ts";
import { decodeTransaction, type Transaction } from "../../ledger/transaction.ts";
import { readBlocks } from "../audit/block-sequence.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { proveDecision } from "../sdk/submit.ts";

/** What a transaction says to the organisation; null for what is no business of it. */
export type EventOf<E> = (transaction: Transaction) => E | null;

/** The events of some hundred blocks after a height, in order, and up to which one. */
export async function provenEventsAfter<E>(
  height: number,
  node: LedgerClient,
  genesis: Genesis,
  eventOf: EventOf<E>,
): Promise<{ readonly height: number; readonly events: readonly E[] }> {
  const events: E[] = [];
  let last = height;
  for await (const blockBytes of readBlocks(node.chain(height + 1))) {
    const block = decodeBlock(blockBytes);
    for (const { bytes, event } of accepted(block, eventOf)) {
      const { result } = await proveDecision(bytes, node, genesis);
      if (result === ACCEPTED) events.push(event);
    }
    last = block.header.height;
  }
  return { height: last, events };
}

function accepted<E>(block: Block, eventOf: EventOf<E>): { bytes: Uint8Array; event: E }[] {
  return block.transactions.flatMap((bytes, i) => {
    const event = block.results[i] === ACCEPTED ? eventOf(decodeTransaction(bytes)) : null;
    return event === null ? [] : [{ bytes, event }];
  });
}
