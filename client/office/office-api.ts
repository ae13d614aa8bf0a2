/** The HTTP service of an office: fastify with limits, signed questions, our faults, OpenAPI. */
import swagger from "@fastify/swagger";
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { FAULTS, type FaultCode, LedgerFault } from "../../ledger/faults.ts";
import { problemOf, problemSchema, RETRY_AFTER_SECONDS } from "../../ledger/problem.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import { CertificateError } from "../pki/certificate-faults.ts";
import { VERSION } from "../version.ts";
import type { Callers } from "./callers.ts";
import type { Answering } from "./question.ts";
import { readSignature } from "./signed-request.ts";

/** The largest question: a certificate in hexadecimal, and some fields. */
const BODY_SIZE_BYTES_MAX = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 1024;
/** Questions under way at once; each may wait for others. */
const QUESTIONS_MAX = 64;

/** One question for the office's log of who had access. It says nothing of whom it was about. */
export interface Access {
  readonly atMs: number;
  readonly path: string;
  /** As the caller calls himself, a resident always `card`; null when he did not sign. */
  readonly keyId: string | null;
  /** `OK` or a fault. */
  readonly result: string;
}

/** What an office is made of. */
export interface Office {
  readonly title: string;
  readonly callers: Callers;
  // biome-ignore lint/suspicious/noExplicitAny: each question has types of its own, and its schemas guard them
  readonly answers: readonly Answering<any, any>[];
  readonly onAccess: (access: Access) => void;
  /** What this office could not do, for whoever runs it. */
  readonly onFailure: (error: unknown) => void;
}

/** Makes the service; the caller listens and closes. TLS is the proxy's before it. */
export async function createOfficeApi(office: Office): Promise<FastifyInstance> {
  const sendError = (error: Error, _request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(reply, faultOf(error, office.onFailure));
  const api = Fastify({
    bodyLimit: BODY_SIZE_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    forceCloseConnections: true,
    frameworkErrors: sendError,
  });
  api.server.maxConnections = CONNECTIONS_MAX;
  api.removeAllContentTypeParsers();
  // Its bytes are what is signed.
  api.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, body),
  );
  api.setErrorHandler(sendError);
  api.setNotFoundHandler((request, reply) =>
    sendProblem(reply, new LedgerFault("NOT_FOUND", { url: request.url })),
  );
  await api.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: office.title, description: DESCRIPTION, version: VERSION },
      components: { schemas: { Problem: problemSchema as Record<string, unknown> } },
    },
    // Bodies are read as bytes, because they are signed; this is how they are described all the same.
    transform: ({ schema, url }) => ({ schema: describe(schema, url, office), url }),
  });
  // After the plugin, which has to hear of each route.
  await api.register(routesOf(office));
  await api.ready();
  return api;
}

function routesOf(office: Office): FastifyPluginAsync {
  const doors = { underWay: 0 };
  return async (api) => {
    for (const answering of office.answers) {
      api.post(answering.question.path, (request) => answerOne(request, answering, office, doors));
    }
    api.get("/livez", () => ({ live: true }));
    api.get("/openapi.json", { schema: { hide: true } }, () => api.swagger());
  };
}

const DESCRIPTION =
  "Requests are signed with the key of a registered terminal or officer, or by a card whose certificate is in Client-Cert " +
  "(RFC 9440): HTTP message signatures (RFC 9421) over " +
  '"@method", "@path" and "content-digest" (RFC 9530, sha-256), with created, nonce, keyid, alg and tag, in this order. ' +
  "The service speaks HTTP; TLS is the proxy's before it, which must leave path and body as they are.";

/** Answers a question, and writes down who asked. @throws LedgerFault. */
async function answerOne<Q, A>(
  request: FastifyRequest,
  { question, mayAsk, answer }: Answering<Q, A>,
  { callers, onAccess, onFailure }: Office,
  doors: { underWay: number },
): Promise<JsonValue> {
  const nowMs = Date.now();
  const { path } = question;
  let keyId: string | null = null;
  doors.underWay += 1;
  try {
    if (doors.underWay > QUESTIONS_MAX) throw new LedgerFault("BUSY");
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const claimed = readSignature(
      { method: request.method, path: request.url, body },
      request.headers,
    );
    keyId = claimed.certificate === null ? claimed.keyId : "card";
    const caller = await callers.of(claimed, nowMs);
    if (!mayAsk(caller)) throw new LedgerFault("SIGNER_NOT_AUTHORISED");
    const answered = await answer(question.asks.fromJson(jsonOf(body)), nowMs, caller);
    onAccess({ atMs: nowMs, path, keyId, result: "OK" });
    return question.answers.toJson(answered);
  } catch (error) {
    const fault = faultOf(error, onFailure);
    onAccess({ atMs: nowMs, path, keyId, result: fault.code });
    throw fault;
  } finally {
    doors.underWay -= 1;
  }
}

/** @throws LedgerFault `MALFORMED`. */
function jsonOf(body: Uint8Array): JsonValue {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as JsonValue;
  } catch (cause) {
    throw new LedgerFault("MALFORMED", { problem: messageOf(cause), cause });
  }
}

/** Codes of the HTTP library that have one of ours. */
const HTTP_CODES: Readonly<Record<string, FaultCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "TOO_LARGE",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
};

/** The fault that an error is told as; what is this office's own failure is handed to whoever runs it. */
function faultOf(error: unknown, onFailure: (error: unknown) => void): LedgerFault {
  if (error instanceof LedgerFault) return error;
  // Of a card's certificate callers learn that it will not do; why stays between its holder and the office.
  if (error instanceof CertificateError) return new LedgerFault("CERTIFICATE_UNTRUSTED");
  if (error instanceof ClientError) {
    onFailure(error);
    return new LedgerFault("OFFICE_AWAY", { problem: error.code });
  }
  const { code = "", statusCode = 500 } = error as Partial<FastifyError>;
  const known = HTTP_CODES[code];
  if (known !== undefined) return new LedgerFault(known);
  if (statusCode >= 400 && statusCode < 500) return new LedgerFault("MALFORMED");
  onFailure(error);
  return new LedgerFault("INTERNAL");
}

function sendProblem(reply: FastifyReply, fault: LedgerFault): FastifyReply {
  const { status, retryable } = FAULTS[fault.code];
  if (retryable) reply.header("retry-after", String(RETRY_AFTER_SECONDS));
  return reply.code(status).type("application/problem+json").send(problemOf(fault));
}

/** The description of a question for OpenAPI. */
function describe(schema: unknown, url: string, { answers }: Office) {
  const question = answers.find((answering) => answering.question.path === url)?.question;
  if (question === undefined) return schema as Record<string, unknown>;
  const { summary, asks, answers: answered } = question;
  return { summary, body: asks.jsonSchema, response: { 200: answered.jsonSchema } };
}
