/** The HTTP API: fastify with our limits, our faults and an OpenAPI description. */
import swagger from "@fastify/swagger";
import Fastify, { type FastifyInstance } from "fastify";
import { LedgerFault } from "../../ledger/faults.ts";
import { TRANSACTION_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import type { NodeLog } from "../logger.ts";
import type { NodeParts } from "../node-parts.ts";
import { chainRoutes } from "./chain-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { operatorRoutes } from "./operator-routes.ts";
import { faultOf, problemSchema, sendProblem } from "./problem.ts";
import { statusRoutes } from "./status-routes.ts";
import { transactionRoutes } from "./transaction-routes.ts";

/** Body of a request: a transaction as hexadecimal in JSON, and a little more. */
const BODY_SIZE_BYTES_MAX: number = 2 * TRANSACTION_SIZE_BYTES_MAX + 1024;
/** A request that is not complete by then is dropped: slow senders hold no sockets. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Idle connections are kept this long for the next request. */
const KEEP_ALIVE_TIMEOUT_MS = 60_000;

/** Makes the API of a node; the caller listens and closes. */
export async function createApi(node: NodeParts, log: NodeLog): Promise<FastifyInstance> {
  const api = Fastify({
    bodyLimit: BODY_SIZE_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
  });
  api.addContentTypeParser("application/cbor", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, body),
  );
  api.setErrorHandler((error: Error, request, reply) => {
    const fault = faultOf(error);
    if (fault !== null) return sendProblem(reply, fault);
    log.error("REQUEST_FAILED", { method: request.method, url: request.url, error: String(error) });
    return sendProblem(reply, new LedgerFault("INTERNAL"));
  });
  api.setNotFoundHandler((request, reply) =>
    sendProblem(reply, new LedgerFault("NOT_FOUND", { url: request.url })),
  );
  await api.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "MyKey ledger node",
        description: "One member's view of the shared point ledger.",
        version: node.version,
      },
      components: { schemas: { Problem: problemSchema as Record<string, unknown> } },
    },
  });
  await api.register(statusRoutes(node));
  await api.register(transactionRoutes(node));
  await api.register(chainRoutes(node));
  await api.register(eventRoutes(node));
  await api.register(operatorRoutes(node));
  return api;
}
