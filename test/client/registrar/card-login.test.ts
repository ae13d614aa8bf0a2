import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { TrustAnchors } from "../../../client/pki/trust-anchors.ts";
import { CardLogin, loginMessage } from "../../../client/registrar/card-login.ts";
import { sha256 } from "../../../ledger/hash.ts";
import { newAuthority, Resident } from "../../support/resident.ts";

const NETWORK_ID = new Uint8Array(32).fill(3);

describe("login by card", () => {
  let anchors: TrustAnchors;
  let resident: Resident;
  let stranger: Resident;
  let nowMs: number;

  before(async () => {
    const authority = await newAuthority();
    ({ anchors } = authority);
    resident = await Resident.of(authority.ca);
    stranger = await Resident.of((await newAuthority()).ca);
    nowMs = Date.now();
  });

  async function answer(who: Resident, nonce: Uint8Array, networkId = NETWORK_ID) {
    const card = await who.renewed().placeCard();
    assert.ok((await card.verifyPin(who.pin)).accepted);
    const signature = await card.signDigest(sha256(loginMessage(networkId, nonce)));
    await card.disconnect();
    return { nonce, certificate: who.certificate, signature };
  }

  it("proves the card that answered, once", async () => {
    const login = new CardLogin(NETWORK_ID, anchors);
    const answered = await answer(resident, login.challenge(nowMs));
    const { certificate } = login.prove(answered, nowMs);
    assert.deepEqual(new Uint8Array(certificate.der), resident.certificate);
    assert.throws(() => login.prove(answered, nowMs), { code: "EXPIRED" });
  });

  it("is over after two minutes, and unknown to whoever did not ask", async () => {
    const login = new CardLogin(NETWORK_ID, anchors);
    const late = await answer(resident, login.challenge(nowMs));
    assert.throws(() => login.prove(late, nowMs + 120_001), { code: "EXPIRED" });
    const other = await answer(resident, login.challenge(nowMs));
    assert.throws(() => new CardLogin(NETWORK_ID, anchors).prove(other, nowMs), {
      code: "EXPIRED",
    });
  });

  it("is not that of another network, nor of a card that is not trusted", async () => {
    const login = new CardLogin(NETWORK_ID, anchors);
    const elsewhere = await answer(resident, login.challenge(nowMs), new Uint8Array(32).fill(4));
    assert.throws(() => login.prove(elsewhere, nowMs), { code: "SIGNATURE_INVALID" });
    const foreign = await answer(stranger, login.challenge(nowMs));
    assert.throws(() => login.prove(foreign, nowMs), { code: "CERT_UNTRUSTED" });
  });

  it("is not taken twice, not even after a wrong answer", async () => {
    const login = new CardLogin(NETWORK_ID, anchors);
    const right = await answer(resident, login.challenge(nowMs));
    const wrong = { ...right, signature: right.signature.slice().reverse() };
    assert.throws(() => login.prove(wrong, nowMs), { code: "SIGNATURE_INVALID" });
    assert.throws(() => login.prove(right, nowMs), { code: "EXPIRED" });
  });
});
