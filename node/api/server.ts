/** The HTTP API: fastify with our limits, our faults and an OpenAPI description. */
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { LedgerFault } from "../../ledger/faults.ts";
import { problemSchema } from "../../ledger/problem.ts";
import type { NodeLog } from "../logger.ts";
import type { NodeParts } from "../node-parts.ts";
import { chainRoutes } from "./chain-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { issuerRoutes } from "./issuer-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import { watchMethods } from "./methods.ts";
import { operatorRoutes } from "./operator-routes.ts";
import { faultOf, sendProblem } from "./problem.ts";
import { rehearsalRoutes } from "./rehearsal-routes.ts";
import { BODY_SIZE_BYTES_MAX } from "./request-limits.ts";
import { serviceRoutes } from "./service-routes.ts";
import { stateRoutes } from "./state-routes.ts";
import { statusRoutes } from "./status-routes.ts";
import { submissionRoutes } from "./submission-routes.ts";
import { transactionRoutes } from "./transaction-routes.ts";

/** A request that is not complete by then is dropped: slow senders hold no sockets. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Idle connections are kept this long for the next request. */
const KEEP_ALIVE_TIMEOUT_MS = 60_000;

/** Connections at once, of all clients. */
const CONNECTIONS_MAX = 4096;
/** When the node stops, answers under way may take so long to be read. */
const CLOSE_WITHIN_MS = 2000;

/** Client addresses whose requests are counted at a time; the one that was silent longest is forgotten. */
const ADDRESSES_MAX = 10_000;
/** Whoever is on the node's own machine is not counted. */
const OWN_ADDRESSES = ["127.0.0.1", "::1", "::ffff:127.0.0.1"];
/** A client is told when to come again (problem.ts), not how it stands. */
const NO_COUNTS = {
  "x-ratelimit-limit": false,
  "x-ratelimit-remaining": false,
  "x-ratelimit-reset": false,
  "retry-after": false,
};

/**
 * Makes the API of a node; the caller listens and closes.
 * @param requestsPerSecondMax that one client address may make.
 */
export async function createApi(
  node: NodeParts,
  log: NodeLog,
  requestsPerSecondMax: number,
): Promise<FastifyInstance> {
  const answerError = (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    const fault = faultOf(error);
    if (fault !== null) return sendProblem(reply, fault);
    log.error("REQUEST_FAILED", { method: request.method, url: request.url, error: error.stack });
    return sendProblem(reply, new LedgerFault("INTERNAL"));
  };
  const api = Fastify({
    bodyLimit: BODY_SIZE_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    routerOptions: { maxParamLength: 200 },
    // Whoever is connected while the node stops still gets our own answers.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    frameworkErrors: answerError,
  });
  api.server.maxConnections = CONNECTIONS_MAX;
  api.removeContentTypeParser("text/plain");
  api.addContentTypeParser("application/cbor", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, body),
  );
  api.setErrorHandler(answerError);
  api.setNotFoundHandler((request, reply) =>
    sendProblem(reply, new LedgerFault("NOT_FOUND", { url: request.url })),
  );
  await api.register(rateLimit, {
    max: requestsPerSecondMax,
    timeWindow: 1000,
    cache: ADDRESSES_MAX,
    allowList: OWN_ADDRESSES,
    addHeaders: NO_COUNTS,
    addHeadersOnExceeding: NO_COUNTS,
    errorResponseBuilder: () => new LedgerFault("TOO_MANY_REQUESTS", { requestsPerSecondMax }),
  });
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
  const refuseOtherMethods = watchMethods(api);
  await api.register(statusRoutes(node));
  await api.register(submissionRoutes(node));
  await api.register(transactionRoutes(node));
  await api.register(chainRoutes(node));
  await api.register(issuerRoutes(node));
  await api.register(keyRoutes(node));
  await api.register(serviceRoutes(node));
  await api.register(stateRoutes(node));
  await api.register(eventRoutes(node, log));
  await api.register(operatorRoutes(node));
  await api.register(rehearsalRoutes(node));
  refuseOtherMethods();
  return api;
}

/** Closes the API: requests under way are answered, unless their clients do not read. */
export async function closeApi(api: FastifyInstance): Promise<void> {
  const deadline = setTimeout(() => api.server.closeAllConnections(), CLOSE_WITHIN_MS);
  await api.close();
  clearTimeout(deadline);
}
