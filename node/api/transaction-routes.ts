/** What became of a transaction, and the proof of it. */
import type { FastifyPluginAsync } from "fastify";
import { LedgerFault } from "../../ledger/faults.ts";
import { encodeReceipt, receiptSchema } from "../../ledger/receipt.ts";
import { bytes } from "../../ledger/schema.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import type { NodeParts } from "../node-parts.ts";
import { decisionView } from "./views.ts";

const idSchema = bytes(TRANSACTION_ID_SIZE_BYTES);

/** `GET /v1/transactions/:id`, `GET /v1/transactions/:id/receipt`. */
export function transactionRoutes(node: NodeParts): FastifyPluginAsync {
  return async (api) => {
    api.get<{ Params: { id: string } }>(
      "/v1/transactions/:id",
      { schema: { summary: "What became of a transaction" } },
      (request) => {
        const id = checkedId(request.params.id);
        const found = node.ledger.find(id);
        if (found !== null) {
          const { type } = found.transaction.envelope;
          return { ...decisionView(id, found.decision), type };
        }
        if (node.mempool.isPending(id)) return decisionView(id, null);
        throw new LedgerFault("NOT_FOUND", { id });
      },
    );

    api.get<{ Params: { id: string } }>(
      "/v1/transactions/:id/receipt",
      { schema: { summary: "The receipt: a proof that holds offline, with the genesis alone" } },
      (request, reply) => {
        const receipt = node.ledger.receipt(checkedId(request.params.id));
        if (request.headers.accept?.includes("application/json")) {
          return reply.send(receiptSchema.toJson(receipt));
        }
        return reply.type("application/cbor").send(Buffer.from(encodeReceipt(receipt)));
      },
    );
  };
}

/** @throws LedgerFault `INVALID_FIELD` when it is not a transaction id. */
function checkedId(id: string): string {
  idSchema.fromJson(id, "id");
  return id;
}
