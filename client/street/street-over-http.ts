/**
 * A street's system behind HTTP, which the street provides (docs/street.md):
 *
 *     PUT    URL/transfers/<id>  {"wallet": …, "points": 200}  → {"transfer": <id>, "points": 200, "answer": "CREDITED"}
 *     DELETE URL/transfers/<id>                                → {"transfer": <id>, "answer": "CANCELLED"}
 *
 * An answer counts only when it is whole and speaks of that transfer and of as many points; all else is none.
 */
import { oneOf, type RecordSchema, record, uint } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import { conversionId } from "../partner/company-system.ts";
import { jsonOf } from "../sdk/http.ts";
import type { AskedTransfer, StreetSystem } from "./street-system.ts";

/** How long the system may take, ms: what it does later shows at the next question. */
const ANSWER_TIMEOUT_MS = 10_000;

const creditAnswer = record({
  transfer: conversionId,
  points: uint(),
  answer: oneOf(["CREDITED", "REFUSED"]),
});
const cancelAnswer = record({ transfer: conversionId, answer: oneOf(["CANCELLED"]) });

/** A street's system at an address. */
export class StreetOverHttp implements StreetSystem {
  readonly #url: string;
  readonly #timeoutMs: number;

  constructor(url: string, timeoutMs: number = ANSWER_TIMEOUT_MS) {
    this.#url = url.replace(/\/+$/, "");
    this.#timeoutMs = timeoutMs;
  }

  async credit({ transfer, wallet, points }: AskedTransfer): Promise<"CREDITED" | "REFUSED"> {
    const body = JSON.stringify({ wallet, points });
    const answered = await this.#ask(transfer, { method: "PUT", body }, creditAnswer);
    if (answered.points !== points) throw invalid(transfer, `${answered.points} points`);
    return answered.answer;
  }

  async cancel(transfer: string): Promise<void> {
    await this.#ask(transfer, { method: "DELETE" }, cancelAnswer);
  }

  async #ask<T extends { readonly transfer: string }>(
    transfer: string,
    request: { readonly method: string; readonly body?: string },
    schema: RecordSchema<T>,
  ): Promise<T> {
    const response = await fetch(`${this.#url}/transfers/${transfer}`, {
      ...request,
      headers: { "content-type": "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(this.#timeoutMs),
    }).catch((error: unknown) => {
      throw new ClientError("COMPANY_UNREACHABLE", { problem: messageOf(error), cause: error });
    });
    if (!response.ok) throw invalid(transfer, `status ${response.status}`);
    const answer = await read(response, transfer, schema);
    if (answer.transfer !== transfer) throw invalid(transfer, answer.transfer);
    return answer;
  }
}

async function read<T>(response: Response, transfer: string, schema: RecordSchema<T>): Promise<T> {
  try {
    return schema.fromJson(await jsonOf(response));
  } catch (error) {
    throw invalid(transfer, messageOf(error), error);
  }
}

function invalid(transfer: string, problem: string, cause?: unknown): ClientError {
  return new ClientError("COMPANY_ANSWER_INVALID", { transfer, problem, cause });
}
