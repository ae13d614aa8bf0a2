import type { PinFault } from "./card-faults.ts";

/** What came of presenting a PIN. A refusal is an outcome to show, not an error. */
export type PinResult =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly fault: PinFault };

/**
 * A resident's card in a reader, as a payment needs it: the user-authentication certificate and
 * key, and nothing else. Every method rejects with a `CardError`; after CARD_REMOVED, a fault of the
 * reader or `disconnect` the session stays over.
 */
export interface Card {
  /** The user-authentication certificate, DER. Needs no PIN. */
  readAuthCertificate(): Promise<Uint8Array>;

  /** Tries left for the user-authentication PIN; 0 when blocked. Spends none. */
  triesLeft(): Promise<number>;

  /**
   * Presents the PIN, four ASCII digits. The bytes stay the caller's, who wipes them afterwards.
   * Not sent, and no try spent, when it is malformed or only one try is left.
   */
  verifyPin(pin: Uint8Array): Promise<PinResult>;

  /**
   * Signs a SHA-256 digest: RSASSA-PKCS1-v1_5, 256 bytes. A card of the next generation signs a SHA-384 digest: ECDSA on P-384,
   * DER. The card signs whatever it is given, so the digest must be over bytes that name their own purpose.
   * @throws RangeError when the digest is neither 32 nor 48 bytes.
   */
  signDigest(digest: Uint8Array): Promise<Uint8Array>;

  /** Ends the session and powers the card off: that alone makes it forget the PIN. */
  disconnect(): Promise<void>;
}

/** The link to a card's chip: a PC/SC reader, or a software card in this process. */
export interface CardChannel {
  /**
   * Sends one command APDU, resolves to the response APDU. Must not keep `apdu`, which is wiped
   * once answered. Rejects with a `CardError` of a `ReaderFault` or CARD_REMOVED; any other error
   * counts as READER_FAILED.
   */
  transmit(apdu: Uint8Array): Promise<Uint8Array>;

  /** Cuts the card's power and gives up the channel. */
  powerOff(): Promise<void>;
}
