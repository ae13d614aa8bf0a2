/**
 * A company's system behind HTTP, which the company provides (docs/partners.md):
 *
 *     PUT    URL/conversions/<id>  {"wallet": …, "units": 200}  → {"conversion": <id>, "units": 200, "answer": "DEBITED"}
 *     DELETE URL/conversions/<id>                               → {"conversion": <id>, "answer": "RELEASED"}
 *
 * An answer counts only when it is whole and speaks of that conversion and of as many units; all else is none.
 */
import { oneOf, type RecordSchema, record, uint } from "../../ledger/schema.ts";
import { ClientError } from "../client-fault.ts";
import { messageOf } from "../files.ts";
import { jsonOf } from "../sdk/http.ts";
import {
  type AskedConversion,
  type CompanySystem,
  conversionId,
  type DebitAnswer,
} from "./company-system.ts";

/** How long the system may take, ms: what it does later shows at the next question. */
const ANSWER_TIMEOUT_MS = 10_000;

const debitAnswer = record({
  conversion: conversionId,
  units: uint(),
  answer: oneOf(["DEBITED", "REFUSED"]),
});
const releaseAnswer = record({ conversion: conversionId, answer: oneOf(["RELEASED"]) });

/** A company's system at an address. */
export class CompanyOverHttp implements CompanySystem {
  readonly #url: string;
  readonly #timeoutMs: number;

  constructor(url: string, timeoutMs: number = ANSWER_TIMEOUT_MS) {
    this.#url = url.replace(/\/+$/, "");
    this.#timeoutMs = timeoutMs;
  }

  async debit({ conversion, wallet, units }: AskedConversion): Promise<DebitAnswer> {
    const body = JSON.stringify({ wallet, units });
    const answered = await this.#ask(conversion, { method: "PUT", body }, debitAnswer);
    if (answered.units !== units) throw this.#invalid(conversion, `${answered.units} units`);
    return answered.answer;
  }

  async release({ conversion }: AskedConversion): Promise<void> {
    await this.#ask(conversion, { method: "DELETE" }, releaseAnswer);
  }

  async #ask<T extends { readonly conversion: string }>(
    conversion: string,
    { method, body = null }: { readonly method: string; readonly body?: string | null },
    schema: RecordSchema<T>,
  ): Promise<T> {
    const response = await fetch(`${this.#url}/conversions/${conversion}`, {
      method,
      body,
      headers: body === null ? {} : { "content-type": "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(this.#timeoutMs),
    }).catch((error: unknown) => {
      throw new ClientError("COMPANY_UNREACHABLE", { problem: messageOf(error), cause: error });
    });
    if (!response.ok) throw this.#invalid(conversion, `status ${response.status}`);
    const answer = await this.#read(response, conversion, schema);
    if (answer.conversion !== conversion) throw this.#invalid(conversion, answer.conversion);
    return answer;
  }

  async #read<T>(response: Response, conversion: string, schema: RecordSchema<T>): Promise<T> {
    try {
      return schema.fromJson(await jsonOf(response));
    } catch (error) {
      throw this.#invalid(conversion, messageOf(error), error);
    }
  }

  #invalid(conversion: string, problem: string, cause?: unknown): ClientError {
    return new ClientError("COMPANY_ANSWER_INVALID", { conversion, problem, cause });
  }
}
