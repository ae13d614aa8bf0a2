import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { JpkiCard } from "../../../../client/card/jpki-card.ts";
import { PcscChannel } from "../../../../client/card/pcsc/pcsc-channel.ts";
import { pcscError } from "../../../../client/card/pcsc/return-codes.ts";
import { SoftwareCard } from "../../../../client/card/software-card.ts";
import { cardFixture, PIN } from "../fixture.ts";
import { addonError, FakeReader } from "./fake-reader.ts";

/** Return codes of pcsclite.h and what a person is told. */
const CODES = [
  ["80100009", "READER_REMOVED"],
  ["8010000b", "CARD_IN_USE"],
  ["8010000c", "NO_CARD"],
  ["8010000f", "CARD_MUTE"],
  ["80100013", "PCSC_NOT_RUNNING"],
  ["80100014", "READER_FAILED"],
  ["80100016", "CARD_REMOVED"],
  ["80100017", "READER_REMOVED"],
  ["8010001d", "PCSC_NOT_RUNNING"],
  ["8010001e", "PCSC_NOT_RUNNING"],
  ["8010002e", "NO_READER"],
  ["80100065", "CARD_MUTE"],
  ["80100066", "CARD_MUTE"],
  ["80100067", "CARD_MUTE"],
  ["80100069", "CARD_REMOVED"],
  ["8010006a", "PCSC_ACCESS_DENIED"],
] as const;

describe("the channel of a PC/SC reader", () => {
  for (const [code, fault] of CODES) {
    it(`${code}: ${fault}`, () => {
      const error = addonError(code);
      assert.deepEqual([pcscError(error).code, pcscError(error).cause], [fault, error]);
    });
  }

  it("an error that is none of PC/SC's is the reader's", () => {
    for (const error of [new Error("what is that?"), "text"]) {
      assert.equal(pcscError(error).code, "READER_FAILED");
    }
  });

  it("connects exclusively, over either protocol; cuts the power at the end", async () => {
    const reader = new FakeReader();
    const channel = await PcscChannel.connect(reader);
    await channel.transmit(Uint8Array.of(0, 0xa4, 0, 0));
    await channel.powerOff();
    assert.deepEqual(reader.calls, [
      ["connect", { share_mode: 1, protocol: 3 }],
      ["transmit", Buffer.of(0, 0xa4, 0, 0), 258, 2],
      ["disconnect", 2],
    ]);
  });

  it("a card that is gone before there was a connection was never there", async () => {
    const reader = new FakeReader();
    reader.connected = addonError("80100069", "SCardConnect");
    await assert.rejects(PcscChannel.connect(reader), { code: "NO_CARD" });
  });

  it("hands the addon the caller's own bytes, so that wiping them leaves none", async () => {
    const reader = new FakeReader();
    const channel = await PcscChannel.connect(reader);
    const whole = new Uint8Array(20);
    await channel.transmit(whole.subarray(4, 13));
    const view = reader.calls[1]?.[1];
    assert.ok(Buffer.isBuffer(view));
    assert.deepEqual([view.buffer, view.byteOffset, view.length], [whole.buffer, 4, 9]);
  });

  it("success without an answer is a card that left during the command", async () => {
    const reader = new FakeReader();
    const channel = await PcscChannel.connect(reader);
    reader.answer = () => Buffer.alloc(0);
    await assert.rejects(channel.transmit(Uint8Array.of(0, 0, 0, 0)), { code: "CARD_REMOVED" });
  });

  for (const [code, powersOff] of [
    ["80100069", true],
    ["80100017", true],
    ["8010001d", false],
  ] as const) {
    it(`powering off ${powersOff ? "takes" : "does not take"} ${code}`, async () => {
      const reader = new FakeReader();
      const channel = await PcscChannel.connect(reader);
      reader.disconnected = addonError(code, "SCardDisconnect");
      if (powersOff) await channel.powerOff();
      else await assert.rejects(channel.powerOff(), { code: "PCSC_NOT_RUNNING" });
    });
  }

  for (const protocol of [1, 2]) {
    it(`a whole session over T=${protocol - 1}`, async () => {
      const reader = new FakeReader();
      reader.connected = protocol;
      reader.answer = protocol === 1 ? t0(await softwareCard()) : t1(await softwareCard());
      const card = await JpkiCard.connect(await PcscChannel.connect(reader));
      assert.ok((await card.readAuthCertificate()).length > 500);
      assert.deepEqual(await card.verifyPin(Buffer.from(PIN)), { accepted: true });
      assert.equal((await card.signDigest(new Uint8Array(32))).length, 256);
      await card.disconnect();
    });
  }

  async function softwareCard(): Promise<SoftwareCard> {
    const card = new SoftwareCard((await cardFixture()).state);
    card.powerOn();
    return card;
  }

  function t1(card: SoftwareCard) {
    return (command: Buffer) => Buffer.from(card.process(command));
  }

  /** As T=0 has it: one length byte in every command, answers with data fetched by GET RESPONSE. */
  function t0(card: SoftwareCard) {
    let kept = Buffer.alloc(0);
    return (command: Buffer): Buffer => {
      assert.ok(command.length >= 5, "a command without its length byte");
      if (command[1] === 0xc0) return kept;
      kept = Buffer.from(card.process(apduOf(command)));
      return command.length > 5 && kept.length > 2
        ? Buffer.of(0x61, (kept.length - 2) & 0xff)
        : kept;
    };
  }

  /** What the commands of T=0 leave out: that there is no data, and how much is expected. */
  function apduOf(command: Buffer): Buffer {
    const [, ins, , , length] = command;
    if (ins === 0x20 && length === 0) return command.subarray(0, 4);
    return ins === 0x2a ? Buffer.concat([command, Buffer.of(0)]) : command;
  }
});
