import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { before, describe, it } from "mocha";
import { readSignature, signRequest } from "../../../client/office/signed-request.ts";
import { officer } from "../../../client/sdk/transaction-builder.ts";
import { TerminalKey } from "../../../client/terminal/terminal-key.ts";
import { utf8 } from "../../../ledger/bytes.ts";
import { signerOfSeed } from "../../../ledger/native/ed25519-signer.ts";

const REQUEST = { method: "POST", path: "/v1/wallet-of-card", body: utf8('{"certificate":"00"}') };
const AUDIENCE = `registrar/131164/${"ab".repeat(32)}`;
const NOW_MS = Date.UTC(2026, 10, 1);

describe("a signed request", () => {
  let key: TerminalKey;
  let headers: Record<string, string>;

  before(async () => {
    key = await TerminalKey.generate();
    const asking = { keyId: "terminal/museum-1", signer: key, audience: AUDIENCE, nowMs: NOW_MS };
    headers = { ...(await signRequest(REQUEST, asking)) };
  });

  it("says who signed, when, and for whom", () => {
    const { createdS, keyId, algorithm, audience } = readSignature(REQUEST, headers);
    assert.deepEqual(
      [createdS, keyId, algorithm, audience],
      [NOW_MS / 1000, "terminal/museum-1", "rsa2048-sha256", AUDIENCE],
    );
  });

  it("is the signature base of RFC 9421 section 2.5, signed with the algorithm that it names", () => {
    const parameters = headers["signature-input"]?.slice("sig=".length);
    const base = [
      '"@method": POST',
      '"@path": /v1/wallet-of-card',
      `"content-digest": ${headers["content-digest"]}`,
      `"@signature-params": ${parameters}`,
    ].join("\n");
    const { signature: field = "" } = headers;
    const signature = Buffer.from(field.slice("sig=:".length, -1), "base64");
    const der = Buffer.from(key.publicKey);
    const publicKey = createPublicKey({ key: der, format: "der", type: "pkcs1" });
    assert.ok(verify("sha256", utf8(base), publicKey, signature));
    assert.match(parameters ?? "", /;alg="rsa-v1_5-sha256";/);
  });

  it("is another one each time, and an officer's too", async () => {
    const signer = officer(signerOfSeed(new Uint8Array(32).fill(1)));
    const asking = { keyId: `key/${"00".repeat(32)}`, signer, audience: AUDIENCE, nowMs: NOW_MS };
    const nonces = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const read = readSignature(REQUEST, await signRequest(REQUEST, asking));
      assert.equal(read.algorithm, "ed25519");
      nonces.add(read.nonce);
    }
    assert.equal(nonces.size, 3);
  });

  it("covers method, path and body", () => {
    const { message } = readSignature(REQUEST, headers);
    for (const other of [{ method: "PUT" }, { path: "/v1/wallet-of-mykey-id" }]) {
      assert.notDeepEqual(readSignature({ ...REQUEST, ...other }, headers).message, message);
    }
    assert.throws(() => readSignature({ ...REQUEST, body: utf8("{}") }, headers), {
      code: "REQUEST_UNSIGNED",
    });
  });

  const input = (change: (text: string) => string) => ({
    "signature-input": change(headers["signature-input"] ?? ""),
  });
  const rows: readonly { readonly id: string; readonly change: () => object }[] = [
    { id: "no signature", change: () => ({ signature: undefined }) },
    { id: "no input", change: () => ({ "signature-input": undefined }) },
    { id: "no digest", change: () => ({ "content-digest": undefined }) },
    { id: "two values", change: () => ({ signature: ["sig=:AA==:", "sig=:AA==:"] }) },
    { id: "another label", change: () => input((text) => text.replace("sig=", "sig1=")) },
    { id: "less covered", change: () => input((text) => text.replace(' "@path"', "")) },
    { id: "another algorithm", change: () => input((text) => text.replace("rsa-v1_5", "hmac")) },
    {
      id: "an inherited name",
      change: () => input((text) => text.replace("rsa-v1_5-sha256", "constructor")),
    },
    { id: "something behind it", change: () => input((text) => `${text};expires=1`) },
  ];
  for (const { id, change } of rows) {
    it(`has one form: not with ${id}`, () => {
      const changed = { ...headers, ...change() };
      assert.throws(() => readSignature(REQUEST, changed), { code: "REQUEST_UNSIGNED" });
    });
  }
});
