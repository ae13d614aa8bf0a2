/** One HTTP request to a node: time limits, size limits, problems as faults. */
import { isFaultCode, LedgerFault } from "../../ledger/faults.ts";
import type { JsonValue } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";

/** What is asked of a node. */
export interface NodeRequest {
  /** Address of the node, and the path below it. */
  readonly url: URL;
  readonly timeoutMs: number;
  readonly accept: string;
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  /** Further fields. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** JSON answers and problems are small. */
const JSON_SIZE_BYTES_MAX = 1024 * 1024;

/**
 * The answer of a node, its body unread.
 * @throws LedgerFault that the node reported; ClientError `NODE_UNREACHABLE` (whether it acted on the
 *   request is unknown), `NODE_ANSWER_INVALID`.
 */
export async function askNode(request: NodeRequest): Promise<Response> {
  const { url, timeoutMs, accept, body, headers } = request;
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...headers, accept, ...(body && { "content-type": body.type }) },
    body: body === undefined ? null : Buffer.from(body.bytes),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw unreachable(url.href, error);
  });
  if (!response.ok) throw await problemOf(response, url);
  return response;
}

/** The JSON of an answer. @throws ClientError `NODE_ANSWER_INVALID`, `NODE_UNREACHABLE`. */
export async function jsonOf(response: Response): Promise<JsonValue> {
  const bytes = await bytesOf(response, JSON_SIZE_BYTES_MAX);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ClientError("NODE_ANSWER_INVALID", { url: response.url, cause: error });
  }
}

/** The members of a JSON object; none when it is something else. */
export function objectOf(json: JsonValue | undefined): { readonly [name: string]: JsonValue } {
  const isObject = json !== null && typeof json === "object" && !Array.isArray(json);
  return isObject ? (json as { readonly [name: string]: JsonValue }) : {};
}

/** The bytes of an answer. @throws ClientError `NODE_ANSWER_INVALID`, `NODE_UNREACHABLE`. */
export async function bytesOf(response: Response, sizeBytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of piecesOf(response)) {
    sizeBytes += piece.length;
    if (sizeBytes > sizeBytesMax) {
      throw new ClientError("NODE_ANSWER_INVALID", { url: response.url, problem: "too large" });
    }
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

/** The bytes of an answer as they come. @throws ClientError `NODE_UNREACHABLE` when they break off. */
export async function* piecesOf(response: Response): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of response.body ?? []) yield piece;
  } catch (error) {
    throw unreachable(response.url, error);
  }
}

function unreachable(url: string, cause: unknown): ClientError {
  const problem = messageOf(rootOf(cause));
  return new ClientError("NODE_UNREACHABLE", { node: new URL(url).origin, problem, cause });
}

/** `fetch` says only "fetch failed"; its innermost cause says why. */
function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error;
}

/** The fault of a problem document (RFC 9457), or what it is when it is none. */
async function problemOf(response: Response, url: URL): Promise<Error> {
  const { code, facts } = objectOf(await jsonOf(response));
  if (typeof code !== "string" || !isFaultCode(code)) {
    return new ClientError("NODE_ANSWER_INVALID", { url: url.href, status: response.status });
  }
  return new LedgerFault(code, { ...objectOf(facts), ...retryAfterOf(response) });
}

/** The seconds of a Retry-After field (RFC 9110 section 10.2.3), which a busy node sends. */
function retryAfterOf({ headers }: Response): { readonly retryAfterS?: number } {
  const seconds = /^\d{1,5}$/.exec(headers.get("retry-after") ?? "")?.[0];
  return seconds === undefined ? {} : { retryAfterS: Number(seconds) };
}
