/** What residents ask their municipality's office for services over HTTP, by card and PIN. */
import { civilDate } from "../../contracts/fields/dates.ts";
import { displayName, shortName } from "../../contracts/fields/fields.ts";
import { bytes, type Infer, list, nullable, oneOf, record } from "../../ledger/schema.ts";
import { ED25519_KEY_SIZE_BYTES } from "../../ledger/signature.ts";
import type { Question } from "../office/question.ts";

/** Services that one resident is linked to. */
const LINKED_MAX = 200;
const WORD_SIZE_BYTES_MAX = 1024;

const linkedServiceSchema = record({
  facility: shortName,
  service: shortName,
  facilityNameJa: displayName,
  facilityNameEn: displayName,
  nameJa: displayName,
  nameEn: displayName,
  /** OTHER_CARD: made with an earlier card; done again with this one it goes on. */
  status: oneOf(["ACTIVE", "EXPIRED", "SUSPENDED", "RENEWAL_REQUIRED", "OTHER_CARD"]),
  /** The last day; null when it does not end. */
  validTo: nullable(civilDate),
});
/** A service that a resident is linked to. */
export type LinkedService = Infer<typeof linkedServiceSchema>;

/** All services that the holder of the card is linked to on the ledger. */
export const LINKED_SERVICES: Question<object, { readonly services: readonly LinkedService[] }> = {
  path: "/v1/linked-services",
  summary: "What the holder of the card is linked to; asked by himself",
  asks: record({}),
  answers: record({ services: list(linkedServiceSchema, LINKED_MAX) }),
};

const wordRequest = record({
  facility: shortName,
  service: shortName,
  /** The system that the word is for, and its challenge. */
  audience: shortName,
  challenge: bytes(16, 32),
});
/** For which service, to which system. */
export type WordRequest = Infer<typeof wordRequest>;

const signedWord = record({
  word: bytes(1, WORD_SIZE_BYTES_MAX),
  /** With which it is signed: the other side looks it up on the ledger. */
  publicKey: bytes(ED25519_KEY_SIZE_BYTES),
});
/** A word as it is handed over (ledger/eligibility.ts). */
export type SignedWord = Infer<typeof signedWord>;
/** The form of a word in a file. */
export const signedWordSchema: typeof signedWord = signedWord;

/** The word that the holder of the card may use a service now. */
export const ELIGIBILITY: Question<WordRequest, SignedWord> = {
  path: "/v1/eligibility",
  summary:
    "A signed word, for minutes, that the holder of the card may use a service; asked by himself",
  asks: wordRequest,
  answers: signedWord,
};
