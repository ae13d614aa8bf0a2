/** The question about one card, answered by OpenSSL's responder, which we did not write. */
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type AuthCertificate, parseAuthCertificate } from "../../../client/pki/profile.ts";
import type { TestCa } from "../../../client/pki/test-ca.ts";
import type { TrustAnchors } from "../../../client/pki/trust-anchors.ts";
import { askOverHttp } from "../../../client/verifier/ask-over-http.ts";
import { OcspSource } from "../../../client/verifier/ocsp.ts";
import { serveOverHttp } from "../../support/http-responder.ts";
import { missingForOcsp, openSslResponder } from "../../support/ocsp-responder.ts";
import { newAuthority, Resident } from "../../support/resident.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe(`the answer about one card${missingForOcsp === undefined ? "" : ` (pending: ${missingForOcsp})`}`, function () {
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();
  let ca: TestCa;
  let anchors: TrustAnchors;
  let hanako: AuthCertificate;
  let taro: AuthCertificate;
  let jiro: AuthCertificate;

  before(async function prepare() {
    if (missingForOcsp !== undefined) this.skip();
    ({ ca, anchors } = await newAuthority());
    const residents = await Promise.all([Resident.of(ca), Resident.of(ca), Resident.of(ca)]);
    const read = residents.map(({ certificate }) => parseAuthCertificate(certificate));
    const [first, second, third] = read;
    assert.ok(first && second && third);
    [hanako, taro, jiro] = [first, second, third];
  });

  const responder = (signer = ca.userAuthentication) => {
    const issuer = ca.userAuthentication;
    const known = { good: [hanako], revoked: [taro] };
    return openSslResponder({ directory: newDirectory(), issuer, signer, ...known });
  };

  it("is good, revoked or unknown", async () => {
    const source = new OcspSource(responder(), anchors);
    const beforeMs = Math.floor(Date.now() / 1000) * 1000;
    const answer = await source.statusOf(hanako, Date.now());
    assert.ok(answer.status === "GOOD" && answer.asOfMs >= beforeMs && answer.asOfMs <= Date.now());
    assert.deepEqual(await source.statusOf(taro, Date.now()), { status: "REVOKED" });
    assert.deepEqual(await source.statusOf(jiro, Date.now()), { status: "UNKNOWN" });
  });

  it("is not taken from anybody else", async () => {
    const stranger = (await newAuthority()).ca.userAuthentication;
    for (const authority of [stranger, ca.digitalSignature]) {
      const source = new OcspSource(responder(authority), anchors);
      await assert.rejects(source.statusOf(hanako, Date.now()), {
        code: "STATUS_SOURCE_UNTRUSTED",
      });
    }
  });

  it("about one card is not one about another", async () => {
    const ask = responder();
    let kept: Uint8Array | undefined;
    const replaying = new OcspSource(async (question) => {
      kept ??= await ask(question);
      return kept;
    }, anchors);
    assert.equal((await replaying.statusOf(hanako, Date.now())).status, "GOOD");
    assert.deepEqual(await replaying.statusOf(taro, Date.now()), { status: "UNKNOWN" });
  });

  it("sent again later is as old as it is, and at last over", async () => {
    const ask = responder();
    const atMs = Date.now();
    const answer = await ask(await questionOf(hanako));
    const source = new OcspSource(async () => answer, anchors);
    const later = await source.statusOf(hanako, atMs + 3_600_000);
    assert.ok(later.status === "GOOD" && later.asOfMs <= atMs);
    const days = atMs + 2 * 86_400_000;
    await assert.rejects(source.statusOf(hanako, days), { code: "STATUS_SOURCE_NOT_CURRENT" });
    const early = atMs - 3_600_000;
    await assert.rejects(source.statusOf(hanako, early), { code: "STATUS_SOURCE_NOT_CURRENT" });
  });

  it("is refused with any byte changed", async () => {
    const answer = await responder()(await questionOf(hanako));
    for (let i = 0; i < 60; i += 1) {
      const at = Math.floor((i * answer.length) / 60);
      const changed = Uint8Array.from(answer, (byte, k) => (k === at ? byte ^ 1 : byte));
      const source = new OcspSource(async () => changed, anchors);
      const outcome = await source.statusOf(hanako, Date.now()).catch(({ code }) => code);
      // What stands outside of what is signed (the responder's certificate) may change and nothing with it.
      if (typeof outcome === "string") assert.match(outcome, /^STATUS_SOURCE_|^CERT_MALFORMED/);
      else assert.equal(outcome.status, "GOOD");
    }
  });

  it("comes over HTTP, and says so when it does not", async () => {
    const server = await serveOverHttp(responder());
    const source = new OcspSource(askOverHttp(server.url), anchors);
    assert.equal((await source.statusOf(hanako, Date.now())).status, "GOOD");
    assert.deepEqual(server.asked, ["application/ocsp-request"]);
    await server.close();
    await assert.rejects(source.statusOf(hanako, Date.now()), {
      code: "STATUS_SOURCE_UNREACHABLE",
    });
  });

  /** The bytes that are sent for a certificate. */
  async function questionOf(certificate: AuthCertificate): Promise<Uint8Array> {
    let sent: Uint8Array | undefined;
    const source = new OcspSource(async (question) => {
      sent = question;
      throw new Error("enough");
    }, anchors);
    await assert.rejects(source.statusOf(certificate, Date.now()), /enough/);
    assert.ok(sent);
    return sent;
  }
});
