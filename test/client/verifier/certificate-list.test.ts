import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type AuthCertificate, parseAuthCertificate } from "../../../client/pki/profile.ts";
import type { TestCa } from "../../../client/pki/test-ca.ts";
import { issueCrl, type Revocation } from "../../../client/pki/test-crl.ts";
import type { TrustAnchors } from "../../../client/pki/trust-anchors.ts";
import { CertificateList } from "../../../client/verifier/certificate-list.ts";
import { newAuthority, Resident } from "../../support/resident.ts";

const DAY_MS = 86_400_000;

describe("the list of revoked certificates", () => {
  let ca: TestCa;
  let anchors: TrustAnchors;
  let hanako: AuthCertificate;
  let taro: AuthCertificate;
  const nowMs = Math.floor(Date.now() / 1000) * 1000;

  before(async () => {
    ({ ca, anchors } = await newAuthority());
    const residents = await Promise.all([Resident.of(ca), Resident.of(ca)]);
    const [first, second] = residents.map(({ certificate }) => parseAuthCertificate(certificate));
    assert.ok(first && second);
    [hanako, taro] = [first, second];
  });

  const listOf = (
    revocations: readonly Revocation[],
    atMs = nowMs,
    issuer = ca.userAuthentication,
  ) =>
    issueCrl(issuer, {
      revocations,
      thisUpdate: new Date(atMs),
      nextUpdate: new Date(atMs + DAY_MS),
    });
  const revoked = ({ serialHex }: AuthCertificate) => ({ serialHex, revokedAt: new Date(nowMs) });

  it("says which cards are revoked, and as of when the others are not", async () => {
    const list = CertificateList.read(await listOf([revoked(taro)]), anchors);
    assert.equal(list.asOfMs, nowMs);
    assert.deepEqual(await list.statusOf(hanako, nowMs), { status: "GOOD", asOfMs: nowMs });
    assert.deepEqual(await list.statusOf(taro, nowMs), { status: "REVOKED" });
  });

  it("may be empty", async () => {
    const list = CertificateList.read(await listOf([]), anchors);
    assert.equal((await list.statusOf(taro, nowMs)).status, "GOOD");
  });

  it("speaks in its time alone", async () => {
    const list = CertificateList.read(await listOf([]), anchors);
    for (const atMs of [nowMs - 1, nowMs + DAY_MS]) {
      await assert.rejects(list.statusOf(hanako, atMs), { code: "STATUS_SOURCE_NOT_CURRENT" });
    }
    assert.equal((await list.statusOf(hanako, nowMs + DAY_MS - 1)).status, "GOOD");
  });

  it("is refused from an authority that is no anchor, also under the same name", async () => {
    const stranger = (await newAuthority()).ca.userAuthentication;
    const forged = await listOf([], nowMs, stranger);
    assert.throws(() => CertificateList.read(forged, anchors), { code: "STATUS_SOURCE_UNTRUSTED" });
    const signing = await listOf([], nowMs, ca.digitalSignature);
    assert.throws(() => CertificateList.read(signing, anchors), {
      code: "STATUS_SOURCE_UNTRUSTED",
    });
  });

  it("does not speak of another generation's certificates, nor of another distribution point's", async () => {
    const list = CertificateList.read(await listOf([]), anchors);
    const stranger = await Resident.of((await newAuthority()).ca);
    const certificate = parseAuthCertificate(stranger.certificate);
    assert.deepEqual(await list.statusOf(certificate, nowMs), { status: "UNKNOWN" });
    const elsewhere = { ...hanako, crlPoints: [new Uint8Array([0x30, 0])] };
    assert.deepEqual(await list.statusOf(elsewhere, nowMs), { status: "UNKNOWN" });
  });

  it("is refused with any byte changed or missing", async () => {
    const list = await listOf([revoked(taro)]);
    const wrong = [
      list.subarray(0, -1),
      Uint8Array.of(...list, 0),
      ...Array.from({ length: 60 }, (_, i) => {
        const at = Math.floor((i * list.length) / 60);
        return Uint8Array.from(list, (byte, k) => (k === at ? byte ^ 1 : byte));
      }),
    ];
    for (const bytes of wrong) {
      assert.throws(
        () => CertificateList.read(bytes, anchors),
        ({ code }: { code: string }) => /^STATUS_SOURCE_(MALFORMED|UNTRUSTED)$/.test(code),
      );
    }
  });
});
