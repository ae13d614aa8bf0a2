/** A wallet's life across transactions: a card renewed, a wallet closed, a wallet as a guest. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { checkInvariants } from "../../contracts/invariants.ts";
import { commitToCard } from "../../contracts/residents/card-commitment.ts";
import { EXPIRED, STATUS_LIST, WALLET } from "../../contracts/state/state-records.ts";
import { toHex } from "../../ledger/bytes.ts";
import { LedgerRun } from "../support/ledger-run.ts";
import {
  AT_MS,
  KAWASAKI,
  LedgerWorld,
  newCard,
  officerOf,
  seedOf,
  TOSHIMA,
  WALLET_HANDLE,
} from "../support/ledger-world.ts";

const world = new LedgerWorld();
const KEY = WALLET.key(toHex(WALLET_HANDLE));

function settledRun(): LedgerRun {
  const run = new LedgerRun(world);
  run.setUp();
  return run;
}

describe("a wallet", () => {
  it("keeps its points when its card is renewed, and knows the old card no more", () => {
    const run = settledRun();
    const card = newCard();
    const cardSalt = seedOf("new salt");
    const { CARD_REBIND, PAY } = world.samples;
    assert.ok(CARD_REBIND && PAY);
    const cardCommit = commitToCard(cardSalt, card.publicKey);
    const bodies = { ...CARD_REBIND, private: { ...CARD_REBIND.private, cardCommit, cardSalt } };
    const offices = [officerOf(TOSHIMA, "registrar"), officerOf(TOSHIMA, "verifier")];
    const rebind = world.transaction("CARD_REBIND", bodies, { signers: [card, ...offices] });
    const payment = { public: {}, private: { ...PAY.private, cardSalt } };
    const pay = world.transaction("PAY", payment, { signers: [card, world.terminal] });
    // At once: a payment by the old card behind it in the same block is refused already.
    const { results } = run.block([world.pay(100), rebind, world.pay(100), pay]);
    assert.deepEqual(results, ["OK", "OK", "CARD_MISMATCH", "OK"]);
    assert.equal(run.read(KEY)?.lots[0]?.remainingPt, 650);
  });

  it("that is closed has nothing, opens for nobody, and its points have lapsed", () => {
    const run = settledRun();
    run.block([world.pay(250)]);
    const { WALLET_CLOSE } = world.samples;
    assert.ok(WALLET_CLOSE);
    const forfeits = [{ issuer: TOSHIMA, pointType: "health", amountPt: 750 }];
    const bodies = { ...WALLET_CLOSE, private: { ...WALLET_CLOSE.private, forfeits } };
    assert.equal(run.result(world.transaction("WALLET_CLOSE", bodies)), "OK");
    assert.deepEqual(run.read(KEY), {
      municipality: TOSHIMA,
      cardCommit: new Uint8Array(32),
      status: "CLOSED",
      isFrozen: false,
      statusAsOfMs: AT_MS,
      nextLot: 2,
      lots: [],
      closedLots: new Uint8Array(),
      recentPayments: new Uint8Array(),
    });
    assert.deepEqual(run.read(EXPIRED.key(TOSHIMA, "health")), { expiredPt: 750 });
    checkInvariants(run.state.records());
    for (const type of ["WALLET_OPEN", "POINT_GRANT", "PAY", "CARD_RESUME", "CARD_REBIND"]) {
      assert.notEqual(run.result(world.sample(type)), "OK", type);
    }
  });

  it("is opened for a guest by the place that he visits, and says nothing of his one at home", () => {
    const run = settledRun();
    const open = world.transaction("ISSUER_OPEN", { public: { issuer: KAWASAKI }, private: null });
    assert.equal(run.result(open), "OK");
    const cardSalt = seedOf("Kawasaki's salt");
    const guest = {
      public: {
        municipality: KAWASAKI,
        handle: seedOf("guest"),
        cardCommit: commitToCard(cardSalt, world.card.publicKey),
      },
      private: { cardSalt, statusAsOfMs: AT_MS, certificate: null },
    };
    assert.equal(run.result(world.transaction("WALLET_OPEN", guest)), "OK");
    const there = run.read(WALLET.key(toHex(guest.public.handle)));
    const home = run.read(KEY);
    assert.ok(there && home);
    assert.notDeepEqual(there.cardCommit, home.cardCommit);
    // What Toshima's verifier says counts for Toshima's wallets alone.
    run.plant(STATUS_LIST.key(TOSHIMA), { asOfMs: AT_MS });
    assert.equal(run.read(STATUS_LIST.key(KAWASAKI)), null);
  });
});
