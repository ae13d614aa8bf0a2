import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { qrLines, qrSvg } from "../../../client/qr.ts";
import {
  decodeVoucherCode,
  encodeVoucherCode,
  groupsOf,
  looksLikeVoucher,
  signerOfVoucher,
} from "../../../client/vouchers/voucher-code.ts";
import { voucherPage } from "../../../client/vouchers/voucher-page.ts";
import { equalBytes, toHex } from "../../../ledger/bytes.ts";
import { modulesOfLines, modulesOfSvg, scanModules } from "../../support/scan-qr.ts";

const NETWORK = new Uint8Array(32).fill(7);
const FIVE = { issuer: "131164", series: "five-hundred", secret: new Uint8Array(16).fill(0xa5) };
const CODE = encodeVoucherCode(FIVE);
const wrong = { code: "VOUCHER_CODE_WRONG" };

describe("the code on a voucher", () => {
  it("is what it was made of, for every secret", () => {
    const secret = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const series = fc.constantFrom("a", "five-hundred", "x1", "no-0");
    fc.assert(
      fc.property(secret, series, (bytes, name) => {
        const voucher = { issuer: "072028", series: name, secret: bytes };
        assert.deepEqual(decodeVoucherCode(encodeVoucherCode(voucher)), voucher);
      }),
    );
  });

  for (const [how, typed] of [
    ["in small letters", CODE.toLowerCase()],
    ["in groups", groupsOf(CODE)],
    [
      "with spaces",
      ` ${groupsOf(CODE).replaceAll("-", " ").replace("FIVE HUNDRED", "FIVE-HUNDRED")}\n`,
    ],
    [
      "in full width",
      [...CODE].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfe_e0)).join(""),
    ],
  ] as const) {
    it(`may be typed ${how}`, () => {
      assert.ok(looksLikeVoucher(typed));
      assert.deepEqual(decodeVoucherCode(typed), FIVE);
    });
  }

  it("takes O for 0, I and L for 1", () => {
    const zeros = { ...FIVE, secret: new Uint8Array(16) };
    const code = encodeVoucherCode(zeros);
    const end = code.lastIndexOf(":") + 1;
    const misread = code.slice(0, end) + code.slice(end).replaceAll("0", "O").replaceAll("1", "l");
    assert.deepEqual(decodeVoucherCode(misread), zeros);
  });

  it("is found out when one character is another, or two change places", () => {
    const start = CODE.lastIndexOf(":") + 1;
    for (let at = start; at < CODE.length; at += 1) {
      const other = CODE[at] === "7" ? "8" : "7";
      assert.throws(
        () => decodeVoucherCode(`${CODE.slice(0, at)}${other}${CODE.slice(at + 1)}`),
        wrong,
      );
      const swapped = `${CODE.slice(0, at)}${CODE[at + 1] ?? ""}${CODE[at]}${CODE.slice(at + 2)}`;
      if (swapped !== CODE) assert.throws(() => decodeVoucherCode(swapped), wrong);
    }
  });

  for (const [what, text] of [
    ["of another municipality", CODE.replace("131164", "131172")],
    ["of another series", CODE.replace("FIVE-HUNDRED", "SIX-HUNDRED")],
    ["of a later kind", CODE.replace("V1", "V2")],
    ["too short", CODE.slice(0, -1)],
    ["too long", `${CODE}0`],
    ["with a letter that is none", `${CODE.slice(0, -1)}U`],
    ["without a series", CODE.replace("FIVE-HUNDRED", "")],
    ["with a municipality that is none", CODE.replace("131164", "000000")],
    ["of an amount", "350"],
    ["of nothing", ""],
  ] as const) {
    it(`is none: ${what}`, () => assert.throws(() => decodeVoucherCode(text), wrong));
  }

  it("leads to another key on each network, and to the same one again", () => {
    const keyOn = (network: Uint8Array) => signerOfVoucher(FIVE.secret, network).publicKey;
    assert.deepEqual(keyOn(NETWORK), keyOn(NETWORK));
    assert.ok(!equalBytes(keyOn(NETWORK), keyOn(new Uint8Array(32))));
  });
});

describe("a code as a scanner sees it", () => {
  it("is read from the printed page, one for each voucher", () => {
    const secrets = [1, 2, 3].map((n) => new Uint8Array(16).fill(n));
    const { issuer, series } = FIVE;
    const sheet = { version: 1, networkId: NETWORK, issuer, series, secrets } as const;
    const terms = {
      nameJa: "<五百>券",
      nameEn: "Five hundred",
      facePt: 500,
      expiresOn: "2026-12-31",
    };
    const page = voucherPage({ ...sheet, transaction: new Uint8Array(1) }, terms);
    const codes = (page.match(/<svg[\s\S]*?<\/svg>/g) ?? []).map((svg) =>
      scanModules(modulesOfSvg(svg)),
    );
    assert.deepEqual(
      codes,
      secrets.map((secret) => encodeVoucherCode({ issuer, series, secret })),
    );
    assert.match(page, /&lt;五百&gt;券/);
    assert.ok(page.includes("2026-12-31") && !page.includes("<五百>"));
    for (const secret of secrets) {
      assert.ok(page.includes(toHex(signerOfVoucher(secret, NETWORK).publicKey)));
      assert.ok(!page.includes(toHex(secret)));
    }
  });

  it("is read from a text screen", () => {
    assert.equal(scanModules(modulesOfLines(qrLines(CODE))), CODE);
  });

  it("is read although a tenth of it is torn off", () => {
    const modules = modulesOfSvg(qrSvg(CODE));
    const torn = modules.map((row, y) => row.map((dark, x) => dark && !(y > 30 && x > 25)));
    assert.notDeepEqual(torn, modules);
    assert.equal(scanModules(torn), CODE);
  });
});
