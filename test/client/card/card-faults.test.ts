import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CardError, type CardFault, cardFaultText } from "../../../client/card/card-faults.ts";

/** One fault of every code: a code that is missing here does not compile. */
const FAULTS: { readonly [Code in CardFault["code"]]: Extract<CardFault, { code: Code }> } = {
  PIN_WRONG: { code: "PIN_WRONG", triesLeft: 2 },
  PIN_LAST_TRY: { code: "PIN_LAST_TRY" },
  PIN_BLOCKED: { code: "PIN_BLOCKED" },
  PIN_MALFORMED: { code: "PIN_MALFORMED" },
  PIN_REQUIRED: { code: "PIN_REQUIRED" },
  CARD_REMOVED: { code: "CARD_REMOVED" },
  SESSION_ENDED: { code: "SESSION_ENDED" },
  PCSC_NOT_INSTALLED: { code: "PCSC_NOT_INSTALLED" },
  PCSC_NOT_RUNNING: { code: "PCSC_NOT_RUNNING" },
  PCSC_ACCESS_DENIED: { code: "PCSC_ACCESS_DENIED" },
  NO_READER: { code: "NO_READER" },
  READER_NOT_FOUND: { code: "READER_NOT_FOUND", reader: "Reader 00 00" },
  READER_REMOVED: { code: "READER_REMOVED" },
  READER_FAILED: { code: "READER_FAILED" },
  NO_CARD: { code: "NO_CARD" },
  SEVERAL_CARDS: { code: "SEVERAL_CARDS", readers: ["Reader 00 00", "Reader 00 01"] },
  CARD_IN_USE: { code: "CARD_IN_USE" },
  CARD_MUTE: { code: "CARD_MUTE" },
  NOT_A_JPKI_CARD: { code: "NOT_A_JPKI_CARD", statusWord: 0x6a_82 },
  NO_AUTH_CERTIFICATE: { code: "NO_AUTH_CERTIFICATE", statusWord: 0x6a_82 },
  SIGN_REFUSED: { code: "SIGN_REFUSED", statusWord: 0x69_85 },
  CARD_UNEXPECTED_ANSWER: { code: "CARD_UNEXPECTED_ANSWER", step: "SIGN", statusWord: 0x6f_00 },
  CARD_FILE_MALFORMED: { code: "CARD_FILE_MALFORMED", what: "not JSON" },
};

describe("card faults", () => {
  for (const fault of Object.values(FAULTS)) {
    it(`has English and Japanese text for ${fault.code}`, () => {
      const { en, ja } = cardFaultText(fault);
      assert.match(en, /^[\x20-\x7e]+$/);
      assert.match(ja, /\p{Script=Hiragana}/u);
      assert.equal(new CardError(fault).code, fault.code);
    });
  }

  it("tells the facts", () => {
    assert.match(cardFaultText(FAULTS.PIN_WRONG).ja, /残り2回/);
    assert.match(cardFaultText(FAULTS.SIGN_REFUSED).en, /6985/);
  });
});
