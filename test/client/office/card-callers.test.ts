import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { Callers } from "../../../client/office/callers.ts";
import { asCaller, callersWithCards } from "../../../client/office/card-callers.ts";
import { readSignature, signRequest } from "../../../client/office/signed-request.ts";
import { withUnlockedCard } from "../../../client/terminal/card-signer.ts";
import { utf8 } from "../../../ledger/bytes.ts";
import { newAuthority, Resident } from "../../support/resident.ts";

const REQUEST = { method: "POST", path: "/v1/linked-services", body: utf8("{}") };
const AUDIENCE = `services/131164/${"ab".repeat(32)}`;

describe("a resident's card as a caller", () => {
  let hanako: Resident;
  let taro: Resident;
  let callers: Callers;
  let headers: Readonly<Record<string, string>>;
  let nowMs: number;

  before(async () => {
    const { ca, anchors } = await newAuthority();
    [hanako, taro] = await Promise.all([Resident.of(ca), Resident.of(ca)]);
    nowMs = Date.now();
    callers = new Callers(AUDIENCE, callersWithCards(anchors), nowMs);
    headers = await signedBy(hanako);
  });

  async function signedBy(resident: Resident) {
    return withUnlockedCard(await resident.placeCard(), resident.pin, (card) =>
      signRequest(REQUEST, { ...asCaller(card), audience: AUDIENCE, nowMs }),
    );
  }

  const ask = (change: Readonly<Record<string, string>> = {}) =>
    callers.of(readSignature(REQUEST, { ...headers, ...change }), nowMs);

  const inField = (certificate: Uint8Array) => `:${Buffer.from(certificate).toString("base64")}:`;

  it("is known by its certificate, once for each signature", async () => {
    const caller = await ask();
    assert.deepEqual(caller, { kind: "card", certificate: hanako.certificate });
    await assert.rejects(ask(), { code: "REQUEST_REPEATED" });
  });

  it("cannot ask with another's certificate, nor without one", async () => {
    const other = { "client-cert": inField(taro.certificate) };
    await assert.rejects(ask(other), { code: "SIGNER_NOT_AUTHORISED" });
    await assert.rejects(ask({ "client-cert": "" }), { code: "SIGNER_NOT_AUTHORISED" });
    // Also the key's name is the other's: then the signature does not verify.
    const { "signature-input": named = "", "client-cert": shown = "" } = await signedBy(taro);
    const forged = { "signature-input": named, "client-cert": shown };
    await assert.rejects(ask(forged), { code: "SIGNATURE_INVALID" });
  });

  it("cannot ask with a card of another authority", async () => {
    const stranger = await Resident.of((await newAuthority()).ca);
    const signed = await signedBy(stranger);
    await assert.rejects(callers.of(readSignature(REQUEST, signed), nowMs), {
      name: "CertificateError",
    });
  });
});
