/** Return codes of PC/SC (winscard.h, pcsclite.h) as faults. */
import { CardError, type CardFault } from "../card-faults.ts";

const FAULT_OF_CODE: Readonly<Record<string, CardFault>> = {
  /** SCARD_E_UNKNOWN_READER */
  "80100009": { code: "READER_REMOVED" },
  /** SCARD_E_SHARING_VIOLATION */
  "8010000b": { code: "CARD_IN_USE" },
  /** SCARD_E_NO_SMARTCARD */
  "8010000c": { code: "NO_CARD" },
  /** SCARD_E_PROTO_MISMATCH */
  "8010000f": { code: "CARD_MUTE" },
  /** SCARD_F_COMM_ERROR: of the link to the service, which ended while it was asked something. */
  "80100013": { code: "PCSC_NOT_RUNNING" },
  /** SCARD_E_NOT_TRANSACTED: the link broke in a command; what a card slipping off a reader looks like. */
  "80100016": { code: "CARD_REMOVED" },
  /** SCARD_E_READER_UNAVAILABLE */
  "80100017": { code: "READER_REMOVED" },
  /** SCARD_E_NO_SERVICE */
  "8010001d": { code: "PCSC_NOT_RUNNING" },
  /** SCARD_E_SERVICE_STOPPED */
  "8010001e": { code: "PCSC_NOT_RUNNING" },
  /** SCARD_E_NO_READERS_AVAILABLE */
  "8010002e": { code: "NO_READER" },
  /** SCARD_W_UNSUPPORTED_CARD */
  "80100065": { code: "CARD_MUTE" },
  /** SCARD_W_UNRESPONSIVE_CARD */
  "80100066": { code: "CARD_MUTE" },
  /** SCARD_W_UNPOWERED_CARD */
  "80100067": { code: "CARD_MUTE" },
  /** SCARD_W_REMOVED_CARD */
  "80100069": { code: "CARD_REMOVED" },
  /** SCARD_W_SECURITY_VIOLATION: by polkit's rules. */
  "8010006a": { code: "PCSC_ACCESS_DENIED" },
};

/** The fault that an error of the binding stands for; the error is kept as the cause. */
export function pcscError(error: unknown): CardError {
  if (error instanceof CardError) return error;
  const text = error instanceof Error ? error.message : String(error);
  // "SCardTransmit error: Card was removed.(0x80100069)": the code has no field of its own.
  const code = /\(0x([0-9a-f]{8,16})\)$/.exec(text)?.[1]?.slice(-8) ?? "";
  return new CardError(FAULT_OF_CODE[code] ?? { code: "READER_FAILED" }, { cause: error });
}
