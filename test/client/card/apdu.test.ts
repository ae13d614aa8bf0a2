import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  buildCommand,
  buildResponse,
  type CommandHeader,
  parseCommand,
  parseResponse,
} from "../../../client/card/apdu.ts";
import { bytes, hex } from "./fixture.ts";

const COMMANDS = [
  { id: "case 1", hex: "00200080", data: "", expectedBytes: 0 },
  { id: "case 2 short", hex: "00B0000004", data: "", expectedBytes: 4 },
  { id: "case 2 short, maximum", hex: "00B0000000", data: "", expectedBytes: 256 },
  { id: "case 3 short", hex: "00A4020C02000A", data: "000A", expectedBytes: 0 },
  { id: "case 4 short", hex: "802A008001AA00", data: "AA", expectedBytes: 256 },
  { id: "case 4 short, Le 7", hex: "802A008001AA07", data: "AA", expectedBytes: 7 },
] as const;

const EXTENDED = [
  { id: "case 2", hex: "00B00000000100", data: "", expectedBytes: 256 },
  { id: "case 2, maximum", hex: "00B00000000000", data: "", expectedBytes: 65_536 },
  { id: "case 3", hex: "80A20000000001AA", data: "AA", expectedBytes: 0 },
  { id: "case 4", hex: "80A20000000001AA0102", data: "AA", expectedBytes: 258 },
  { id: "case 4, maximum", hex: "80A20000000001AA0000", data: "AA", expectedBytes: 65_536 },
] as const;

const MALFORMED = [
  { id: "nothing", hex: "" },
  { id: "three bytes", hex: "00A404" },
  { id: "data shorter than Lc", hex: "00A4020C0200" },
  { id: "two bytes after the data", hex: "00A4020C02000A0000" },
  { id: "extended marker alone with one byte", hex: "00B000000000" },
  { id: "extended Lc of zero", hex: "80A20000000000AA" },
  { id: "extended data shorter than Lc", hex: "80A20000000002AA" },
  { id: "one byte of extended Le", hex: "80A20000000001AA00" },
] as const;

const headerByte = fc.integer({ min: 0, max: 255 });

describe("command APDU", () => {
  for (const row of COMMANDS) {
    it(`builds and parses short ${row.id}`, () => {
      const apdu = bytes(row.hex);
      const header = [...apdu.subarray(0, 4)] as unknown as CommandHeader;
      const body = { data: bytes(row.data), expectedBytes: row.expectedBytes };
      assert.equal(hex(buildCommand(header, body)), row.hex);
      assert.equal(hex(parseCommand(apdu)?.data ?? bytes("FF")), row.data);
      assert.equal(parseCommand(apdu)?.expectedBytes, row.expectedBytes);
    });
  }

  for (const row of EXTENDED) {
    it(`parses extended ${row.id}`, () => {
      const command = parseCommand(bytes(row.hex));
      assert.equal(hex(command?.data ?? bytes("FF")), row.data);
      assert.equal(command?.expectedBytes, row.expectedBytes);
    });
  }

  for (const row of MALFORMED) {
    it(`refuses ${row.id}`, () => assert.equal(parseCommand(bytes(row.hex)), undefined));
  }

  it("refuses to build what the short form cannot hold", () => {
    assert.throws(() => buildCommand([0, 0, 0, 256]), RangeError);
    assert.throws(() => buildCommand([0, 0, 0, -1]), RangeError);
    assert.throws(() => buildCommand([0, 0, 0, 0], { data: new Uint8Array(256) }), RangeError);
    assert.throws(() => buildCommand([0, 0, 0, 0], { expectedBytes: 257 }), RangeError);
    assert.throws(() => buildCommand([0, 0, 0, 0], { expectedBytes: 1.5 }), RangeError);
  });

  it("parses back whatever it builds", () => {
    const header = fc.tuple(headerByte, headerByte, headerByte, headerByte);
    const body = fc.record({
      data: fc.uint8Array({ maxLength: 255 }),
      expectedBytes: fc.integer({ min: 0, max: 256 }),
    });
    fc.assert(
      fc.property(header, body, ([cla, ins, p1, p2], { data, expectedBytes }) => {
        const parsed = parseCommand(buildCommand([cla, ins, p1, p2], { data, expectedBytes }));
        assert.deepEqual(parsed, { cla, ins, p1, p2, data, expectedBytes });
      }),
    );
  });

  it("parses into a copy, so that the sender may wipe its buffer", () => {
    const apdu = bytes("002000800431323334");
    const command = parseCommand(apdu);
    apdu.fill(0);
    assert.equal(hex(command?.data ?? apdu), "31323334");
  });

  it("keeps its own copy of the data", () => {
    const pin = bytes("31323334");
    const apdu = buildCommand([0x00, 0x20, 0x00, 0x80], { data: pin });
    apdu.fill(0);
    assert.equal(hex(pin), "31323334");
  });
});

describe("response APDU", () => {
  it("splits data and status word", () => {
    assert.deepEqual(parseResponse(bytes("DEAD9000")), {
      data: Uint8Array.of(0xde, 0xad),
      statusWord: 0x90_00,
    });
    assert.equal(parseResponse(bytes("63C2"))?.statusWord, 0x63_c2);
  });

  it("refuses an answer without a status word", () => {
    assert.equal(parseResponse(bytes("")), undefined);
    assert.equal(parseResponse(bytes("90")), undefined);
  });

  it("parses back whatever it builds", () => {
    const statusWords = fc.integer({ min: 0, max: 0xff_ff });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), statusWords, (data, statusWord) => {
        assert.deepEqual(parseResponse(buildResponse({ data, statusWord })), { data, statusWord });
      }),
    );
  });
});
