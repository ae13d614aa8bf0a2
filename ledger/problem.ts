/** A fault as HTTP services tell it: RFC 9457 problem details with the registry's code, in English and Japanese. */
import { FAULTS, type LedgerFault } from "./faults.ts";
import type { JsonSchema } from "./schema.ts";

/** Seconds after which a client may try again when a service is busy. */
export const RETRY_AFTER_SECONDS = 1;

/** JSON schema of a problem. */
export const problemSchema: JsonSchema = {
  type: "object",
  description: "RFC 9457 problem details. Programs look at `code`; see docs/faults.md.",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { enum: Object.keys(FAULTS) },
    detail: { type: "string" },
    detailJa: { type: "string" },
    retryable: { type: "boolean" },
    counter: { type: "object", properties: { ja: { type: "string" }, en: { type: "string" } } },
    facts: { type: "object", additionalProperties: true },
  },
};

/** A fault as people and programs are told of it. */
export function problemOf({ code, facts, message }: LedgerFault): Record<string, unknown> {
  const { status, retryable, en, ja, counter } = FAULTS[code];
  return {
    type: `urn:mykey-ledger:fault:${code}`,
    title: en,
    status,
    code,
    detail: message,
    detailJa: ja,
    retryable,
    counter,
    facts,
  };
}
