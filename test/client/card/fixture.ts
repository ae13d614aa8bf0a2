import type { CardChannel } from "../../../client/card/card.ts";
import { issueSoftwareCard } from "../../../client/card/issue-software-card.ts";
import type { SoftwareCardState } from "../../../client/card/software-card-state.ts";
import { createTestCa, type TestCa } from "../../../client/pki/test-ca.ts";

/** The PIN and the signing password of the fixture's card. */
export const PIN = "1234";
export const SIGN_PASSWORD = "ABC123";

interface Fixture {
  readonly ca: TestCa;
  readonly state: SoftwareCardState;
}

let made: Promise<Fixture> | undefined;

/** One CA and one card for all tests: making RSA keys is what takes time. */
export function cardFixture(): Promise<Fixture> {
  made ??= makeFixture();
  return made;
}

async function makeFixture(): Promise<Fixture> {
  const ca = await createTestCa();
  const card = await issueSoftwareCard({ ca, pin: PIN, signPassword: SIGN_PASSWORD });
  return { ca, state: card.state };
}

/** Bytes from hexadecimal. */
export function bytes(text: string): Uint8Array {
  return Buffer.from(text, "hex");
}

/** Upper-case hexadecimal. */
export function hex(of: Uint8Array): string {
  return Buffer.from(of).toString("hex").toUpperCase();
}

/** Writes down what passes through a channel. */
export class TranscriptChannel implements CardChannel {
  readonly commands: string[] = [];
  /** The buffers themselves, to see what becomes of them. */
  readonly buffers: Uint8Array[] = [];
  poweredOff = 0;
  readonly #inner: CardChannel;

  constructor(inner: CardChannel) {
    this.#inner = inner;
  }

  transmit(apdu: Uint8Array): Promise<Uint8Array> {
    this.commands.push(hex(apdu));
    this.buffers.push(apdu);
    return this.#inner.transmit(apdu);
  }

  powerOff(): Promise<void> {
    this.poweredOff += 1;
    return this.#inner.powerOff();
  }
}

/** Answers by the longest matching start of a command; 6D00 to all others. */
export function scriptedChannel(answers: Readonly<Record<string, string>>): CardChannel {
  const starts = Object.keys(answers).sort((a, b) => b.length - a.length);
  return {
    async transmit(apdu: Uint8Array): Promise<Uint8Array> {
      const start = starts.find((candidate) => hex(apdu).startsWith(candidate));
      return bytes(start === undefined ? "6D00" : (answers[start] ?? "6D00"));
    },
    async powerOff(): Promise<void> {},
  };
}
