import assert from "node:assert/strict";
import { createHash, verify as cryptoVerify, X509Certificate } from "node:crypto";
import { describe, it } from "mocha";
import type { CardChannel } from "../../../client/card/card.ts";
import { JpkiCard } from "../../../client/card/jpki-card.ts";
import { SoftwareCard, type SoftwareCardOptions } from "../../../client/card/software-card.ts";
import type { BlockedAnswer } from "../../../client/card/software-card-state.ts";
import { SoftwareChannel } from "../../../client/card/software-channel.ts";
import { cardFixture, PIN, scriptedChannel, TranscriptChannel } from "./fixture.ts";

const MESSAGE = Buffer.from("a payment");
const DIGEST = createHash("sha256").update(MESSAGE).digest();
const RIGHT_PIN = Buffer.from(PIN);
const WRONG_PIN = Buffer.from("9999");

const SELECT_APPLICATION = "00A4040C0AD392F000260100000001";
const SELECT_CERTIFICATE = "00A4020C02000A";
const SELECT_KEY = "00A4020C020017";
const SELECT_PIN = "00A4020C020018";
const QUERY_TRIES = "00200080";
const SIGN = "802A008033";

interface Till {
  readonly soft: SoftwareCard;
  readonly reader: SoftwareChannel;
  readonly channel: TranscriptChannel;
  readonly card: JpkiCard;
}

interface Deviation {
  readonly triesLeft?: number;
  readonly blockedAnswer?: BlockedAnswer;
  readonly options?: SoftwareCardOptions;
}

async function till(deviation: Deviation = {}): Promise<Till> {
  const { state } = await cardFixture();
  const { triesLeft = 3, blockedAnswer = "6984", options = {} } = deviation;
  const auth = { ...state.auth, triesLeft };
  const soft = new SoftwareCard({ ...state, auth, blockedAnswer }, options);
  const reader = new SoftwareChannel(soft);
  const channel = new TranscriptChannel(reader);
  return { soft, reader, channel, card: await JpkiCard.connect(channel) };
}

/** The card answers like a real one up to a command that starts so; there the link fails. */
function failingAt(start: string, inner: CardChannel, fail: () => Promise<Uint8Array>) {
  return {
    transmit: (apdu: Uint8Array): Promise<Uint8Array> =>
      Buffer.from(apdu).toString("hex").toUpperCase().startsWith(start)
        ? fail()
        : inner.transmit(apdu),
    powerOff: (): Promise<void> => inner.powerOff(),
  };
}

describe("JpkiCard", () => {
  it("pays with exactly these bytes", async () => {
    const { channel, card } = await till();
    assert.deepEqual(await card.verifyPin(RIGHT_PIN), { accepted: true });
    await card.signDigest(DIGEST);
    await card.disconnect();
    assert.deepEqual(channel.commands, [
      SELECT_APPLICATION,
      SELECT_PIN,
      QUERY_TRIES,
      "002000800431323334",
      SELECT_KEY,
      `802A0080333031300D060960864801650304020105000420${DIGEST.toString("hex").toUpperCase()}00`,
    ]);
    assert.equal(channel.poweredOff, 1);
  });

  it("signs so that the certificate's key verifies", async () => {
    const { card } = await till();
    await card.verifyPin(RIGHT_PIN);
    const signature = await card.signDigest(DIGEST);
    const { publicKey } = new X509Certificate(await card.readAuthCertificate());
    assert.ok(cryptoVerify("sha256", MESSAGE, publicKey, signature));
  });

  it("reads the certificate in chunks of 256 bytes without the PIN", async () => {
    const { channel, card } = await till();
    const { state } = await cardFixture();
    const { raw } = new X509Certificate(state.auth.certificatePem);
    assert.deepEqual(Buffer.from(await card.readAuthCertificate()), raw);
    const last = (raw.length % 256).toString(16).toUpperCase().padStart(2, "0");
    assert.deepEqual(channel.commands.slice(1, 5), [
      SELECT_CERTIFICATE,
      "00B0000004",
      "00B0000000",
      "00B0010000",
    ]);
    assert.equal(channel.commands.at(-1), `00B0${hexByte(raw.length >> 8)}00${last}`);
  });

  it("runs overlapping calls one after the other", async () => {
    const { card } = await till();
    const { state } = await cardFixture();
    const [tries, certificate, pin] = await Promise.all([
      card.triesLeft(),
      card.readAuthCertificate(),
      card.verifyPin(RIGHT_PIN),
    ]);
    assert.equal(tries, 3);
    assert.equal(certificate.length, new X509Certificate(state.auth.certificatePem).raw.length);
    assert.deepEqual(pin, { accepted: true });
  });

  it("leaves the caller's PIN alone and wipes its own copy", async () => {
    const { channel, card } = await till();
    const pin = Buffer.from(PIN);
    await card.verifyPin(pin);
    assert.equal(pin.toString(), PIN);
    assert.ok(channel.buffers.every((buffer) => buffer.every((byte) => byte === 0)));
  });

  it("repeats the first command when the card answers it with 6F00", async () => {
    const { channel, card } = await till({ options: { firstCommandFails: true } });
    assert.deepEqual(channel.commands, [SELECT_APPLICATION, SELECT_APPLICATION]);
    assert.equal(await card.triesLeft(), 3);
  });

  it("never selects a file of the signing credential", async () => {
    const { channel, card } = await till();
    await card.readAuthCertificate();
    await card.verifyPin(RIGHT_PIN);
    await card.signDigest(DIGEST);
    const selected = channel.commands.filter((command) => command.startsWith("00A402"));
    assert.deepEqual(new Set(selected), new Set([SELECT_CERTIFICATE, SELECT_PIN, SELECT_KEY]));
  });

  it("refuses a digest of another length", async () => {
    const { card } = await till();
    assert.throws(() => card.signDigest(new Uint8Array(20)), RangeError);
  });
});

describe("JpkiCard and the PIN", () => {
  it("reports a wrong PIN with the tries that are left", async () => {
    const { card } = await till();
    const fault = { code: "PIN_WRONG", triesLeft: 2 };
    assert.deepEqual(await card.verifyPin(WRONG_PIN), { accepted: false, fault });
    assert.equal(await card.triesLeft(), 2);
  });

  it("never sends the PIN at one try left", async () => {
    const { channel, card, soft } = await till({ triesLeft: 1 });
    const fault = { code: "PIN_LAST_TRY" };
    assert.deepEqual(await card.verifyPin(RIGHT_PIN), { accepted: false, fault });
    assert.ok(!channel.commands.some((command) => command.startsWith("0020008004")));
    assert.equal(soft.state.auth.triesLeft, 1);
  });

  it("cannot be made to block a card by wrong PINs", async () => {
    const { card, soft } = await till();
    for (let attempt = 0; attempt < 5; attempt++) await card.verifyPin(WRONG_PIN);
    assert.equal(soft.state.auth.triesLeft, 1);
  });

  it("gets all tries back with the right PIN", async () => {
    const { card } = await till({ triesLeft: 2 });
    await card.verifyPin(RIGHT_PIN);
    assert.equal(await card.triesLeft(), 3);
  });

  for (const blockedAnswer of ["6984", "63C0"] as const) {
    it(`reads ${blockedAnswer} as blocked`, async () => {
      const { card } = await till({ triesLeft: 0, blockedAnswer });
      assert.equal(await card.triesLeft(), 0);
      const fault = { code: "PIN_BLOCKED" };
      assert.deepEqual(await card.verifyPin(RIGHT_PIN), { accepted: false, fault });
    });
  }

  const blockedNow = { "00A4": "9000", "00200080": "63C3" };
  for (const answer of ["63C0", "6983", "6984"]) {
    it(`reads ${answer} to a PIN as blocked`, async () => {
      const channel = scriptedChannel({ ...blockedNow, "0020008004": answer });
      const card = await JpkiCard.connect(channel);
      const fault = { code: "PIN_BLOCKED" };
      assert.deepEqual(await card.verifyPin(RIGHT_PIN), { accepted: false, fault });
    });
  }

  for (const pin of ["", "123", "12345", "12a4", "１２"]) {
    it(`spends no try on the malformed PIN "${pin}"`, async () => {
      const { channel, card } = await till();
      const fault = { code: "PIN_MALFORMED" };
      assert.deepEqual(await card.verifyPin(Buffer.from(pin)), { accepted: false, fault });
      assert.deepEqual(channel.commands, [SELECT_APPLICATION]);
    });
  }

  it("takes 9000 to the query as verified already", async () => {
    const card = await JpkiCard.connect(scriptedChannel({ "00A4": "9000", "00200080": "9000" }));
    assert.equal(await card.triesLeft(), 3);
  });

  it("does not sign before the PIN", async () => {
    const { card } = await till();
    await assert.rejects(card.signDigest(DIGEST), { code: "PIN_REQUIRED" });
  });
});

describe("JpkiCard and the end of a session", () => {
  it("forgets the PIN when it disconnects", async () => {
    const { soft, card } = await till();
    await card.verifyPin(RIGHT_PIN);
    await card.disconnect();
    await assert.rejects(card.triesLeft(), { code: "SESSION_ENDED" });
    const next = await JpkiCard.connect(new SoftwareChannel(soft));
    await assert.rejects(next.signDigest(DIGEST), { code: "PIN_REQUIRED" });
  });

  it("powers off once, however often it disconnects", async () => {
    const { channel, card } = await till();
    await card.disconnect();
    await card.disconnect();
    assert.equal(channel.poweredOff, 1);
  });

  it("reports a reader that cannot power off, but not over a failure before it", async () => {
    const cause = new Error("no such reader");
    const answering = (select: string): CardChannel => ({
      ...scriptedChannel({ "00A4": select }),
      powerOff: () => Promise.reject(cause),
    });
    const card = await JpkiCard.connect(answering("9000"));
    await assert.rejects(card.disconnect(), { code: "READER_FAILED", cause });
    await assert.rejects(JpkiCard.connect(answering("6A82")), { code: "NOT_A_JPKI_CARD" });
  });

  it("ends when the card is removed in the middle, and stays ended when it is back", async () => {
    const { reader, soft, card } = await till();
    await card.verifyPin(RIGHT_PIN);
    reader.remove();
    await assert.rejects(card.signDigest(DIGEST), { code: "CARD_REMOVED" });
    soft.powerOn();
    await assert.rejects(card.signDigest(DIGEST), { code: "CARD_REMOVED" });
    const next = await JpkiCard.connect(new SoftwareChannel(soft));
    await assert.rejects(next.signDigest(DIGEST), { code: "PIN_REQUIRED" });
  });

  for (const start of [SELECT_CERTIFICATE, "00B00000", SELECT_PIN, QUERY_TRIES, SELECT_KEY, SIGN]) {
    it(`reports a reader that fails at ${start}, with the cause`, async () => {
      const { reader } = await till();
      const cause = new Error("transfer failed");
      const failing = failingAt(start, reader, () => Promise.reject(cause));
      const card = await JpkiCard.connect(failing);
      const flow = async (): Promise<void> => {
        await card.readAuthCertificate();
        await card.verifyPin(RIGHT_PIN);
        await card.signDigest(DIGEST);
      };
      await assert.rejects(flow(), { code: "READER_FAILED", cause });
      await assert.rejects(card.triesLeft(), { code: "READER_FAILED" });
    });
  }

  it("takes an answer without a status word for a failed reader", async () => {
    const { reader } = await till();
    const mute = failingAt(SELECT_PIN, reader, async () => Uint8Array.of(0x90));
    const card = await JpkiCard.connect(mute);
    await assert.rejects(card.triesLeft(), { code: "READER_FAILED" });
  });
});

describe("JpkiCard and cards that are something else", () => {
  const EF_OK = { "00A4": "9000" };
  const rows = [
    {
      id: "no certificate file",
      answers: { ...EF_OK, "00A402": "6A82" },
      code: "NO_AUTH_CERTIFICATE",
    },
    {
      id: "a certificate behind the PIN",
      answers: { ...EF_OK, "00B0": "6982" },
      code: "PIN_REQUIRED",
    },
    { id: "no DER header", answers: { ...EF_OK, "00B0": "040201009000" } },
    { id: "a certificate of 32 KiB", answers: { ...EF_OK, "00B0": "30827FFF9000" } },
    {
      id: "a short chunk",
      answers: { ...EF_OK, "00B0000004": "308201009000", "00B0": "AABB9000" },
    },
    { id: "an unknown status word", answers: { ...EF_OK, "00B0": "6F00" } },
  ];
  for (const { id, answers, code = "CARD_UNEXPECTED_ANSWER" } of rows) {
    it(`refuses ${id}`, async () => {
      const card = await JpkiCard.connect(scriptedChannel(answers));
      await assert.rejects(card.readAuthCertificate(), { code });
    });
  }

  it("refuses a card without the application and powers it off", async () => {
    const channel = new TranscriptChannel(scriptedChannel({ "00A4": "6A82" }));
    await assert.rejects(JpkiCard.connect(channel), { code: "NOT_A_JPKI_CARD" });
    assert.equal(channel.poweredOff, 1);
  });

  it("reports a refusal to sign with its status word", async () => {
    const card = await JpkiCard.connect(scriptedChannel({ "00A4": "9000", "802A": "6985" }));
    const fault = { code: "SIGN_REFUSED", statusWord: 0x69_85 };
    await assert.rejects(card.signDigest(DIGEST), { fault });
  });

  it("refuses a signature of another length", async () => {
    const card = await JpkiCard.connect(scriptedChannel({ "00A4": "9000", "802A": "AABB9000" }));
    await assert.rejects(card.signDigest(DIGEST), { code: "CARD_UNEXPECTED_ANSWER" });
  });
});

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}
