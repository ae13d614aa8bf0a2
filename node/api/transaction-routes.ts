/** Submitting transactions and finding out what became of them. */
import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { LedgerFault } from "../../ledger/faults.ts";
import { TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { encodeReceipt, receiptSchema } from "../../ledger/receipt.ts";
import { bytes, type JsonValue, record } from "../../ledger/schema.ts";
import { TRANSACTION_ID_SIZE_BYTES } from "../../ledger/transaction-id.ts";
import type { Decision } from "../mempool.ts";
import type { NodeParts } from "../node-parts.ts";
import { decisionView } from "./views.ts";

/** How long a submission may hold its connection while it waits for its block, ms. */
const WAIT_MS_MAX = 60_000;
const WAIT_MS_DEFAULT = 10_000;

const submissionSchema = record({ transaction: bytes(1, TRANSACTION_SIZE_BYTES_MAX) });
const idSchema = bytes(TRANSACTION_ID_SIZE_BYTES);

/** `POST /v1/transactions`, `GET /v1/transactions/:id`, `GET /v1/transactions/:id/receipt`. */
export function transactionRoutes(node: NodeParts): FastifyPluginAsync {
  return async (api) => {
    api.post<{ Querystring: { waitMs: number }; Body: unknown }>(
      "/v1/transactions",
      {
        schema: {
          summary: "Submits a signed transaction and waits until it is decided",
          description:
            "Body: the transaction's bytes (application/cbor) or {transaction: hexadecimal}. " +
            "200 when a committed block has decided it, 202 when the wait ran out first. " +
            "The same bytes may be sent again at any time, to any node.",
          consumes: ["application/cbor", "application/json"],
          querystring: {
            type: "object",
            properties: {
              waitMs: {
                type: "integer",
                minimum: 0,
                maximum: WAIT_MS_MAX,
                default: WAIT_MS_DEFAULT,
              },
            },
          },
        },
      },
      async (request, reply) => {
        const admitted = await node.admission.admit(submittedBytes(request.body));
        const decision = await node.admission.wait(admitted, request.query.waitMs);
        return answer(reply, admitted.transaction.id, decision);
      },
    );

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

/** The transaction in a body of either kind. */
function submittedBytes(body: unknown): Uint8Array {
  // A plain copy: the decoded transaction outlives the request, whose buffer may be a part of a larger one.
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return submissionSchema.fromJson(body as JsonValue | undefined).transaction;
}

/** @throws LedgerFault `INVALID_FIELD` when it is not a transaction id. */
function checkedId(id: string): string {
  idSchema.fromJson(id, "id");
  return id;
}

function answer(reply: FastifyReply, id: string, decision: Decision | null): FastifyReply {
  // Expired or displaced before any block could hold it: it is not in the ledger and never will be.
  if (decision !== null && decision.place === null) {
    throw new LedgerFault(decision.result === "EXPIRED" ? "EXPIRED" : "DUPLICATE_ID", { id });
  }
  return reply.code(decision === null ? 202 : 200).send(decisionView(id, decision));
}
