import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { cardFaultText } from "../../../client/card/card-faults.ts";
import type { Errand } from "../../../client/terminal/errand.ts";
import {
  amountWords,
  clerkScreen,
  customerScreen,
  type Screen,
  voucherScreen,
  WORDS,
} from "../../../client/terminal/screens.ts";
import { begin, type Ending, resume, type Stage } from "../../../client/terminal/session.ts";
import { FAULTS } from "../../../ledger/faults.ts";
import { readText } from "../../support/files.ts";

const SHOP = { nameJa: "郷土資料館", nameEn: "City Museum" };
const ID = "0123456789abcdef".repeat(2);

function payment(amountPt: number): Errand {
  return { kind: "PAYMENT", amountPt };
}

function over(ending: Ending): Stage {
  return { at: "OVER", errand: payment(350), ending };
}

function failed(code: string): Stage {
  const report = { code, detail: "detail for engineers", detailJa: "", facts: {} };
  return over({ kind: "STOPPED", by: "FAILED", report });
}

function textOf(screen: Screen): string {
  return screen.map(({ ja, en }) => `${ja}\n${en}`).join("\n");
}

describe("what people at a counter see", () => {
  for (const [name, { ja, en }] of Object.entries(WORDS)) {
    it(`${name} is said in Japanese without Latin letters, and in English`, () => {
      assert.match(ja, /^[^A-Za-z]+$/);
      assert.match(en, /^[A-Z][\x20-\x7e]+$/);
    });
  }

  for (const page of ["docs/terminal.ja.md", "docs/terminal.md"]) {
    it(`${page} explains every text`, () => {
      const text = readText(page);
      const missing = Object.values(WORDS).filter(({ ja }) => !text.includes(ja));
      assert.deepEqual(missing, []);
    });
  }

  it("the customer sees shop and amount before card and PIN", () => {
    const facts = { triesLeft: 3, daysLeft: null };
    for (const stage of [
      { at: "CARD", errand: payment(1350) },
      { at: "PIN", errand: payment(1350), card: facts, wasMalformed: false },
    ] as const) {
      const text = textOf(customerScreen(stage, SHOP));
      assert.ok(text.includes("郷土資料館") && text.includes("City Museum"));
      assert.ok(text.includes("1,350 ポイント") && text.includes("1,350 points"));
    }
  });

  it("the customer is told of tries that are used up, and of a certificate that ends soon", () => {
    const stage = { at: "PIN", errand: payment(1), wasMalformed: false } as const;
    const screenOf = (triesLeft: number, daysLeft: number | null) =>
      textOf(customerScreen({ ...stage, card: { triesLeft, daysLeft } }, SHOP));
    assert.doesNotMatch(screenOf(3, null), /残り|期限/);
    assert.match(screenOf(2, 12), /残り2回[\s\S]*Tries left: 2/);
    assert.match(screenOf(2, 12), /あと12日[\s\S]*in 12 days/);
  });

  it("a receipt has shop, amount, time in Japan and number", () => {
    const timestampMs = Date.UTC(2026, 10, 1, 1, 5);
    const text = textOf(
      customerScreen(over({ kind: "PAID", id: ID, height: 7, timestampMs }), SHOP),
    );
    assert.match(text, /支払いが完了しました/);
    assert.match(text, /郷土資料館/);
    assert.match(text, /2026\/11\/01 10:05/);
    assert.match(text, /取引番号 0123 4567 89ab cdef 0123 4567 89ab cdef/);
  });

  it("of what is between a customer and his municipality the clerk hears that it is the card", () => {
    for (const code of ["PIN_BLOCKED", "PIN_LAST_TRY", "CERT_EXPIRED"]) {
      const clerk = textOf(clerkScreen(failed(code)));
      assert.ok(clerk.includes(WORDS.CARD_UNUSABLE.ja), code);
      assert.notEqual(textOf(customerScreen(failed(code), SHOP)), clerk);
    }
  });

  it("nobody is shown codes, details or ids of the person", () => {
    const codes = [...Object.keys(FAULTS), "CARD_MUTE", "PCSC_NOT_RUNNING", "INTERNAL_ERROR"];
    for (const code of codes) {
      for (const stage of [failed(code), over({ kind: "REFUSED", id: ID, code })]) {
        for (const screen of [customerScreen(stage, SHOP), clerkScreen(stage)]) {
          const text = textOf(screen);
          assert.match(text, /支払いは行われていません/);
          assert.ok(
            !text.includes(code) && !text.includes("engineers") && !text.includes(ID),
            code,
          );
        }
      }
    }
  });

  it("every fault of a card has words for the customer that are not the engineer's", () => {
    const mute = textOf(customerScreen(failed("CARD_MUTE"), SHOP));
    assert.ok(mute.includes(WORDS.CARD_MUTE.ja));
    assert.ok(!mute.includes(cardFaultText({ code: "PCSC_NOT_RUNNING" }).en));
    assert.ok(
      textOf(customerScreen(failed("PCSC_NOT_RUNNING"), SHOP)).includes(WORDS.TERMINAL_UNUSABLE.ja),
    );
  });

  it("a payment that is not decided says so, and that it must not be charged again", () => {
    const undecided = over({ kind: "UNDECIDED", id: ID });
    assert.ok(textOf(clerkScreen(undecided)).includes(WORDS.DO_NOT_CHARGE_AGAIN.ja));
    assert.ok(!textOf(customerScreen(undecided, SHOP)).includes(WORDS.NOT_PAID.ja));
  });

  it("every stage has a screen for both sides", () => {
    for (const stage of [
      begin(payment(1)),
      resume(payment(1), ID),
      { ...resume(payment(1), ID), isSlow: true } as Stage,
    ]) {
      assert.ok(clerkScreen(stage).length > 1);
      assert.ok(customerScreen(stage, SHOP).length > 1);
    }
    assert.deepEqual(amountWords(1_000_000), {
      ja: "1,000,000 ポイント",
      en: "1,000,000 points",
    });
  });

  it("a voucher that is not taken says why", () => {
    const ending = { voucher: new Uint8Array(32), id: ID, facePt: 500 };
    assert.match(textOf(voucherScreen({ ...ending, result: "OK" })), /500 ポイント/);
    for (const result of [
      "UNKNOWN_VOUCHER",
      "VOUCHER_USED",
      "VOUCHER_EXPIRED",
      "NOT_ACCEPTED_HERE",
    ]) {
      const text = textOf(voucherScreen({ ...ending, result }));
      assert.ok(text.startsWith(WORDS.VOUCHER_NOT_TAKEN.ja) && !text.includes(result));
      assert.ok(text.includes(FAULTS[result as keyof typeof FAULTS].ja));
    }
  });
});
