/**
 * Blocks without their bodies. Header, proposal signature and control part stay for ever: they are the chain's links, its
 * certificates and the proof of who its members are. Transactions and results, nearly all of its size, may go.
 *
 * A bare block has the form of a block with no transactions. Its header tells the two apart: the root of an empty block
 * is that of no transactions.
 */
import { type Block, encodeBlock } from "../../ledger/block.ts";
import { equalBytes } from "../../ledger/bytes.ts";
import { emptyRoot } from "../../ledger/merkle.ts";

/** The bytes of a block without its body. */
export function bareBlock({ headerBytes, proposalSignature, control }: Block): Uint8Array {
  return encodeBlock({ headerBytes, proposalSignature, control, transactions: [], results: [] });
}

/** True when the body is there, whole or pruned, if the block has one. */
export function hasBody({ header, transactions }: Block): boolean {
  return transactions.length > 0 || equalBytes(header.transactionsRoot, emptyRoot());
}
