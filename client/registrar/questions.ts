/** What terminals and offices ask a registrar over HTTP. */
import { cardSalt, linkHandle, shortName, walletHandle } from "../../contracts/fields/fields.ts";
import { municipalityCode } from "../../contracts/fields/municipality-code.ts";
import { CERTIFICATE_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import { bytes, record, text } from "../../ledger/schema.ts";
import type { Question } from "../office/question.ts";
import type { WalletOfCard } from "../terminal/till.ts";
import type { ServicePlace } from "./local-registrar.ts";

/** A card's certificate, DER. */
export const certificateField = bytes(1, CERTIFICATE_SIZE_BYTES_MAX);

/** The wallet of the card that lies on a terminal's reader. */
export const WALLET_OF_CARD: Question<{ readonly certificate: Uint8Array }, WalletOfCard> = {
  path: "/v1/wallet-of-card",
  summary: "The wallet of a card; asked by the municipality's terminals",
  asks: record({ certificate: certificateField }),
  answers: record({
    municipality: municipalityCode,
    handle: walletHandle,
    cardSalt,
  }),
};

/** A card, and the membership that a shop asks for. */
export interface MemberInQuestion extends ServicePlace {
  readonly certificate: Uint8Array;
}

/** Which member of a street somebody is, by his pseudonym there: the street knows its number. */
export const MEMBER_OF_CARD: Question<MemberInQuestion, { readonly member: Uint8Array }> = {
  path: "/v1/member-of-card",
  summary: "Whether a card's holder is a member of a street; asked by the municipality's terminals",
  asks: record({ certificate: certificateField, facility: shortName, service: shortName }),
  answers: record({ member: linkHandle }),
};

/** The wallet of somebody who told an office his MyKey ID. */
export const WALLET_OF_MYKEY_ID: Question<
  { readonly myKeyId: string },
  { readonly handle: Uint8Array }
> = {
  path: "/v1/wallet-of-mykey-id",
  summary: "The pseudonym behind a MyKey ID; asked by the municipality's clerks",
  asks: record({ myKeyId: text(256) }),
  answers: record({ handle: walletHandle }),
};
