/** One error as people and machines are told of it: code, English, Japanese, facts. */
import { FAULTS, LedgerFault } from "../ledger/faults.ts";
import { CLIENT_FAULTS, ClientError } from "./client-fault.ts";

/** What is said about an error. */
export interface ErrorReport {
  readonly code: string;
  readonly detail: string;
  readonly detailJa: string;
  readonly facts: { readonly [name: string]: unknown };
}

/** The report of any error; whatever is not a known fault is a defect of this program. */
export function errorReport(error: unknown): ErrorReport {
  if (error instanceof LedgerFault) {
    const { en, ja } = FAULTS[error.code];
    return { code: error.code, detail: en, detailJa: ja, facts: error.facts };
  }
  if (error instanceof ClientError) {
    const { en, ja } = CLIENT_FAULTS[error.code];
    return { code: error.code, detail: en, detailJa: ja, facts: error.facts };
  }
  const { en, ja } = CLIENT_FAULTS.INTERNAL_ERROR;
  return {
    code: "INTERNAL_ERROR",
    detail: en,
    detailJa: ja,
    facts: { problem: error instanceof Error ? error.message : String(error) },
  };
}

/** The one line that a terminal shows; a log, which is many lines, is not part of it. */
export function errorLine({ code, detail, detailJa, facts }: ErrorReport): string {
  const said = Object.entries(facts)
    .filter(([name]) => name !== "log")
    .map(([name, value]) => `${name}: ${value}`);
  const tail = said.length === 0 ? "" : ` (${said.join(", ")})`;
  return `${code}: ${detail} / ${detailJa}${tail}`.replaceAll(/\s*\n\s*/g, " ");
}
