/** What a registrar answers over HTTP, and to whom. */
import { statSync } from "node:fs";
import { LedgerFault } from "../../ledger/faults.ts";
import { ClientError } from "../client-fault.ts";
import type { Caller } from "../office/callers.ts";
import type { Answering } from "../office/question.ts";
import type { LedgerClient } from "../sdk/ledger-client.ts";
import { memberOf } from "../services/street-member.ts";
import type { LocalRegistrar } from "./local-registrar.ts";
import {
  MEMBER_OF_CARD,
  type MemberInQuestion,
  WALLET_OF_CARD,
  WALLET_OF_MYKEY_ID,
} from "./questions.ts";

/** Whose registrar answers, and where it finds what it knows. */
export interface RegistrarService {
  readonly municipality: string;
  /** The registrar as it is now. */
  readonly registrar: () => Pick<LocalRegistrar, "walletOf" | "handleOfMyKeyId" | "linkOf">;
  /** Nodes of the municipality's own. */
  readonly nodes: readonly LedgerClient[];
}

/** The answers of a registrar. */
export function registrarAnswers({ municipality, registrar, nodes }: RegistrarService) {
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
      const handle = handleOf(registrar(), myKeyId);
      if (handle === undefined) throw new LedgerFault("UNKNOWN_WALLET");
      return { handle };
    },
  };
  const memberOfCard: Answering<MemberInQuestion, { readonly member: Uint8Array }> = {
    question: MEMBER_OF_CARD,
    mayAsk: isOwnTerminal,
    answer: ({ certificate, ...place }, nowMs) => {
      const link = registrar().linkOf(certificate, place, nowMs);
      return memberOf(link, place, { municipality, nodes, nowMs });
    },
  };
  return [walletOfCard, walletOfMyKeyId, memberOfCard];
}

/** What can be nobody's MyKey ID is a wrong question, and no failure of this office. */
function handleOf(
  registrar: Pick<LocalRegistrar, "handleOfMyKeyId">,
  myKeyId: string,
): Uint8Array | undefined {
  try {
    return registrar.handleOfMyKeyId(myKeyId);
  } catch (cause) {
    const isRefused = cause instanceof ClientError && cause.code === "MYKEY_ID_REFUSED";
    if (isRefused) throw new LedgerFault("INVALID_FIELD", { path: "myKeyId", cause });
    throw cause;
  }
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
