/** Faults as answers of the node's API. */
import type { FastifyError, FastifyReply } from "fastify";
import { FAULTS, type FaultCode, LedgerFault } from "../../ledger/faults.ts";
import { problemOf, RETRY_AFTER_SECONDS } from "../../ledger/problem.ts";

/** Answers with a fault. */
export function sendProblem(reply: FastifyReply, fault: LedgerFault): FastifyReply {
  const { status, retryable } = FAULTS[fault.code];
  if (retryable) reply.header("retry-after", String(RETRY_AFTER_SECONDS));
  return reply.code(status).type("application/problem+json").send(problemOf(fault));
}

/** Codes of the HTTP library that have one of ours. */
const HTTP_CODES: Readonly<Record<string, FaultCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "TOO_LARGE",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
  FST_ERR_CTP_EMPTY_JSON_BODY: "MALFORMED",
  FST_ERR_CTP_INVALID_JSON_BODY: "MALFORMED",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "MALFORMED",
  FST_ERR_VALIDATION: "INVALID_FIELD",
};

/** The fault that an error is; null when it is this node's own failure. */
export function faultOf(error: FastifyError | Error): LedgerFault | null {
  if (error instanceof LedgerFault) return error;
  const { code, statusCode } = error as FastifyError;
  const ours = HTTP_CODES[code];
  if (ours !== undefined) return new LedgerFault(ours, { problem: error.message });
  const isClients = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return isClients ? new LedgerFault("MALFORMED", { problem: error.message }) : null;
}
