import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "mocha";
import { TerminalKey } from "../../../client/terminal/terminal-key.ts";
import { pay, type Till } from "../../../client/terminal/till.ts";
import { checkTransaction } from "../../../contracts/check-transaction.ts";
import { fromHex, toHex, utf8 } from "../../../ledger/bytes.ts";
import { LedgerFault } from "../../../ledger/faults.ts";
import { verifySignature } from "../../../ledger/native/verify-signature.ts";
import { decodeTransaction, signaturesOf } from "../../../ledger/transaction.ts";
import { newAuthority, Resident } from "../../support/resident.ts";

const NETWORK_ID = new Uint8Array(32).fill(3);
const NOW_MS = Date.UTC(2026, 10, 1);
const WALLET = {
  municipality: "131164",
  handle: new Uint8Array(32).fill(1),
  cardSalt: new Uint8Array(32).fill(2),
};
const context = { networkId: NETWORK_ID, nowMs: NOW_MS };

describe("till", () => {
  let resident: Resident;
  let till: Till;
  let asked: string[];

  before(async () => {
    resident = await Resident.of((await newAuthority()).ca);
    till = {
      merchant: "bakery",
      terminal: "bakery-1",
      key: await TerminalKey.generate(),
      walletOf: (certificate) => {
        asked.push(toHex(certificate));
        return WALLET;
      },
    };
  });

  beforeEach(() => {
    asked = [];
    resident = resident.renewed();
  });

  it("makes a payment that card and terminal signed, valid for two minutes", async () => {
    const { id, bytes } = await pay(
      till,
      await resident.placeCard(),
      { amountPt: 350, pin: resident.pin },
      context,
    );
    const transaction = decodeTransaction(bytes);
    assert.equal(transaction.id, id);
    assert.ok(signaturesOf(transaction).every(verifySignature));
    const { content } = checkTransaction(transaction, NETWORK_ID);
    assert.deepEqual(content.private, {
      municipality: WALLET.municipality,
      wallet: WALLET.handle,
      merchant: "bakery",
      terminal: "bakery-1",
      amountPt: 350,
      cardSalt: WALLET.cardSalt,
      campaign: null,
    });
    const { createdAtMs, notAfterMs } = transaction.envelope;
    assert.deepEqual([createdAtMs, notAfterMs], [NOW_MS, NOW_MS + 120_000]);
    assert.deepEqual(asked, [toHex(resident.certificate)]);
  });

  it("has the verifier asked about the card above 10,000 pt, and takes its no", async () => {
    const cards: unknown[] = [];
    const payment = async (amountPt: number, attest: NonNullable<Till["attest"]>) => {
      const card = await resident.renewed().placeCard();
      return pay({ ...till, attest }, card, { amountPt, pin: resident.pin }, context);
    };
    const yes = async (card: unknown) => void cards.push(card);
    await payment(10_000, yes);
    assert.deepEqual(cards, []);
    await payment(10_001, yes);
    assert.deepEqual(cards, [{ ...WALLET, certificate: resident.certificate }]);
    const refused = payment(10_001, () => Promise.reject(new LedgerFault("CERT_REVOKED")));
    await assert.rejects(refused, { code: "CERT_REVOKED" });
  });

  it("gives every payment an id of its own", async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const payment = { amountPt: 1, pin: resident.pin };
      ids.add((await pay(till, await resident.placeCard(), payment, context)).id);
    }
    assert.equal(ids.size, 3);
  });

  it("wipes the PIN and ends the session, whether the payment is made or not", async () => {
    for (const { amountPt, digits } of [
      { amountPt: 1, digits: "1234" },
      { amountPt: 0, digits: "1234" },
      { amountPt: 1, digits: "9999" },
    ]) {
      const card = await resident.placeCard();
      const pin = utf8(digits);
      await pay(till, card, { amountPt, pin }, context).catch(() => undefined);
      assert.deepEqual(pin, new Uint8Array(4));
      await assert.rejects(card.triesLeft(), { code: "SESSION_ENDED" });
    }
  });

  it("asks nobody about a card whose PIN was wrong", async () => {
    const payment = { amountPt: 1, pin: utf8("9999") };
    const paying = pay(till, await resident.placeCard(), payment, context);
    await assert.rejects(paying, { code: "PIN_WRONG" });
    assert.deepEqual(asked, []);
  });

  it("refuses an amount that no payment can have", async () => {
    const payment = { amountPt: 1_000_000_000, pin: resident.pin };
    await assert.rejects(pay(till, await resident.placeCard(), payment, context), {
      code: "INVALID_FIELD",
    });
  });
});

describe("terminal key", () => {
  it("is RSA-2048 with exponent 3, and comes back from its file", async () => {
    const key = await TerminalKey.generate();
    assert.equal(key.publicKey.length, 268);
    assert.deepEqual(key.publicKey.slice(-3), fromHex("020103"));
    const message = utf8("message");
    const again = TerminalKey.fromPem(key.toPem());
    assert.deepEqual(again.publicKey, key.publicKey);
    assert.ok(verifySignature({ ...again.authorise(message), message }));
  });
});
