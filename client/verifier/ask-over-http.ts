/** OCSP over HTTP (RFC 6960 appendix A). The address is configured: one out of a certificate would be the card's to choose. */
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import type { Ask } from "./ocsp.ts";

const TIMEOUT_MS = 5000;
/** Largest answer, bytes: with the responder's certificate some 2 KiB. */
const ANSWER_SIZE_BYTES_MAX = 64 * 1024;

/** Asks the responder at an address. */
export function askOverHttp(url: string): Ask {
  return async (question) => {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/ocsp-request" },
        body: Buffer.from(question),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`HTTP status ${response.status}`);
      return await readLimited(response);
    } catch (error) {
      const problem = messageOf(error);
      throw new ClientError("STATUS_SOURCE_UNREACHABLE", { url, problem, cause: error });
    }
  };
}

async function readLimited({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of body ?? []) {
    sizeBytes += part.length;
    if (sizeBytes > ANSWER_SIZE_BYTES_MAX) throw new Error("the answer is too large");
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
