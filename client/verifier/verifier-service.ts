/**
 * What a verifier answers over HTTP, and to whom. It needs no registrar: who asks has wallet and salt from there, and the ledger
 * refuses a word about a card that is not the wallet's.
 */
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { isFaultCode, LedgerFault } from "../../ledger/faults.ts";
import type { Answering } from "../office/question.ts";
import { checkAuthCertificate, parseAuthCertificate } from "../pki/profile.ts";
import type { TrustAnchors } from "../pki/trust-anchors.ts";
import type { Draft } from "../sdk/transaction-builder.ts";
import type { StatusSource } from "./certificate-status.ts";
import { ATTEST_CARD, type CardInQuestion } from "./questions.ts";
import { examineOne, isAttested } from "./verifier.ts";

/** Whose verifier answers, whom it asks, and how it speaks on the ledger. */
export interface VerifierService {
  readonly municipality: string;
  readonly anchors: TrustAnchors;
  readonly source: StatusSource;
  /** Signs a draft with the verifier's key and submits it; resolves to the result. */
  readonly submit: (draft: Draft) => Promise<string>;
}

/** The answers of a verifier. */
export function verifierAnswers({ municipality, anchors, source, submit }: VerifierService) {
  const attestCard: Answering<CardInQuestion, { readonly statusAsOfMs: number }> = {
    question: ATTEST_CARD,
    mayAsk: (caller) => caller.kind === "terminal" && caller.municipality === municipality,
    answer: async ({ certificate: der, handle, cardSalt }, nowMs) => {
      const certificate = parseAuthCertificate(der);
      checkAuthCertificate(certificate, anchors, nowMs);
      const cardCommit = commitToCard(cardSalt, certificate.publicKeyPkcs1);
      const card = { handle, cardCommit, certificate };
      const { draft, statusAsOfMs } = await examineOne(municipality, card, source, nowMs);
      const result = await submit(draft);
      if (isAttested(result)) return { statusAsOfMs };
      throw isFaultCode(result) ? new LedgerFault(result) : new RangeError(result);
    },
  };
  return [attestCard];
}
