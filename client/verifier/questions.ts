/** What terminals ask a verifier over HTTP. */
import { cardSalt, walletHandle } from "../../contracts/fields/fields.ts";
import { statusAsOfMs } from "../../contracts/residents/card-status.ts";
import { record } from "../../ledger/schema.ts";
import type { Question } from "../office/question.ts";
import { certificateField } from "../registrar/questions.ts";

/** The card that a large payment is about to be made with. */
export interface CardInQuestion {
  readonly certificate: Uint8Array;
  readonly handle: Uint8Array;
  readonly cardSalt: Uint8Array;
}

/** To have the issuer asked about one card, and its word put on the ledger. */
export const ATTEST_CARD: Question<CardInQuestion, { readonly statusAsOfMs: number }> = {
  path: "/v1/attest-card",
  summary:
    "Asks the issuer about one card and says its word on the ledger, as a large payment needs it; " +
    "asked by the municipality's terminals",
  asks: record({ certificate: certificateField, handle: walletHandle, cardSalt }),
  answers: record({ statusAsOfMs }),
};
