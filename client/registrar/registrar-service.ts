/** What a registrar answers over HTTP, and to whom. */
import { statSync } from "node:fs";
import { LedgerFault } from "../../ledger/faults.ts";
import type { Caller } from "../office/callers.ts";
import type { Answering } from "../office/question.ts";
import type { LocalRegistrar } from "./local-registrar.ts";
import { WALLET_OF_CARD, WALLET_OF_MYKEY_ID } from "./questions.ts";

/** Whose registrar answers, and where it finds what it knows. */
export interface RegistrarService {
  readonly municipality: string;
  /** The registrar as it is now. */
  readonly registrar: () => Pick<LocalRegistrar, "walletOf" | "handleOfMyKeyId">;
}

/** The answers of a registrar. */
export function registrarAnswers({ municipality, registrar }: RegistrarService) {
  const isOwnTerminal = (caller: Caller) =>
    caller.kind === "terminal" && caller.municipality === municipality;
  const isOwnClerk = (caller: Caller) =>
    caller.kind === "officer" &&
    caller.organisation === municipality &&
    caller.roles.includes("clerk");
  const walletOfCard: Answering<{ readonly certificate: Uint8Array }, object> = {
    question: WALLET_OF_CARD,
    mayAsk: isOwnTerminal,
    answer: ({ certificate }, nowMs) => registrar().walletOf(certificate, nowMs),
  };
  const walletOfMyKeyId: Answering<{ readonly myKeyId: string }, object> = {
    question: WALLET_OF_MYKEY_ID,
    mayAsk: isOwnClerk,
    answer: ({ myKeyId }) => {
      const handle = registrar().handleOfMyKeyId(myKeyId);
      if (handle === undefined) throw new LedgerFault("UNKNOWN_WALLET");
      return { handle };
    },
  };
  return [walletOfCard, walletOfMyKeyId];
}

/** A registrar that is read again when another process at this office has written to its journal. */
export function freshRegistrar(
  storeFile: string,
  open: () => LocalRegistrar,
): () => LocalRegistrar {
  let registrar = open();
  let seen = versionOf(storeFile);
  return () => {
    const now = versionOf(storeFile);
    if (now !== seen) {
      registrar = open();
      seen = now;
    }
    return registrar;
  };
}

/** Another text after each write; a journal that is not there yet has one too. */
function versionOf(file: string): string {
  const { ino, size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${ino} ${size} ${mtimeMs}`;
}
