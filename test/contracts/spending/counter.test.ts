import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { View } from "../../../contracts/declaration.ts";
import {
  keysOfCardholder,
  keysOfCardMoving,
  walletOfCardMoving,
} from "../../../contracts/spending/counter.ts";
import type { StateKey } from "../../../contracts/state/key-space.ts";
import { AT_MS, TOSHIMA, WALLET_HANDLE } from "../../support/ledger-world.ts";

const holder = { municipality: TOSHIMA, wallet: WALLET_HANDLE, cardSalt: new Uint8Array(32) };
const block = { height: 1, timestampMs: AT_MS, today: "2026-11-01" };
const content = {
  ...{ id: "", public: {}, private: {}, signedMessage: new Uint8Array() },
  auth: [],
};

/** An empty state, of which a rule may read what it declares. */
function viewOf(declared: readonly StateKey<unknown>[]): View {
  const texts = new Set(declared.map(({ text }) => text));
  return {
    get: ({ text }) => {
      if (!texts.has(text)) throw new RangeError(`${text} is not declared`);
      return null;
    },
    put: () => assert.fail("nothing is written"),
  };
}

describe("a rule that learns from the state how much a card moves", () => {
  const wallet = (declared: readonly StateKey<unknown>[]) =>
    walletOfCardMoving(viewOf(declared), { ...holder, amountPt: 1 }, content, block);

  it("reads what it declares", () => {
    assert.equal(wallet(keysOfCardMoving(holder)), "UNKNOWN_WALLET");
  });

  it("fails with the smallest amount if it declares the keys of another rule", () => {
    assert.throws(() => wallet(keysOfCardholder(holder)), /LARGE_PAYMENT_STATUS_AGE_MINUTES/);
    assert.throws(
      () => wallet(keysOfCardholder({ ...holder, amountPt: 10_001 })),
      /STATUS_AGE_HOURS/,
    );
  });
});
