import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "mocha";
import { decodeReceiptCode, encodeReceiptCode } from "../../../client/receipt-code.ts";
import { WORDS } from "../../../client/terminal/screens.ts";
import { readAmount, TextClerk, TextCustomer } from "../../../client/terminal/text-sides.ts";
import { modulesOfLines, scanModules } from "../../support/scan-qr.ts";

function device(typed = "") {
  const keys = new PassThrough();
  keys.end(typed);
  const said: string[] = [];
  return { keys, write: (text: string) => void said.push(text), said };
}

const never = new AbortController().signal;
const ignore = () => undefined;

describe("amounts as clerks type them", () => {
  for (const [typed, amountPt] of [
    ["350", 350],
    [" 1,350 ", 1350],
    ["３５０", 350],
    ["１，３５０", 1350],
    ["350pt", 350],
    ["350ポイント", 350],
    ["350円", 350],
    ["999999999", 999_999_999],
    ["0", null],
    ["", null],
    ["-5", null],
    ["3.5", null],
    ["1e3", null],
    ["0x10", null],
    ["1000000000", null],
    ["三百", null],
  ] as const) {
    it(`"${typed}" is ${amountPt}`, () => assert.equal(readAmount(typed), amountPt));
  }
});

describe("both sides as text", () => {
  it("the clerk is asked again until it is an amount, and ends with the input", async () => {
    const clerkDevice = device("abc\n0\n120\n");
    const clerk = new TextClerk(clerkDevice);
    assert.deepEqual(await clerk.enterCharge(never), { kind: "PAYMENT", amountPt: 120 });
    assert.equal(clerkDevice.said.filter((text) => text.includes(WORDS.AMOUNT_WRONG.ja)).length, 2);
    await assert.rejects(clerk.enterCharge(never), { code: "PIN_ENTRY_ENDED" });
  });

  it("what a scanner types is a voucher", async () => {
    const clerk = new TextClerk(device("mykey:v1:131164:five:0000\n"));
    const charge = await clerk.enterCharge(never);
    assert.deepEqual(charge, { kind: "VOUCHER", code: "mykey:v1:131164:five:0000" });
  });

  it("what the clerk's screen shows already is not said again", () => {
    const clerkDevice = device();
    const clerk = new TextClerk(clerkDevice);
    clerk.show([WORDS.CUSTOMER_ACTS]);
    clerk.show([WORDS.CUSTOMER_ACTS]);
    clerk.show([WORDS.PAID]);
    assert.equal(clerkDevice.said.length, 2);
  });

  it("the customer answers yes with 1, also in full width, and no with anything else", async () => {
    for (const [typed, again] of [
      ["1\n", true],
      ["１\n", true],
      ["2\n", false],
      ["\n", false],
      ["11\n", false],
    ] as const) {
      const customer = new TextCustomer(device(typed), false);
      assert.equal(await customer.wantsAnotherTry(never, ignore), again, JSON.stringify(typed));
    }
  });

  it("a screen of the customer's own is cleared, Japanese comes first", () => {
    const own = device();
    new TextCustomer(own, true).show([WORDS.PLACE_CARD]);
    const [text = ""] = own.said;
    assert.ok(text.startsWith("\x1b[2J"));
    assert.ok(text.indexOf(WORDS.PLACE_CARD.ja) < text.indexOf(WORDS.PLACE_CARD.en));
  });

  it("a receipt's code is one that a phone reads from the screen", () => {
    const own = device();
    const code = encodeReceiptCode({
      networkId: new Uint8Array(32).fill(0xab),
      id: "0f".repeat(16),
    });
    new TextCustomer(own, true).show([WORDS.PAID], code);
    const lines = (own.said[0] ?? "").split("\n");
    const picture = lines.slice(
      lines.indexOf(
        "",
        lines.findIndex((l) => l.includes("Paid")),
      ) + 1,
    );
    assert.equal(scanModules(modulesOfLines(picture.filter((line) => line !== ""))), code);
    assert.deepEqual(decodeReceiptCode(code).id, "0f".repeat(16));
    for (const wrong of [
      "",
      "0f".repeat(16),
      code.slice(1),
      `${code}0`,
      code.replace("R1", "R2"),
    ]) {
      assert.throws(() => decodeReceiptCode(wrong), { code: "NOT_A_PAYMENT" });
    }
  });
});
