/** One error as people and machines are told of it: code, English, Japanese, facts. */
import { FAULTS, isFaultCode, LedgerFault } from "../ledger/faults.ts";
import { CardError, cardFaultText, type FaultText } from "./card/card-faults.ts";
import { CLIENT_FAULTS, ClientError } from "./client-fault.ts";
import { messageOf } from "./files.ts";
import { CertificateError } from "./pki/certificate-faults.ts";

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
    return report(error.code, FAULTS[error.code], error.facts);
  }
  if (error instanceof ClientError) {
    return report(error.code, CLIENT_FAULTS[error.code], error.facts);
  }
  if (error instanceof CardError) return report(error.code, cardFaultText(error.fault), {});
  if (error instanceof CertificateError) {
    const { code, ...facts } = error.fault;
    return report(code, CLIENT_FAULTS.CERTIFICATE_REFUSED, facts);
  }
  const problem = messageOf(error);
  // Node's errors of system calls name the call.
  if (error instanceof Error && "syscall" in error) {
    const file = misnamedFile(error as NodeJS.ErrnoException);
    return file === null
      ? report("SYSTEM_REFUSED", CLIENT_FAULTS.SYSTEM_REFUSED, { problem })
      : report("FILE_UNREADABLE", CLIENT_FAULTS.FILE_UNREADABLE, { file, problem });
  }
  return report("INTERNAL_ERROR", CLIENT_FAULTS.INTERNAL_ERROR, { problem });
}

/** What was to be read and is not there, or is a folder instead of a file or the other way round; else null. */
function misnamedFile(error: NodeJS.ErrnoException): string | null {
  const isRead = ["stat", "open", "scandir", "read"].includes(error.syscall ?? "");
  const isMisnamed = ["ENOENT", "ENOTDIR", "EISDIR"].includes(error.code ?? "");
  return isRead && isMisnamed ? (error.path ?? null) : null;
}

/** A transaction's result for people: `OK` as it is, a fault code with its texts. */
export function resultText(result: string): string {
  if (!isFaultCode(result)) return result;
  const { en, ja } = FAULTS[result];
  return `${result}: ${en} / ${ja}`;
}

function report(code: string, { en, ja }: FaultText, facts: ErrorReport["facts"]): ErrorReport {
  return { code, detail: en, detailJa: ja, facts };
}

/** The one line that a terminal shows; a log, which is many lines, is not part of it. */
export function errorLine({ code, detail, detailJa, facts }: ErrorReport): string {
  const said = Object.entries(facts)
    .filter(([name]) => name !== "log")
    .map(([name, value]) => `${name}: ${value}`);
  const tail = said.length === 0 ? "" : ` (${said.join(", ")})`;
  return `${code}: ${detail} / ${detailJa}${tail}`.replaceAll(/\s*\n\s*/g, " ");
}
