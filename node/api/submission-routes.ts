/** Submitting transactions: one by one, or many that somebody gathered. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { splitSequence } from "../../ledger/encoding.ts";
import { FAULTS, LedgerFault } from "../../ledger/faults.ts";
import { TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { problemOf, RETRY_AFTER_SECONDS } from "../../ledger/problem.ts";
import { bytes, type JsonValue, record } from "../../ledger/schema.ts";
import { type Admission, type Admitted, isAdmitted } from "../admission.ts";
import type { Decision } from "../mempool.ts";
import type { NodeParts } from "../node-parts.ts";
import { sendProblem } from "./problem.ts";
import { BODY_SIZE_BYTES_MAX } from "./request-limits.ts";
import { decisionView } from "./views.ts";

/** How long a submission may hold its connection while it waits for its block, ms. */
const WAIT_MS_MAX = 60_000;
const WAIT_MS_DEFAULT = 10_000;
/** Transactions in one request. */
const SEQUENCE_TRANSACTIONS_MAX = 256;

const submissionSchema = record({ transaction: bytes(1, TRANSACTION_SIZE_BYTES_MAX) });

/** A body of several transactions; a JSON list is none. */
class Sequence {
  readonly transactions: readonly Uint8Array[];

  /** @throws LedgerFault `MALFORMED`, or `INVALID_FIELD` when it holds too many or none. */
  constructor(body: Uint8Array) {
    this.transactions = splitSequence(body, BODY_SIZE_BYTES_MAX);
    const { length } = this.transactions;
    if (length > 0 && length <= SEQUENCE_TRANSACTIONS_MAX) return;
    const problem = `must hold 1 to ${SEQUENCE_TRANSACTIONS_MAX} transactions`;
    throw new LedgerFault("INVALID_FIELD", { path: "(root)", problem });
  }
}

/** `POST /v1/transactions`. */
export function submissionRoutes({ admission, status }: NodeParts): FastifyPluginAsync {
  return async (api) => {
    // It would wait here for a block that never comes.
    api.addHook("onRequest", async () => {
      if (status().role === "no member") throw new LedgerFault("NOT_A_MEMBER");
    });
    api.addContentTypeParser(
      "application/cbor-seq",
      { parseAs: "buffer" },
      async (_request: FastifyRequest, body: Buffer) => new Sequence(body),
    );
    api.post<{ Querystring: { waitMs: number }; Body: unknown }>(
      "/v1/transactions",
      {
        schema: {
          summary: "Submits signed transactions and waits until they are decided",
          description:
            "Body: a transaction's bytes (application/cbor) or {transaction: hexadecimal}. " +
            "200 when a committed block has decided it, 202 when the wait ran out first. " +
            `Or up to ${SEQUENCE_TRANSACTIONS_MAX} transactions one after the other ` +
            "(application/cbor-seq, RFC 8742): 200 with a list, in their order, of what each alone " +
            "would have been answered. The same bytes may be sent again at any time, to any node.",
          consumes: ["application/cbor", "application/json", "application/cbor-seq"],
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
        const { body, query } = request;
        if (body instanceof Sequence) {
          return answerAll(reply, await outcomesOf(admission, body.transactions, query.waitMs));
        }
        const [outcome] = await outcomesOf(admission, [transactionIn(body)], query.waitMs);
        return answer(reply, outcome as Outcome);
      },
    );
  };
}

/** The transaction in a body of either other kind. */
function transactionIn(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return submissionSchema.fromJson(body as JsonValue | undefined).transaction;
}

/** What became of a submission: its decision (null: not yet known), or why it was not taken. */
type Outcome = LedgerFault | { readonly id: string; readonly decision: Decision | null };

/** In the order of the transactions. @throws Error for what is this node's own failure. */
async function outcomesOf(
  admission: Admission,
  transactions: readonly Uint8Array[],
  waitMs: number,
): Promise<Outcome[]> {
  const judged = await admission.admit(transactions);
  const admitted = judged.filter(isAdmitted);
  const decisions = await admission.wait(admitted, waitMs);
  let next = 0;
  return judged.map((one) => (isAdmitted(one) ? outcomeOf(one, decisions[next++] ?? null) : one));
}

function outcomeOf({ transaction: { id } }: Admitted, decision: Decision | null): Outcome {
  if (decision === null || decision.place !== null) return { id, decision };
  // Expired or displaced before any block could hold it: it is not in the ledger and never will be.
  return new LedgerFault(decision.result === "EXPIRED" ? "EXPIRED" : "DUPLICATE_ID", { id });
}

function answer(reply: FastifyReply, outcome: Outcome): FastifyReply {
  if (outcome instanceof LedgerFault) return sendProblem(reply, outcome);
  const { id, decision } = outcome;
  return reply.code(decision === null ? 202 : 200).send(decisionView(id, decision));
}

function answerAll(reply: FastifyReply, outcomes: readonly Outcome[]): FastifyReply {
  const isAnyRetryable = outcomes.some(
    (outcome) => outcome instanceof LedgerFault && FAULTS[outcome.code].retryable,
  );
  if (isAnyRetryable) reply.header("retry-after", String(RETRY_AFTER_SECONDS));
  return reply.send(
    outcomes.map((outcome) =>
      outcome instanceof LedgerFault
        ? problemOf(outcome)
        : decisionView(outcome.id, outcome.decision),
    ),
  );
}
