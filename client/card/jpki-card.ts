import { CERTIFICATE_SIZE_BYTES_MAX } from "../../ledger/limits.ts";
import {
  buildCommand,
  type CommandBody,
  type CommandHeader,
  parseResponse,
  type ResponseApdu,
  SHORT_EXPECTED_BYTES_MAX,
} from "./apdu.ts";
import type { Card, CardChannel, PinResult } from "./card.ts";
import { CardError, type CardFault, type CardStep, type PinFault } from "./card-faults.ts";
import {
  AUTH_PIN_BYTES,
  AUTH_PIN_TRIES,
  CURRENT_EF,
  EF,
  INS,
  JPKI_AID,
  NEXT_GENERATION,
  SIGNATURE_BYTES,
  sha256DigestInfo,
} from "./jpki-application.ts";
import { SW, triesLeftIn } from "./status-words.ts";

/** The authentication files, the only ones a payment may touch. */
type AuthEf = typeof EF.AUTH_CERTIFICATE | typeof EF.AUTH_KEY | typeof EF.AUTH_PIN;

/** Of a certificate file: 30 82 hh ll, from which its size follows. */
const DER_HEADER_BYTES = 4;

/**
 * A My Number Card driven through its APDUs. It selects the JPKI application and in it only the
 * user-authentication certificate, key and PIN. Calls may overlap: they run one after the other,
 * since the card has one current file.
 */
export class JpkiCard implements Card {
  readonly #channel: CardChannel;
  #turn: Promise<unknown> = Promise.resolve();
  #endedBy: CardFault | undefined;

  private constructor(channel: CardChannel) {
    this.#channel = channel;
  }

  /**
   * Selects the JPKI application. A card that has none is powered off again.
   * @throws CardError NOT_A_JPKI_CARD, or what the channel met.
   */
  static async connect(channel: CardChannel): Promise<JpkiCard> {
    const card = new JpkiCard(channel);
    try {
      await card.#selectApplication();
      return card;
    } catch (error) {
      // Of two failures the first is the one that tells what is wrong.
      await card.disconnect().then(ignore, ignore);
      throw error;
    }
  }

  readAuthCertificate(): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const { statusWord } = await this.#select(EF.AUTH_CERTIFICATE);
      if (statusWord === SW.FILE_NOT_FOUND) {
        throw new CardError({ code: "NO_AUTH_CERTIFICATE", statusWord });
      }
      expect(statusWord, "SELECT_EF");
      const certificate = new Uint8Array(certificateSize(await this.#read(0, DER_HEADER_BYTES)));
      for (let offset = 0; offset < certificate.length; offset += SHORT_EXPECTED_BYTES_MAX) {
        const rest = certificate.length - offset;
        const chunk = await this.#read(offset, Math.min(rest, SHORT_EXPECTED_BYTES_MAX));
        certificate.set(chunk, offset);
      }
      return certificate;
    });
  }

  triesLeft(): Promise<number> {
    return this.#inTurn(async () => {
      await this.#selectOrFail(EF.AUTH_PIN);
      return this.#queryTries();
    });
  }

  verifyPin(pin: Uint8Array): Promise<PinResult> {
    return this.#inTurn(async () => {
      if (!isPin(pin)) return refused({ code: "PIN_MALFORMED" });
      await this.#selectOrFail(EF.AUTH_PIN);
      const triesLeft = await this.#queryTries();
      if (triesLeft === 0) return refused({ code: "PIN_BLOCKED" });
      if (triesLeft === 1) return refused({ code: "PIN_LAST_TRY" });
      const { statusWord } = await this.#send([0x00, INS.VERIFY, 0x00, CURRENT_EF], { data: pin });
      return pinResult(statusWord);
    });
  }

  signDigest(digest: Uint8Array): Promise<Uint8Array> {
    const isNext = digest.length === NEXT_GENERATION.DIGEST_BYTES;
    const input = isNext ? digest : sha256DigestInfo(digest);
    return this.#inTurn(async () => {
      await this.#selectOrFail(EF.AUTH_KEY);
      const { data, statusWord } = await this.#send(
        [0x80, INS.COMPUTE_SIGNATURE, 0x00, CURRENT_EF],
        { data: input, expectedBytes: SIGNATURE_BYTES },
      );
      if (statusWord === SW.SECURITY_NOT_SATISFIED) throw new CardError({ code: "PIN_REQUIRED" });
      if (statusWord !== SW.OK) throw new CardError({ code: "SIGN_REFUSED", statusWord });
      const isRight = isNext
        ? data.length > 0 && data.length <= NEXT_GENERATION.SIGNATURE_BYTES_MAX
        : data.length === SIGNATURE_BYTES;
      if (!isRight) throw unexpected("SIGN", statusWord);
      return data;
    });
  }

  /** Idempotent. */
  disconnect(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#endedBy?.code === "SESSION_ENDED") return;
      this.#endedBy = { code: "SESSION_ENDED" };
      try {
        await this.#channel.powerOff();
      } catch (error) {
        throw new CardError(linkFault(error), { cause: error });
      }
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    // The next call waits for this one, but it is this one's caller who hears of its failure.
    this.#turn = result.then(ignore, ignore);
    return result;
  }

  async #selectApplication(): Promise<void> {
    const select = () => this.#send([0x00, INS.SELECT, 0x04, 0x0c], { data: JPKI_AID });
    let { statusWord } = await select();
    // The surveyed card answers the first command after power-up with 6F00, whatever it is.
    if (statusWord === SW.INTERNAL_ERROR) ({ statusWord } = await select());
    if (statusWord !== SW.OK) throw new CardError({ code: "NOT_A_JPKI_CARD", statusWord });
  }

  #select(ef: AuthEf): Promise<ResponseApdu> {
    const data = Uint8Array.of(ef >> 8, ef & 0xff);
    return this.#send([0x00, INS.SELECT, 0x02, 0x0c], { data });
  }

  async #selectOrFail(ef: AuthEf): Promise<void> {
    expect((await this.#select(ef)).statusWord, "SELECT_EF");
  }

  async #read(offset: number, bytes: number): Promise<Uint8Array> {
    const header: CommandHeader = [0x00, INS.READ_BINARY, offset >> 8, offset & 0xff];
    const { data, statusWord } = await this.#send(header, { expectedBytes: bytes });
    // A phone's token guards even this certificate with the PIN.
    if (statusWord === SW.SECURITY_NOT_SATISFIED) throw new CardError({ code: "PIN_REQUIRED" });
    expect(statusWord, "READ_CERTIFICATE");
    if (data.length !== bytes) throw unexpected("READ_CERTIFICATE", statusWord);
    return data;
  }

  /** VERIFY without data: the card answers with the counter and spends no try. */
  async #queryTries(): Promise<number> {
    const { statusWord } = await this.#send([0x00, INS.VERIFY, 0x00, CURRENT_EF]);
    // Some cards say 9000 while the PIN is verified, and a verified PIN has all its tries.
    const triesLeft = statusWord === SW.OK ? AUTH_PIN_TRIES : triesLeftIn(statusWord);
    if (triesLeft === undefined) throw unexpected("QUERY_TRIES", statusWord);
    return triesLeft;
  }

  async #send(header: CommandHeader, body: CommandBody = {}): Promise<ResponseApdu> {
    if (this.#endedBy) throw new CardError(this.#endedBy);
    const apdu = buildCommand(header, body);
    try {
      const response = parseResponse(await this.#channel.transmit(apdu));
      if (!response) throw new Error("the answer holds no status word");
      return response;
    } catch (error) {
      this.#endedBy = linkFault(error);
      throw new CardError(this.#endedBy, { cause: error });
    } finally {
      // It may have held the PIN.
      apdu.fill(0);
    }
  }
}

/** True for four ASCII digits. */
export function isPin(pin: Uint8Array): boolean {
  return pin.length === AUTH_PIN_BYTES && pin.every((byte) => byte >= 0x30 && byte <= 0x39);
}

function pinResult(statusWord: number): PinResult {
  if (statusWord === SW.OK) return { accepted: true };
  const triesLeft = triesLeftIn(statusWord);
  if (triesLeft === undefined) throw unexpected("VERIFY_PIN", statusWord);
  return refused(triesLeft === 0 ? { code: "PIN_BLOCKED" } : { code: "PIN_WRONG", triesLeft });
}

function refused(fault: PinFault): PinResult {
  return { accepted: false, fault };
}

/** The file's size from its DER header; only the two-byte length form occurs on the card. */
function certificateSize(header: Uint8Array): number {
  const [tag, form, high = 0, low = 0] = header;
  const sizeBytes = DER_HEADER_BYTES + ((high << 8) | low);
  if (tag !== 0x30 || form !== 0x82 || sizeBytes > CERTIFICATE_SIZE_BYTES_MAX) {
    throw unexpected("READ_CERTIFICATE", SW.OK);
  }
  return sizeBytes;
}

function expect(statusWord: number, step: CardStep): void {
  if (statusWord !== SW.OK) throw unexpected(step, statusWord);
}

function unexpected(step: CardStep, statusWord: number): CardError {
  return new CardError({ code: "CARD_UNEXPECTED_ANSWER", step, statusWord });
}

function linkFault(error: unknown): CardFault {
  return error instanceof CardError ? error.fault : { code: "READER_FAILED" };
}

function ignore(): void {}
